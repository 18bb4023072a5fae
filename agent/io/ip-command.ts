import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { promisify } from 'node:util';
import { isIpv4, parseAddress } from '../../protocol/address.ts';
import { flag, integer, list, optional, read, table, text } from '../../runtime/shape.ts';
import type { InterfaceSeen } from '../lease-watch.ts';
import type { WanAddress } from '../wan-addresses.ts';

const run = promisify(execFile);
const COMMAND_MS = 2_000;
/** 2^32 - 1 is the kernel's "for ever". */
const FOR_EVER = 0xffff_ffff;

const mark = optional(flag, false);
const ADDRESS = table(
  {
    local: optional(text('an address', parseAddress), undefined),
    scope: optional(
      text('a scope', (raw) => raw),
      '',
    ),
    secondary: mark,
    temporary: mark,
    deprecated: mark,
    tentative: mark,
    dadfailed: mark,
    preferred_life_time: optional(integer(0, FOR_EVER), FOR_EVER),
  },
  'ignored',
);
const LINKS = list(
  table(
    {
      ifname: optional(
        text('a name', (raw) => raw),
        '',
      ),
      flags: optional(list(text('a flag', (raw) => raw)), []),
      addr_info: optional(list(ADDRESS), []),
    },
    'ignored',
  ),
);

/** The interface as `ip` shows it; where there is no such `ip`, as the system's library does, which knows less of each address. */
export async function readInterface(name: string, ip = 'ip'): Promise<InterfaceSeen> {
  try {
    const { stdout } = await run(ip, ['-j', 'address', 'show', 'dev', name], { timeout: COMMAND_MS });
    return parseIpAddress(stdout, name);
  } catch {
    return fromLibrary(name);
  }
}

/** What to watch, and the command of iproute2 that watches it. */
export interface Monitored {
  readonly name: string;
  readonly ip: string;
}

/** Calls back at each change of the interface; resolves with the reason when `ip monitor` has ended. */
export async function monitorChanges(
  { name, ip }: Monitored,
  changed: () => void,
  signal: AbortSignal,
): Promise<string> {
  const monitor = spawn(ip, ['monitor', 'link', 'address'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const stop = () => void monitor.kill();
  signal.addEventListener('abort', stop, { once: true });
  monitor.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (text.includes(name)) changed();
  });
  // what happened before the monitor listened is read now
  monitor.once('spawn', changed);
  const why = await endOf(monitor);
  signal.removeEventListener('abort', stop);
  return why;
}

/** Reads the output of `ip -j address show`; null when the interface is not in it. */
export function parseIpAddress(output: string, name: string): InterfaceSeen {
  const reading = read(LINKS, JSON.parse(output));
  if (reading.kind === 'wrong')
    throw new Error(`ip: ${reading.mistakes[0]?.key ?? 'no list'} is not as expected`);
  const link = reading.value.find(({ ifname }) => ifname === name);
  if (!link) return null;
  const addresses = link.addr_info.flatMap(({ local, ...facts }): WanAddress[] => {
    if (local === undefined) return [];
    const isUnfit = facts.temporary || facts.deprecated || facts.tentative || facts.dadfailed;
    return [
      {
        address: local,
        isGlobal: facts.scope === 'global',
        isSecondary: facts.secondary && !local.includes(':'),
        isUnfit,
        preferredSeconds: facts.preferred_life_time,
      },
    ];
  });
  return { addresses, hasCarrier: link.flags.includes('LOWER_UP') };
}

/** A short text that is another one when the interface has other addresses; cheap enough for every second. */
export function fingerprintOf(name: string): string {
  return (networkInterfaces()[name] ?? []).map(({ cidr }) => cidr).join(' ');
}

/** The interface as far as the system's library can tell what is new: that costs microseconds where `ip` costs a process. */
export function glimpseOf(name: string, before: InterfaceSeen): InterfaceSeen {
  return withNewIpv4(before, fromLibrary(name)?.addresses ?? []);
}

/** What was seen before, with the IPv4 addresses of now if one is new. What has gone, and IPv6 with its marks, wait for `ip`. */
export function withNewIpv4(before: InterfaceSeen, now: readonly WanAddress[]): InterfaceSeen {
  const known = new Map(before?.addresses.map((seen) => [seen.address, seen]));
  const ipv4 = now.filter(({ address }) => isIpv4(address)).map((seen) => known.get(seen.address) ?? seen);
  if (!before || ipv4.every(({ address }) => known.has(address))) return before;
  const ipv6 = before.addresses.filter(({ address }) => !isIpv4(address));
  return { addresses: [...ipv4, ...ipv6], hasCarrier: before.hasCarrier };
}

function fromLibrary(name: string): InterfaceSeen {
  const found = networkInterfaces()[name];
  if (!found) return null;
  const addresses = found.flatMap(({ address, internal }): WanAddress[] => {
    const parsed = parseAddress(address);
    const facts = { isGlobal: !internal, isSecondary: false, isUnfit: false, preferredSeconds: FOR_EVER };
    return parsed ? [{ address: parsed, ...facts }] : [];
  });
  return { addresses, hasCarrier: true };
}

async function endOf(child: ChildProcess): Promise<string> {
  try {
    const [code, signal] = await once(child, 'exit');
    return `it ended with ${String(signal ?? code)}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
