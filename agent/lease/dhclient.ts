import { parseIpv4 } from '../../protocol/address.ts';
import { parseIsc, type Statement } from './isc-statements.ts';
import { iscTime } from './isc-times.ts';
import {
  type EpochSeconds,
  expiryOf,
  type Lease,
  type LeaseContent,
  type LeaseReading,
  NO_LEASE,
  stateAt,
} from './lease.ts';
import { addressAndPrefix, delegatedPrefix, prefixOf } from './netmask.ts';
import { quoted } from './problems.ts';

const ASSOCIATIONS = new Map([
  ['ia-na', 'iaaddr'],
  ['ia-pd', 'iaprefix'],
]);

/** ISC dhclient's lease file: blocks are appended, the last one of an interface counts (dhclient.leases(5)). */
export function parseDhclient({ text, at }: LeaseContent): LeaseReading {
  const { statements, problems, isUnfinished } = parseIsc(text);
  const leases = new Map<string, readonly Lease[]>();
  for (const { words, block, line } of statements) {
    const [kind = ''] = words;
    if (block === null || (kind !== 'lease' && kind !== 'lease6')) continue;
    const values = valuesOf(block);
    const held = kind === 'lease6' ? leasesOf6(block, values, at) : leasesOf4(values, at);
    if (held.length > 0) leases.set(`${kind} ${held[0]?.interface}`, held);
    else problems.inLine(lineOf(block, 'fixed-address') ?? line, withoutAddress(values));
  }
  return {
    format: 'dhclient',
    leases: [...leases.values()].flat(),
    problems: problems.all,
    event: null,
    isUnfinished,
    speaksOf: 'everything',
  };
}

/** First words ("option subnet-mask") to the words after them. */
type Values = ReadonlyMap<string, readonly string[]>;

function valuesOf(block: readonly Statement[]): Values {
  return new Map(
    block
      .filter(({ block: inner }) => inner === null)
      .map(({ words }) => {
        const nameLength = words[0] === 'option' ? 2 : 1;
        return [words.slice(0, nameLength).join(' '), words.slice(nameLength)];
      }),
  );
}

function lineOf(block: readonly Statement[], name: string): number | undefined {
  return block.find(({ words }) => words[0] === name)?.line;
}

function withoutAddress(values: Values): string {
  const given = values.get('fixed-address');
  return given ? `${quoted(given.join(' '))} is no address` : 'a lease without an address';
}

function leasesOf4(values: Values, at: EpochSeconds): Lease[] {
  const address = parseIpv4(values.get('fixed-address')?.[0] ?? '');
  if (!address) return [];
  const times = ['renew', 'rebind', 'expire'].map((name) => iscTime(values.get(name)));
  const expiry = times[2] ?? null;
  const length = Number(values.get('option dhcp-lease-time')?.[0] ?? Number.NaN);
  // "dhclient -r" writes one more block in which all three lie in the same second
  const isReleased =
    values.has('released') || (typeof expiry === 'number' && times.every((time) => time === expiry));
  const lease = {
    ...NO_LEASE,
    address,
    prefix: prefixOf(values.get('option subnet-mask')?.[0]),
    start: typeof expiry === 'number' && !isReleased && length >= 0 ? expiry - length : null,
    expiry,
    interface: values.get('interface')?.[0] ?? null,
  };
  return [{ ...lease, state: isReleased ? 'released' : stateAt(expiry, at) }];
}

/** `lease6 { ia-na IAID { iaaddr A { ... } } ia-pd IAID { iaprefix P { ... } } }`; temporary addresses (ia-ta) are nobody's name. */
function leasesOf6(block: readonly Statement[], values: Values, at: EpochSeconds): Lease[] {
  const name = values.get('interface')?.[0] ?? null;
  const isReleased = values.has('released');
  return block.flatMap(({ words: [kind = '', iaid = ''], block: inside }) => {
    const wanted = ASSOCIATIONS.get(kind);
    const held = (inside ?? []).filter(({ words }) => words[0] === wanted);
    return held.flatMap((statement) => {
      const lease = leaseIn(statement, at);
      const number = Number.parseInt(iaid.replaceAll(':', ''), 16);
      const state = isReleased ? 'released' : lease?.state;
      return lease && state
        ? [{ ...lease, state, interface: name, iaid: Number.isNaN(number) ? null : number }]
        : [];
    });
  });
}

function leaseIn({ words: [kind, text], block }: Statement, at: EpochSeconds): Lease | undefined {
  const delegated = kind === 'iaprefix';
  const held = delegated ? delegatedPrefix(text) : addressAndPrefix(text);
  if (!held) return undefined;
  const values = valuesOf(block ?? []);
  const number = (name: string) => {
    const word = values.get(name)?.[0] ?? '';
    return /^\d{1,12}$/.test(word) ? Number(word) : null;
  };
  const start = number('starts');
  const expiry = expiryOf(start, number('max-life'));
  return { ...NO_LEASE, ...held, start, expiry, delegated, state: stateAt(expiry, at) };
}
