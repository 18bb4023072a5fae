import type { Instant } from '../../runtime/clock.ts';
import { type Answer, fieldsOf, rowsOf, stateWord, text, whenAndAgo } from './answer-fields.ts';
import { counted, pairs } from './columns.ts';
import { secondaryText } from './secondary-text.ts';
import { durationText } from './time-text.ts';

type Pairs = (readonly [string, string])[];

/** How the gateway is, one row for each part of it. */
export function statusProse(status: Answer, now: Instant): string {
  return pairs(shownStatus(status, now));
}

function shownStatus(status: Answer, now: Instant): Pairs {
  const batches = fieldsOf(status['batches']);
  const probe = fieldsOf(status['probe']);
  return [
    [
      'gateway',
      status['running']
        ? `serving for ${durationText(Number(status['uptimeMs']))}`
        : 'not running; this is what its store says',
    ],
    ['version', text(status['version'])],
    ['zone', `${status['zone']}, serial ${status['serial']}${modeText(status)}`],
    ...rowsOf(status['secondaries']).map(
      (secondary) => ['secondary', secondaryText(secondary, Number(status['serial']))] as const,
    ),
    ...workerRows(fieldsOf(status['workers'])),
    ['lines', lineCounts(fieldsOf(status['lines']))],
    ['batches', batchesText(batches, now)],
    ['waiting', counted(Number(batches['waiting']), 'update')],
    [
      'brake',
      status['brake'] ? 'ON: very many lines fell silent at once, nobody is declared off-line' : 'off',
    ],
    ...(status['running']
      ? [['pings', probe['ok'] ? 'possible' : `NOT POSSIBLE: ${probe['problem']}`] as const]
      : []),
  ];
}

function lineCounts(lines: Answer): string {
  const counts = Object.entries(lines).filter(([, count]) => count !== 0);
  if (counts.length === 0) return 'none yet';
  return counts.map(([state, count]) => `${count} ${stateWord(state)}`).join(', ');
}

function batchesText({ count, lastAt, lastSize, lastMs }: Answer, now: Instant): string {
  if (typeof lastAt !== 'number') return 'none yet';
  const took = typeof lastMs === 'number' ? ` in ${lastMs} ms` : '';
  return `${count}, the last ${whenAndAgo(lastAt, now)}: ${counted(Number(lastSize), 'update')}${took}`;
}

function modeText({ mode, halted }: Answer): string {
  if (halted === true) return ', HALTED for resolvers while a batch enters it';
  return mode === 'halt' ? ', halts for resolvers at every batch' : '';
}

function workerRows({ wanted, running }: Answer): Pairs {
  if (typeof wanted !== 'number') return [];
  return [['workers', running === wanted ? `${wanted}` : `ONLY ${running} of ${wanted} are running`]];
}
