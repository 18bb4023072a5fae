import { mustRun } from '../../support/lab/program.ts';
import {
  areInstalled,
  BIND,
  KNOT,
  NSD,
  SIGNING_KNOT,
  type Software,
} from '../../support/secondaries/software.ts';
import { asOption } from '../../support/secondaries/tsig-secret.ts';
import type { Figure, Target } from '../report/figure.ts';
import { ZONE } from './bench-zone.ts';
import { UPDATE_KEY } from './line-up.ts';
import type { Part } from './part.ts';
import type { Visible } from './visible-changes.ts';
import { type PrimaryName, type WatchedBackup, watchedBackup } from './watched-backup.ts';

interface Pair {
  readonly primary: PrimaryName;
  readonly software: Software;
}

const FOLLOWED_NAMES = 10_000;
const LOADED_NAMES = 100_000;
const SMALL_BATCH: Target = { median: 40 };
const LARGE_BATCH: Target = { median: 400 };
const LOAD: Target = { median: 1_000 };
/** Those with a target. */
const PLAIN: readonly Software[] = [NSD, KNOT, BIND];

/** From a change at the primary to the backup's answer, one backup at a time; BIND as the primary beside ours. */
export async function secondaries(part: Part): Promise<Figure[]> {
  const installed = [...PLAIN, SIGNING_KNOT].filter((software) => isHere(part, software));
  const pairs: Pair[] = [
    ...installed.map((software) => ({ primary: 'porchlight' as const, software })),
    ...installed
      .filter(({ name }) => name === NSD.name)
      .map((software) => ({ primary: 'BIND' as const, software })),
  ];
  const figures: Figure[] = [];
  for (const pair of pairs) figures.push(...(await followed(part, pair)));
  for (const pair of pairs) if (PLAIN.includes(pair.software)) figures.push(...(await loaded(part, pair)));
  return figures;
}

function isHere(part: Part, software: Software): boolean {
  const isInstalled = areInstalled(software);
  if (!isInstalled) part.absent(`${software.name} as a backup: it is not installed`);
  return isInstalled;
}

async function followed(part: Part, pair: Pair): Promise<Figure[]> {
  const backup = await watchedBackup(part, pair.primary, pair.software, FOLLOWED_NAMES);
  try {
    const figures: Figure[] = [];
    for (const { changes, turns } of batches(part)) {
      const figure = followedFigure(pair, changes, await backup.changes.rounds(changes, turns));
      figures.push(figure);
    }
    return figures;
  } finally {
    await backup.close();
  }
}

function batches({ isShort }: Part) {
  return [
    { changes: 1, turns: isShort ? 3 : 20 },
    { changes: 100, turns: isShort ? 3 : 20 },
    { changes: 10_000, turns: isShort ? 1 : 5 },
  ];
}

function followedFigure({ primary, software }: Pair, changes: number, found: readonly Visible[]): Figure {
  const target = changes <= 100 ? SMALL_BATCH : LARGE_BATCH;
  const hasTarget =
    primary === 'porchlight' && (changes <= 100 ? PLAIN.includes(software) : software.name === NSD.name);
  return {
    name: `${changes} ${changes === 1 ? 'change' : 'changes'} from ${primary} visible at ${software.name}, ${FOLLOWED_NAMES} names`,
    unit: 'ms',
    samples: found.map(({ sinceHandedMs }) => sinceHandedMs),
    ...(hasTarget ? { target } : {}),
  };
}

/** The whole zone over the wire, to a client that only counts it and to the backup. */
async function loaded(part: Part, pair: Pair): Promise<Figure[]> {
  const backup = await watchedBackup(part, pair.primary, pair.software, LOADED_NAMES);
  try {
    const { primary, software } = pair;
    const target = primary === 'porchlight' ? { target: LOAD } : {};
    const load: Figure = {
      name: `${LOADED_NAMES} names from ${primary} to ${software.name}, from its start to its first answer`,
      unit: 'ms',
      samples: [backup.loadMs],
      ...target,
    };
    if (software.name !== NSD.name) return [load];
    const samples = await digTimes(backup, part.isShort ? 1 : 5);
    return [
      load,
      { name: `AXFR of ${LOADED_NAMES} names from ${primary} by dig`, unit: 'ms', samples, ...target },
    ];
  } finally {
    await backup.close();
  }
}

async function digTimes({ primary, secondary }: WatchedBackup, turns: number): Promise<number[]> {
  const { address, port } = primary.endpoint;
  const from = ['-b', secondary.endpoint.address, '-y', asOption(UPDATE_KEY)];
  const question = [ZONE, 'AXFR', '+noall', '+stats'];
  const times: number[] = [];
  for (let n = 0; n < turns; n++) {
    const text = await mustRun(['dig', `@${address}`, '-p', String(port), ...from, ...question]);
    const records = Number(/XFR size: (\d+) records/.exec(text)?.[1]);
    if (!(records > LOADED_NAMES)) throw new Error(`dig did not get the zone\n${text}`);
    times.push(Number(/Query time: (\d+) msec/.exec(text)?.[1]));
  }
  return times;
}
