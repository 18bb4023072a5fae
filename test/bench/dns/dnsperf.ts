import type { Endpoint } from '../../../gateway-server/endpoint.ts';
import { mustRun } from '../../support/lab/program.ts';
import { CORE, pinned } from './server-process.ts';

/** What one run of dnsperf has found. */
export interface Asked {
  readonly completed: number;
  readonly lost: number;
  readonly perSecond: number;
  readonly seconds: number;
}

const EXTRA_MS = 20_000;

/** Asks as fast as the server answers, over 16 sockets. More than 100 outstanding questions would not fit into the usual receive buffer. */
export async function dnsperf(
  { address, port }: Endpoint,
  questions: string,
  seconds: number,
): Promise<Asked> {
  const load = ['-e', '-l', String(seconds), '-c', '16', '-q', '100', '-t', '1'];
  const words = ['-s', address, '-p', String(port), '-d', questions, ...load];
  const limitMs = seconds * 1_000 + EXTRA_MS;
  return parsed(await mustRun(pinned(['dnsperf', ...words], CORE.askers), { limitMs }));
}

function parsed(text: string): Asked {
  const found = (what: string) => Number(new RegExp(`${what}:\\s+([\\d.]+)`).exec(text)?.[1] ?? Number.NaN);
  return {
    completed: found('Queries completed'),
    lost: found('Queries lost'),
    perSecond: found('Queries per second'),
    seconds: found('Run time \\(s\\)'),
  };
}
