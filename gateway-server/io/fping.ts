import { spawn } from 'node:child_process';
import { type Address, isIpv4, parseAddress } from '../../protocol/address.ts';
import type { PingOutcome, Prober } from '../line/prober.ts';

const GROUP = 1_000;
/** Three tries with 500 ms each: 1.7 s for a thousand dead hosts. Longer ones would not fit into the two seconds of a verification. */
const OPTIONS = ['-r', '2', '-t', '500', '-B', '1', '-i', '0.1'];
/** Some slack for a busy machine: a run that is killed has found out nothing. */
const BOUND_MS = 2_500;

interface Run {
  readonly alive: ReadonlySet<Address>;
  readonly silent: ReadonlySet<Address>;
  readonly problem: string | null;
}

/** Pings with the program fping, which alone needs the right to open raw sockets. */
export class Fping implements Prober {
  readonly #command: () => string;
  #problem: string | null = null;

  constructor(command: () => string) {
    this.#command = command;
  }

  lastProblem(): string | null {
    return this.#problem;
  }

  async probe(
    addresses: readonly Address[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<Address, PingOutcome>> {
    const families = [addresses.filter(isIpv4), addresses.filter((address) => !isIpv4(address))];
    const command = this.#command();
    const runs = await Promise.all(families.flatMap(groups).map((group) => run(command, group, signal)));
    // whoever breaks off learns nothing about fping
    if (runs.length > 0 && !signal.aborted)
      this.#problem = runs.find(({ problem }) => problem !== null)?.problem ?? null;
    const outcome = (address: Address): PingOutcome => {
      if (runs.some(({ alive }) => alive.has(address))) return 'answered';
      return runs.some(({ silent }) => silent.has(address)) ? 'silent' : 'not-possible';
    };
    return new Map(addresses.map((address) => [address, outcome(address)]));
  }
}

function groups(addresses: readonly Address[]): Address[][] {
  const count = Math.ceil(addresses.length / GROUP);
  return Array.from({ length: count }, (_, index) => addresses.slice(index * GROUP, (index + 1) * GROUP));
}

/** One child for the group, its targets on standard input. What goes wrong makes the ping not possible. */
async function run(command: string, group: readonly Address[], signal: AbortSignal): Promise<Run> {
  try {
    return runOf(command, await ended(command, group, signal));
  } catch (error) {
    return impossible(`${command}: ${reasonOf(error)}`);
  }
}

interface Ending {
  /** Null when it was killed. */
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function ended(command: string, group: readonly Address[], signal: AbortSignal): Promise<Ending> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...OPTIONS], {
      stdio: ['pipe', 'pipe', 'pipe'],
      signal,
      timeout: BOUND_MS,
      killSignal: 'SIGKILL',
    });
    child.on('error', reject);
    // not started: there may be no pipes at all
    if (child.pid === undefined) return;
    const output = { out: '', err: '' };
    child.stdout.on('data', (chunk) => {
      output.out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output.err += chunk;
    });
    // a program that ends early closes the pipe under our hands; `close` tells the rest
    child.stdin.on('error', () => undefined);
    child.on('close', (code) => resolve({ code, ...output }));
    child.stdin.end(`${group.join('\n')}\n`);
  });
}

/** fping names every address that it has asked: what it does not name, or could not send to, was not asked. */
function runOf(command: string, { code, out, err }: Ending): Run {
  const alive = addressesIn(out, /^(\S+) is alive$/);
  const unsent = addressesIn(err, NOT_SENT);
  const silent = new Set([...addressesIn(out, /^(\S+) is unreachable$/)].filter((one) => !unsent.has(one)));
  // 0: all answered; 1: some did not
  const isComplete = (code === 0 || code === 1) && unsent.size === 0;
  return { alive, silent, problem: isComplete ? null : `${command}: ${firstLine(err) || endOf(code)}` };
}

/**
 * Nothing could be sent: no route, or a firewall of our own. "No route to host" is none of these: it says that a neighbour
 * does not answer ARP, and that is silence.
 */
const NOT_SENT = /^(\S+): error while sending ping: (?!No route to host)/;

function addressesIn(output: string, line: RegExp): Set<Address> {
  const found = output.split('\n').map((text) => parseAddress(line.exec(text)?.[1] ?? ''));
  return new Set(found.filter((address) => address !== undefined));
}

function endOf(code: number | null): string {
  return code === null ? `no result after ${BOUND_MS / 1_000} s` : `ended with ${code}`;
}

/** What kept the program from being started. */
function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'there is no such program';
  if (code === 'EACCES') return 'it may not be executed';
  return error instanceof Error ? error.message : String(error);
}

function impossible(problem: string): Run {
  return { alive: new Set(), silent: new Set(), problem };
}

function firstLine(text: string): string {
  return (
    text
      .split('\n')
      .find((line) => line.trim() !== '')
      ?.trim() ?? ''
  );
}
