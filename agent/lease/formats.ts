import { parseDhclient } from './dhclient.ts';
import { parseDhclientHook } from './dhclient-hook.ts';
import type { EpochSeconds, LeaseParser, LeaseReading } from './lease.ts';
import { parseUdhcpc } from './udhcpc.ts';

const PARSERS = {
  udhcpc: parseUdhcpc,
  dhclient: parseDhclient,
  'dhclient-hook': parseDhclientHook,
} as const satisfies Readonly<Record<string, LeaseParser>>;

export type LeaseFormat = keyof typeof PARSERS;

export const LEASE_FORMATS: readonly LeaseFormat[] = ['udhcpc', 'dhclient', 'dhclient-hook'];

/** Each format's mark; the first that is found decides. */
const MARKS: readonly (readonly [LeaseFormat, RegExp])[] = [
  ['dhclient', /^\s*(lease6?\s*\{|default-duid\b)/m],
  ['dhclient-hook', /^reason=/m],
  ['udhcpc', /^event=|^# udhcpc /m],
];

/** Reads a lease file; without a `format` by the one that its content shows. */
export function readLeases(text: string, at: EpochSeconds, format?: LeaseFormat): LeaseReading {
  const seen = seenFormat(text);
  // a dhclient line may name the file of its hook as well as the one of its leases
  const wanted = format === 'dhclient' && seen === 'dhclient-hook' ? seen : (format ?? seen);
  if (text.includes('\0')) return nothing(wanted, 'the file is binary');
  // some clients empty their file before they write it
  if (text.trim() === '') return { ...nothing(wanted), isUnfinished: true };
  return wanted ? PARSERS[wanted](text, at) : nothing(undefined, 'the format is not known');
}

function seenFormat(text: string): LeaseFormat | undefined {
  return MARKS.find(([, mark]) => mark.test(text))?.[0];
}

function nothing(format: LeaseFormat | undefined, ...problems: readonly string[]): LeaseReading {
  return { format: format ?? 'unknown', leases: [], problems, event: null, isUnfinished: false };
}
