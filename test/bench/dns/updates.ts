import { type Figure, summaryOf, type Target } from '../report/figure.ts';
import { lineUp } from './line-up.ts';
import type { Part } from './part.ts';
import { BIND, KNOT, OURS } from './peers.ts';
import { OurUpdatedServer, PeerUpdatedServer, type UpdatedServer } from './updated-server.ts';
import { ChangeWatch, type Visible } from './visible-changes.ts';

const NAMES = 100_000;

interface Batch {
  readonly changes: number;
  readonly turns: number;
  /** Ours, from handing the changes over. */
  readonly target?: Target;
}

/** From a change to the primary's answer, beside the servers that take changes too, each as it comes: with its disk. */
export async function updates(part: Part): Promise<Figure[]> {
  const ours = await OurUpdatedServer.start(NAMES);
  part.say(`${ours.name} has ${NAMES} lines in its store and serves them`);
  const watches = [ours, ...(await peers(part))].map((server) => new ChangeWatch(server, NAMES));
  try {
    const figures: Figure[] = [loadFigure(ours)];
    for (const batch of batches(part)) figures.push(...(await visibleFigures(part, watches, batch)));
    part.absent('updates of PowerDNS: it takes them only with a database behind it');
    return figures;
  } finally {
    await Promise.all(watches.map((watch) => watch.end()));
  }
}

async function peers(part: Part): Promise<UpdatedServer[]> {
  const servers = await lineUp(part, [BIND, KNOT], NAMES, { isPinned: false });
  return servers.map((server) => new PeerUpdatedServer(server));
}

function batches({ isShort }: Part): readonly Batch[] {
  return [
    { changes: 1, turns: isShort ? 5 : 40, target: { median: 5 } },
    { changes: 100, turns: isShort ? 3 : 20 },
    { changes: 10_000, turns: isShort ? 1 : 5, target: { median: 100 } },
  ];
}

async function visibleFigures(
  { say }: Part,
  watches: readonly ChangeWatch[],
  batch: Batch,
): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const watch of watches) {
    const { name } = watch.server;
    const found = await watch.rounds(batch.changes, batch.turns);
    figures.push(...figuresOf(name, batch, found));
    say(`${batch.changes} changes at ${name}: ${median(found).toFixed(1)} ms`);
  }
  return figures;
}

function figuresOf(name: string, { changes, target }: Batch, found: readonly Visible[]): Figure[] {
  const isOurs = name === OURS.name;
  const what = `${changes} ${changes === 1 ? 'change' : 'changes'} visible at ${name}, ${NAMES} names`;
  const handed: Figure = {
    name: what,
    unit: 'ms',
    samples: found.map(({ sinceHandedMs }) => sinceHandedMs),
    ...(isOurs && target ? { target } : {}),
    note: isOurs
      ? 'from handing them to the queue; written to disk twice, as updates and as a batch'
      : 'from handing them to nsupdate, which was already running',
  };
  const taken = found.flatMap(({ sinceTakenMs }) => (sinceTakenMs === null ? [] : [sinceTakenMs]));
  if (taken.length === 0) return [handed];
  return [
    handed,
    { name: `${what}, from taking the batch`, unit: 'ms', samples: taken, ...(target ? { target } : {}) },
  ];
}

function loadFigure({ name, loadMs }: OurUpdatedServer): Figure {
  return {
    name: `${NAMES} lines loaded from the store, until ${name} answers for them`,
    unit: 'ms',
    samples: [loadMs],
    note: 'the whole gateway: lines, standings, zone, journal',
  };
}

function median(found: readonly Visible[]): number {
  return summaryOf(found.map(({ sinceHandedMs }) => sinceHandedMs)).median;
}
