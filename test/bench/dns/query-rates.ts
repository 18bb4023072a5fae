import { join } from 'node:path';
import { type Figure, summaryOf, type Target } from '../report/figure.ts';
import { writeQuestions } from './bench-zone.ts';
import { dnsperf } from './dnsperf.ts';
import { endAll, lineUp } from './line-up.ts';
import type { Part } from './part.ts';
import { BIND, DNS2, KNOT, NSD, OURS, POWERDNS } from './peers.ts';
import type { ServerProcess } from './server-process.ts';

/** What one server did in one round. */
export interface Round {
  readonly perSecond: number;
  readonly cpuUsPerQuery: number;
  /** How much of its core it used. */
  readonly utilPercent: number;
  readonly lost: number;
}

const NAMES = 100_000;
const PEERS = [OURS, BIND, KNOT, NSD, POWERDNS, DNS2];
const RATIO_TARGETS: Readonly<Record<string, Target>> = { BIND: { least: 0.85 }, dns2: { least: 3 } };
const CPU_TARGET: Target = { median: 10 };

/** How many questions each server answers on one core, all asked in the same minutes and in turn. */
export async function queryRates(part: Part): Promise<Figure[]> {
  const questions = join(part.folder, 'questions');
  writeQuestions(questions, NAMES);
  const servers = await lineUp(part, PEERS, NAMES);
  try {
    const rounds = await inTurn(part, servers, () => questions);
    return [...rounds].flatMap(([name, found]) => [
      ...rateFigures(name, found, name === OURS.name ? CPU_TARGET : undefined),
      ...(name === OURS.name ? [] : [ratioFigure(name, rounds.get(OURS.name) ?? [], found)]),
    ]);
  } finally {
    await endAll(servers);
  }
}

/** Several short rounds over all servers; the first one only warms up. */
export async function inTurn(
  { isShort, say }: Part,
  servers: readonly ServerProcess[],
  questionsFor: (server: ServerProcess) => string,
): Promise<ReadonlyMap<string, readonly Round[]>> {
  const { rounds, seconds } = isShort ? { rounds: 2, seconds: 1 } : { rounds: 5, seconds: 4 };
  for (const server of servers) await roundOf(server, questionsFor(server), isShort ? 1 : 2);
  const found = new Map(servers.map(({ name }) => [name, [] as Round[]]));
  for (let n = 1; n <= rounds; n++) {
    for (const server of servers)
      found.get(server.name)?.push(await roundOf(server, questionsFor(server), seconds));
    say(`round ${n} of ${rounds}: ${newest(found)}`);
  }
  return found;
}

async function roundOf(server: ServerProcess, questions: string, seconds: number): Promise<Round> {
  const before = server.cpuMs();
  const { completed, lost, perSecond, seconds: ran } = await dnsperf(server.endpoint, questions, seconds);
  const cpuMs = server.cpuMs() - before;
  return {
    perSecond,
    cpuUsPerQuery: (cpuMs * 1_000) / completed,
    utilPercent: cpuMs / ran / 10,
    lost,
  };
}

function rateFigures(name: string, rounds: readonly Round[], target: Target | undefined): Figure[] {
  const util = Math.round(summaryOf(rounds.map(({ utilPercent }) => utilPercent)).median);
  const lost = rounds.reduce((sum, round) => sum + round.lost, 0);
  return [
    {
      name: `queries a second, ${NAMES} names, one core: ${name}`,
      unit: 'q/s',
      samples: rounds.map(({ perSecond }) => Math.round(perSecond)),
      note: `its core was used to ${util} %, ${lost} queries lost${util < 90 ? ': it could have answered more' : ''}`,
    },
    {
      name: `CPU a query, ${NAMES} names: ${name}`,
      unit: 'µs',
      samples: rounds.map(({ cpuUsPerQuery }) => cpuUsPerQuery),
      ...(target ? { target } : {}),
    },
  ];
}

function ratioFigure(name: string, ours: readonly Round[], theirs: readonly Round[]): Figure {
  const target = RATIO_TARGETS[name];
  return {
    name: `queries a second: ${OURS.name} to ${name}`,
    unit: `x ${name}`,
    samples: rateRatios(ours, theirs),
    ...(target ? { target } : {}),
    note: `CPU a query: ${(cpuOf(ours) / cpuOf(theirs)).toFixed(2)} x ${name}`,
  };
}

/** Round by round, as each stands in the same seconds as the other. */
export function rateRatios(these: readonly Round[], those: readonly Round[]): number[] {
  return these.map(({ perSecond }, n) => perSecond / (those[n]?.perSecond ?? Number.NaN));
}

function cpuOf(rounds: readonly Round[]): number {
  return summaryOf(rounds.map(({ cpuUsPerQuery }) => cpuUsPerQuery)).median;
}

function newest(found: ReadonlyMap<string, readonly Round[]>): string {
  return [...found]
    .map(([name, rounds]) => `${name} ${Math.round(rounds.at(-1)?.perSecond ?? 0)}`)
    .join(', ');
}
