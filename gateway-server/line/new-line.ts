import {
  type DomainName,
  isBelow,
  nameBelow,
  parentOf,
  parseDomainName,
} from '../../protocol/domain-name.ts';
import { type LineId, parseLineId } from '../../protocol/line-id.ts';
import type { Instant } from '../../runtime/clock.ts';
import type { Zone } from '../zone/zone.ts';
import type { Line } from './line.ts';
import type { LineBook } from './line-book.ts';

/** What the operator asks for; everything but the id may be left to the defaults. */
export interface LineRequest {
  readonly id: string;
  /** Null for the default: the id below the zone. */
  readonly domain: string | null;
  readonly hasDomain: boolean;
  /** Labels (`www`) or full names below the domain. */
  readonly names: readonly string[];
  readonly words: string;
}

interface Place {
  readonly book: LineBook;
  readonly zone: Pick<Zone, 'canHold'>;
  readonly zoneName: DomainName;
}

/** Labels that software looks for by itself, or that belong to the provider: a subscriber with one could harm others. */
const RESERVED_LABEL =
  /^(portal|console|leave|ns\d*|mx\d*|mail|api|wpad|isatap|autodiscover|autoconfig|localhost|hostmaster)$/;

/** A new line, or a sentence on what is wrong with the request. */
export function newLine(request: LineRequest, secretHash: string, now: Instant, place: Place): Line | string {
  const id = parseLineId(request.id);
  if (!id) return `"${request.id}" is no line id: give 1 to 32 of a-z, 0-9 and "-", not a reserved word`;
  if (place.book.get(id)) return `there already is a line ${id}`;
  const domain = request.hasDomain ? domainFor(id, request.domain, place) : null;
  if (typeof domain === 'object' && domain !== null) return domain.problem;
  const names = domain === null ? [] : request.names.map((name) => extraName(name, domain));
  const wrong = names.indexOf(undefined);
  if (wrong >= 0) return `"${request.names[wrong]}" is no name below ${domain}: give a label such as www`;
  return {
    id,
    secretHash,
    domain,
    names: [...new Set(names.filter((name) => name !== undefined))],
    suspended: false,
    words: request.words,
    tellsSince: false,
    createdAt: now,
  };
}

/** DESIGN section 6: one label below the zone, not reserved, not at, above or below anybody else's name. */
function domainFor(
  id: LineId,
  given: string | null,
  place: Place,
): DomainName | { readonly problem: string } {
  const text = given ?? `${id}.${place.zoneName}`;
  const domain = parseDomainName(text);
  if (!domain || parentOf(domain) !== place.zoneName) {
    return { problem: `"${text}" is no domain for a line: give one label below ${place.zoneName}` };
  }
  const [label = ''] = domain.split('.');
  if (RESERVED_LABEL.test(label)) return { problem: `"${label}" is a reserved name: choose another domain` };
  if (!place.zone.canHold(domain))
    return { problem: `${domain} is a name of the zone's own: choose another domain` };
  const owner = place.book.byName(domain);
  if (owner) return { problem: `${domain} belongs to line ${owner.line.id}` };
  return domain;
}

function extraName(text: string, domain: DomainName): DomainName | undefined {
  const full = parseDomainName(text);
  return full && isBelow(full, domain) ? full : nameBelow(text, domain);
}
