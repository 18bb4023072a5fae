import { join } from 'node:path';
import type { Figure } from '../report/figure.ts';
import { writeQuestions } from './bench-zone.ts';
import { endAll, lineUp } from './line-up.ts';
import type { Part } from './part.ts';
import { OURS } from './peers.ts';
import { inTurn, rateRatios } from './query-rates.ts';
import type { ServerProcess } from './server-process.ts';

interface Size {
  readonly name: string;
  readonly names: number;
}

const SMALL: Size = { name: `${OURS.name}, 100k names`, names: 100_000 };
const LARGE: Size = { name: `${OURS.name}, 1M names`, names: 1_000_000 };
const LOAD_MS = 20_000;
const RESIDENT_MB = 250;
const LEAST_RATE = 0.85;

/** A million names: how long they take to load, what they cost, and whether questions are answered as fast. */
export async function largeZone(part: Part): Promise<Figure[]> {
  const servers: ServerProcess[] = [];
  try {
    for (const { name, names } of [SMALL, LARGE])
      servers.push(...(await lineUp(part, [{ ...OURS, name }], names)));
    const questions = new Map([SMALL, LARGE].map(({ name, names }) => [name, questionsOf(part, names)]));
    const rounds = await inTurn(part, servers, ({ name }) => questions.get(name) ?? '');
    const large = servers.find(({ name }) => name === LARGE.name);
    if (!large) throw new Error('the large zone is not served');
    return [
      {
        name: 'a million names loaded, from the start of the process to its first answer',
        unit: 'ms',
        samples: [large.readyAfterMs],
        target: { max: LOAD_MS },
        note: 'zone and sockets alone, as a process has them that only answers questions',
      },
      {
        name: 'memory in use with a million names, after the queries below',
        unit: 'MB',
        samples: [large.residentMb()],
        target: { max: RESIDENT_MB },
      },
      {
        name: 'queries a second with a million names, to those with 100,000',
        unit: 'x',
        samples: rateRatios(rounds.get(LARGE.name) ?? [], rounds.get(SMALL.name) ?? []),
        target: { least: LEAST_RATE },
      },
    ];
  } finally {
    await endAll(servers);
  }
}

function questionsOf({ folder }: Part, names: number): string {
  const path = join(folder, `questions-${names}`);
  writeQuestions(path, names);
  return path;
}
