import { isIpv4 } from '../../protocol/address.ts';
import {
  type EpochSeconds,
  type Lease,
  type LeaseContent,
  type LeaseReading,
  NO_LEASE,
  stateAt,
} from './lease.ts';
import { addressAndPrefix } from './netmask.ts';
import { Problems, quoted } from './problems.ts';
import { linesOf, type TextLine } from './text-lines.ts';

const FIELDS = 5;
/** A router without a clock writes how long leases last instead of when they end; no lease ended that early. */
const EARLIEST_EXPIRY = 100_000_000;
const MAC = /^(?:[0-9a-f]{2}-)?([0-9a-f]{2}(?::[0-9a-f]{2})+)$/i;

/** dnsmasq's lease file: "EXPIRY MAC ADDRESS NAME CLIENT-ID", and after the server's `duid` "EXPIRY IAID ADDRESS NAME DUID". */
export function parseDnsmasq({ text, at }: LeaseContent): LeaseReading {
  const problems = new Problems();
  const leases: Lease[] = [];
  let isUnfinished = false;
  for (const line of linesOf(text)) {
    if (/^(#|duid\s)/.test(line.text)) continue;
    const lease = isTorn(line) ? undefined : leaseIn(line.text, at);
    if (lease) leases.push(lease);
    else if (isTorn(line)) isUnfinished = true;
    else problems.inLine(line.number, `${quoted(line.text)} is no lease`);
  }
  return {
    format: 'dnsmasq',
    leases,
    problems: problems.all,
    event: null,
    isUnfinished,
    speaksOf: 'everything',
  };
}

function isTorn({ text, isWhole }: TextLine): boolean {
  return !isWhole && text.split(/\s+/).length < FIELDS;
}

function leaseIn(line: string, at: EpochSeconds): Lease | undefined {
  const [end = '', holder = '', text] = line.split(/\s+/);
  const held = addressAndPrefix(text);
  if (!held || !/^\d{1,12}$/.test(end)) return undefined;
  const expiry = expiryIn(Number(end));
  const lease = { ...NO_LEASE, address: held.address, expiry, state: stateAt(expiry, at) } as const;
  if (isIpv4(held.address)) return { ...lease, mac: MAC.exec(holder)?.[1]?.toLowerCase() ?? null };
  // "T17" is the identity association of a temporary address
  return { ...lease, iaid: /^T?\d{1,10}$/.test(holder) ? Number(holder.replace('T', '')) : null };
}

function expiryIn(end: number): Lease['expiry'] {
  if (end === 0) return 'never';
  return end < EARLIEST_EXPIRY ? null : end;
}
