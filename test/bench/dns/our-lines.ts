import type { Line } from '../../../gateway-server/line/line.ts';
import type { Standing } from '../../../gateway-server/line/standing.ts';
import type { Update } from '../../../gateway-server/zone/update.ts';
import { type AddressSet, parseIpv4 } from '../../../protocol/address.ts';
import { type LineId, parseLineId } from '../../../protocol/line-id.ts';
import { domain } from '../../support/dns-zone.ts';
import { addressOf, nameOf, subscriber } from './bench-zone.ts';

/** A line as the store has it, live at its first address. */
export function lineOf(n: number): readonly [Line, Standing] {
  const line: Line = {
    id: idOf(n),
    secretHash: 'ab'.repeat(32),
    domain: domain(nameOf(n)),
    names: [],
    suspended: false,
    words: '',
    tellsSince: false,
    createdAt: 0,
  };
  const standing: Standing = {
    published: { kind: 'addresses', addresses: addressesOf(n, 0), serial: 1, since: 0 },
    logOn: 0,
    previousLogOn: null,
    absence: null,
    agent: 'bench/1',
    messages: 0,
  };
  return [line, standing];
}

/** The line has been given its next address. */
export function updateOf(n: number, generation: number): Update {
  const signal = { session: n + 1, seq: generation + 1 };
  return { kind: 'to-line', line: idOf(n), askedAt: 0, addresses: addressesOf(n, generation), signal };
}

function addressesOf(n: number, generation: number): AddressSet {
  return { ipv4: parseIpv4(addressOf(n, generation)) ?? null, ipv6: null };
}

function idOf(n: number): LineId {
  const id = parseLineId(subscriber(n));
  if (!id) throw new Error(`line ${n} has no id`);
  return id;
}
