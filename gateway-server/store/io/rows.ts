import { type AddressSet, parseIpv4, parseIpv6 } from '../../../protocol/address.ts';
import { type DomainName, parseDomainName } from '../../../protocol/domain-name.ts';
import { type LineId, parseLineId } from '../../../protocol/line-id.ts';
import { OFFLINE_REASONS, type OfflineReason } from '../../../protocol/message.ts';
import type { Line } from '../../line/line.ts';
import type { Published } from '../../line/published.ts';
import type { Standing } from '../../line/standing.ts';

/**
 * How lines and standings lie in the columns of their tables, in the order of the schema. What is read back is parsed like
 * anything from outside, by hand and by position: a hundred thousand lines must be read within a second.
 */

type Column = string | number | null;
/** A row as the database gives it. */
export type Found = readonly unknown[];

/** A row that this program did not write. */
export class DamagedRow extends Error {}

export function lineColumns(line: Line): Column[] {
  const { id, secretHash, domain, names, suspended, words, tellsSince, createdAt } = line;
  const flags = [Number(suspended), Number(tellsSince)] as const;
  return [id, secretHash, domain, JSON.stringify(names), flags[0], words, flags[1], createdAt];
}

export function lineOf(row: Found): Line {
  const [id, secretHash, domain, names, suspended, words, tellsSince, createdAt] = row;
  return {
    id: idFrom(id),
    secretHash: textFrom(secretHash),
    domain: domain === null ? null : nameFrom(domain),
    names: namesFrom(names),
    suspended: suspended === 1,
    words: textFrom(words),
    tellsSince: tellsSince === 1,
    createdAt: countFrom(createdAt),
  };
}

export function standingColumns(line: LineId, standing: Standing): Column[] {
  const { published, absence, logOn, previousLogOn, agent, messages } = standing;
  const addresses = published.kind === 'addresses' ? published.addresses : null;
  return [
    line,
    published.kind,
    addresses?.ipv4 ?? null,
    addresses?.ipv6 ?? null,
    published.kind === 'answering' ? published.reason : null,
    published.serial,
    published.since,
    logOn,
    previousLogOn,
    absence?.since ?? null,
    absence?.until ?? null,
    absence?.reason ?? null,
    absence?.hits ?? null,
    agent,
    messages,
  ];
}

export function standingOf(row: Found): readonly [LineId, Standing] {
  const [
    line,
    ,
    ,
    ,
    ,
    ,
    ,
    logOn,
    previousLogOn,
    absentSince,
    absentUntil,
    absentReason,
    hits,
    agent,
    messages,
  ] = row;
  const since = orNull(countFrom, absentSince);
  const reason = reasonFrom(absentReason);
  const isAbsence = since !== null && reason !== null;
  const standing = {
    published: publishedFrom(row),
    logOn: orNull(countFrom, logOn),
    previousLogOn: orNull(countFrom, previousLogOn),
    absence: isAbsence
      ? { since, until: orNull(countFrom, absentUntil), reason, hits: countFrom(hits) }
      : null,
    agent: orNull(textFrom, agent),
    messages: countFrom(messages),
  };
  return [idFrom(line), standing];
}

function publishedFrom([, kind, ipv4, ipv6, reason, serialFound, sinceFound]: Found): Published {
  const serial = countFrom(serialFound);
  const since = countFrom(sinceFound);
  if (kind === 'addresses') return { kind, addresses: addressesFrom(ipv4, ipv6), serial, since };
  return kind === 'answering'
    ? { kind, reason: reasonFrom(reason), serial, since }
    : damaged(kind, 'addresses or answering');
}

function addressesFrom(ipv4: unknown, ipv6: unknown): AddressSet {
  return {
    ipv4: ipv4 === null ? null : (parseIpv4(textFrom(ipv4)) ?? damaged(ipv4, 'an IPv4 address')),
    ipv6: ipv6 === null ? null : (parseIpv6(textFrom(ipv6)) ?? damaged(ipv6, 'an IPv6 address')),
  };
}

export function reasonFrom(found: unknown): OfflineReason | null {
  if (found === null) return null;
  return OFFLINE_REASONS.find((reason) => reason === found) ?? damaged(found, 'an off-line reason');
}

export function idFrom(found: unknown): LineId {
  return parseLineId(textFrom(found)) ?? damaged(found, 'a line id');
}

function namesFrom(found: unknown): DomainName[] {
  const names: unknown = JSON.parse(textFrom(found));
  return Array.isArray(names) ? names.map(nameFrom) : damaged(names, 'a list of names');
}

function nameFrom(found: unknown): DomainName {
  return parseDomainName(textFrom(found)) ?? damaged(found, 'a domain name');
}

function orNull<T>(from: (found: unknown) => T, found: unknown): T | null {
  return found === null ? null : from(found);
}

export function textFrom(found: unknown): string {
  return typeof found === 'string' ? found : damaged(found, 'a text');
}

export function countFrom(found: unknown): number {
  return typeof found === 'number' ? found : damaged(found, 'a number');
}

export function bytesFrom(found: unknown): Uint8Array {
  return found instanceof Uint8Array ? found : damaged(found, 'bytes');
}

function damaged(found: unknown, expected: string): never {
  throw new DamagedRow(`its file is damaged: it has ${JSON.stringify(found)} in the place of ${expected}`);
}
