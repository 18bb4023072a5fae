import type { Line } from '../../gateway-server/line/line.ts';
import type { Standing } from '../../gateway-server/line/standing.ts';
import type { Batch } from '../../gateway-server/store/store.ts';
import type { Update } from '../../gateway-server/zone/update.ts';
import type { Ipv4, Ipv6 } from '../../protocol/address.ts';
import type { DomainName } from '../../protocol/domain-name.ts';
import type { LineId } from '../../protocol/line-id.ts';

export const ALICE = 'alice' as LineId;
export const BOB = 'bob' as LineId;

export function lineNamed(id: LineId, change: Partial<Line> = {}): Line {
  return {
    id,
    secretHash: 'ab'.repeat(32),
    domain: `${id}.mwebpages.test` as DomainName,
    names: [`www.${id}.mwebpages.test` as DomainName],
    suspended: false,
    words: 'Back soon – «Alice»',
    tellsSince: true,
    createdAt: 1_700_000_000_000,
    ...change,
  };
}

export function standingAt(ipv4: string, change: Partial<Standing> = {}): Standing {
  const addresses = { ipv4: ipv4 as Ipv4, ipv6: '2001:db8::7' as Ipv6 };
  return {
    published: { kind: 'addresses', addresses, serial: 7, since: 1_700_000_000_500 },
    logOn: 1_700_000_000_400,
    previousLogOn: null,
    absence: { since: 1, until: 2, reason: 'silent', hits: 3 },
    agent: 'porchlight-agent 0.1.0',
    messages: 2,
    ...change,
  };
}

export const ANSWERED: Standing = {
  published: { kind: 'answering', reason: null, serial: 1, since: 5 },
  logOn: null,
  previousLogOn: null,
  absence: null,
  agent: null,
  messages: 0,
};

export function updateTo(line: LineId, ipv4: string, askedAt = 10): Update {
  const addresses = { ipv4: ipv4 as Ipv4, ipv6: null };
  return { line, askedAt, kind: 'to-line', addresses, signal: { session: 4_294_967_295, seq: 1 } };
}

/** A batch that leads to `serial` from the one before it. */
export function batchAt(serial: number, updates: readonly Update[], change: Partial<Batch> = {}): Batch {
  const diff = Uint8Array.of(1, serial & 0xff);
  return {
    from: (serial - 1) >>> 0,
    serial,
    at: serial * 10,
    updates,
    diff,
    fingerprint: 'this zone',
    ...change,
  };
}
