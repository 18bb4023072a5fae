import { parseIsc, type Statement } from './isc-statements.ts';
import { iscInstant, iscTime } from './isc-times.ts';
import {
  type EpochSeconds,
  type Lease,
  type LeaseContent,
  type LeaseReading,
  NO_LEASE,
  stateAt,
} from './lease.ts';
import { addressAndPrefix, delegatedPrefix } from './netmask.ts';
import { quoted } from './problems.ts';

/** ISC dhcpd's lease files for IPv4 and IPv6: blocks are appended, the last one of an address counts (dhcpd.leases(5)). */
export function parseIscDhcpd({ text, at }: LeaseContent): LeaseReading {
  const { statements, problems, isUnfinished } = parseIsc(text);
  const leases = new Map<string, Lease>();
  for (const statement of statements.flatMap(leaseBlocks)) {
    const held = heldIn(statement);
    const key = held && `${held.address}/${held.prefix}`;
    if (held && key) leases.set(key, leaseOf(held, statement, leases.get(key), at));
    else problems.inLine(statement.line, `${quoted(statement.words.join(' '))} is no lease of an address`);
  }
  return {
    format: 'isc-dhcpd',
    leases: [...leases.values()],
    problems: problems.all,
    event: null,
    isUnfinished,
    speaksOf: 'everything',
  };
}

/** `lease A { ... }`, and the blocks of addresses and prefixes inside `ia-na "..." { ... }`. */
function leaseBlocks(statement: Statement): readonly Statement[] {
  const [kind = ''] = statement.words;
  if (statement.block === null) return [];
  if (kind === 'lease') return [statement];
  return /^ia-(na|ta|pd)$/.test(kind) ? statement.block.filter(({ block }) => block !== null) : [];
}

function heldIn({ words: [kind, word] }: Statement): Lease | null {
  const delegated = kind === 'iaprefix';
  const held = delegated ? delegatedPrefix(word) : addressAndPrefix(word);
  return held ? { ...NO_LEASE, ...held, delegated } : null;
}

function leaseOf(found: Lease, { block }: Statement, before: Lease | undefined, at: EpochSeconds): Lease {
  const after = (...first: readonly string[]) =>
    block
      ?.findLast(({ words }) => first.every((word, index) => words[index] === word))
      ?.words.slice(first.length);
  const expiry = iscTime(after('ends'));
  const binding = after('binding', 'state')?.[0] ?? 'active';
  const life = Number(after('max-life')?.[0] ?? Number.NaN);
  return {
    ...found,
    start: iscInstant(after('starts')) ?? (typeof expiry === 'number' && life >= 0 ? expiry - life : null),
    expiry,
    state: stateOf(binding, { expiry, before, at }),
    mac: after('hardware')?.[1] ?? null,
  };
}

function stateOf(
  binding: string,
  { expiry, before, at }: { expiry: Lease['expiry']; before: Lease | undefined; at: EpochSeconds },
): Lease['state'] {
  if (binding === 'active' || binding === 'bootp') return stateAt(expiry, at);
  if (binding === 'abandoned') return 'none';
  return binding === 'released' || endsEarly(expiry, before) ? 'released' : 'expired';
}

/** A client that gave its lease back ended it before its time; dhcpd writes "free" for that as for one that ran out. */
function endsEarly(expiry: Lease['expiry'], before: Lease | undefined): boolean {
  if (typeof expiry !== 'number' || !before) return false;
  if (before.state === 'released') return before.expiry === expiry;
  return before.expiry === 'never' || (before.expiry !== null && before.expiry > expiry);
}
