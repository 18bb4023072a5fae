import { parseIpv4, parseIpv6 } from '../../../protocol/address.ts';
import { parseDomainName } from '../../../protocol/domain-name.ts';
import { parseLineId } from '../../../protocol/line-id.ts';
import { OFFLINE_REASONS } from '../../../protocol/message.ts';
import { integer, list, nullable, oneOf, read, table, text } from '../../../runtime/shape.ts';
import type { Update } from '../../zone/update.ts';
import { DamagedRow } from './rows.ts';

/** How an update waits in the database: as JSON in one form only, so that equal updates are equal texts. */

const count = integer(0, Number.MAX_SAFE_INTEGER);
const common = { line: text('a line id', parseLineId), askedAt: count };
const KINDS = {
  'to-line': table({
    ...common,
    kind: oneOf('to-line'),
    addresses: table({
      ipv4: nullable(text('an IPv4 address', parseIpv4)),
      ipv6: nullable(text('an IPv6 address', parseIpv6)),
    }),
    signal: table({ session: count, seq: count }),
  }),
  'to-gateway': table({
    ...common,
    kind: oneOf('to-gateway'),
    reason: nullable(oneOf(...OFFLINE_REASONS)),
  }),
  removal: table({ ...common, kind: oneOf('removal'), names: list(text('a domain name', parseDomainName)) }),
};

/** Without line breaks. Field by field: an update may come with its keys in any order, and with more of them. */
export function contentOf(update: Update): string {
  const { line, askedAt, kind } = update;
  if (kind === 'removal') return JSON.stringify({ line, askedAt, kind, names: update.names });
  if (kind === 'to-gateway') return JSON.stringify({ line, askedAt, kind, reason: update.reason });
  const { ipv4, ipv6 } = update.addresses;
  const { session, seq } = update.signal;
  return JSON.stringify({ line, askedAt, kind, addresses: { ipv4, ipv6 }, signal: { session, seq } });
}

export function updateOf(content: string): Update {
  const raw: unknown = JSON.parse(content);
  const kind = typeof raw === 'object' && raw !== null && 'kind' in raw ? raw.kind : undefined;
  const shape = KINDS[kind === 'to-line' || kind === 'removal' ? kind : 'to-gateway'];
  const reading = read<Update>(shape, raw);
  if (reading.kind === 'read') return reading.value;
  throw new DamagedRow(`its file is damaged: the pending update ${content} cannot be read`);
}
