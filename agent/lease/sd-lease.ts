import { isIpv4 } from '../../protocol/address.ts';
import { parseEnvironment } from './environment.ts';
import { expiryOf, type LeaseContent, type LeaseReading, NO_LEASE, stateAt, writtenAt } from './lease.ts';
import { addressAndPrefix, prefixOf } from './netmask.ts';
import { Problems, quoted } from './problems.ts';

const SECONDS_IN: Readonly<Record<string, number>> = {
  '': 1,
  s: 1,
  min: 60,
  h: 3_600,
  d: 86_400,
  w: 604_800,
  month: 2_629_800,
  y: 31_557_600,
  ms: 0,
  us: 0,
};
/** "internal-UUID-NAME.lease"; names of interfaces may have dashes of their own. */
const NETWORK_MANAGER = /^internal6?-(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[^-]+)-(.+)\.lease$/i;

/** systemd-networkd's state file of a lease: its name is the number of the interface, its time is when it was written. */
export function parseNetworkd(content: LeaseContent): LeaseReading {
  const ifindex = /^\d{1,9}$/.test(content.name) ? Number(content.name) : null;
  return parseState(content, { format: 'networkd', interface: null, ifindex });
}

/** The lease file of NetworkManager's own client, which often holds nothing but the address. */
export function parseNetworkManager(content: LeaseContent): LeaseReading {
  const name = NETWORK_MANAGER.exec(content.name)?.[1] ?? null;
  return parseState(content, { format: 'networkmanager', interface: name, ifindex: null });
}

function parseState(
  content: LeaseContent,
  whose: { readonly format: string; readonly interface: string | null; readonly ifindex: number | null },
): LeaseReading {
  const problems = new Problems();
  const { values, lineOf } = parseEnvironment(content.text, problems);
  const text = values.get('ADDRESS');
  const held = addressAndPrefix(text);
  const { format, ...owner } = whose;
  if (text === undefined) problems.add('no ADDRESS in the file');
  else if (!held) problems.inLine(lineOf('ADDRESS'), `${quoted(text)} is no address`);
  const start = values.has('LIFETIME') || format === 'networkd' ? writtenAt(content) : null;
  const expiry = expiryOf(start, secondsIn(values.get('LIFETIME')));
  const longest = held && !isIpv4(held.address) ? 128 : 32;
  const prefix =
    held?.prefix ?? prefixOf(values.get('NETMASK')) ?? prefixOf(values.get('PREFIXLEN'), longest);
  const lease = { ...NO_LEASE, ...owner, prefix, start, expiry, state: stateAt(expiry, content.at) };
  return {
    format,
    leases: held ? [{ ...lease, address: held.address }] : [],
    problems: problems.all,
    event: null,
    isUnfinished: false,
    speaksOf: 'everything',
  };
}

/** "120", "1h 30min" (systemd.time(7)) or "infinity". */
function secondsIn(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (text === 'infinity') return 0xffff_ffff;
  const parts = [...text.matchAll(/(\d{1,12})\s*([a-z]*)/g)].map(
    ([, count, unit = '']) => Number(count) * (SECONDS_IN[unit] ?? Number.NaN),
  );
  const sum = parts.reduce((total, part) => total + part, 0);
  return parts.length > 0 && Number.isFinite(sum) ? sum : null;
}
