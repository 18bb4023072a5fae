import type { DomainName } from '../../protocol/domain-name.ts';
import type { Logger } from '../../runtime/log.ts';
import type { CompiledRecords } from './address-table.ts';
import { type Query, type Reading, readMessage } from './query.ts';
import type { RateLimit } from './rate-limit.ts';
import { emptyReply, errorReply, replyBytes, replyWith, type Section, truncatedReply } from './reply.ts';
import type { Client, Transfers } from './transfers.ts';
import { LARGEST_TCP, LARGEST_UDP, RCODE, TYPE } from './wire.ts';
import type { Found, Zone } from './zone.ts';
import type { ZoneRecord } from './zone-record.ts';

export type Transport = 'udp' | 'tcp';

/** An answer that is not compiled. */
export interface GeneralAnswer {
  readonly query: Query;
  /** The question's name as the zone writes it. */
  readonly name: DomainName;
  readonly answers: readonly ZoneRecord[];
  readonly additional: readonly ZoneRecord[];
}

/** Encodes whole messages of any records. May throw: then the client is told that the server failed. */
export interface Encoder {
  encode(answer: GeneralAnswer): Buffer;
}

export type DropReason = 'short' | 'response' | 'bad-port' | 'rate-limited';

export type Outcome =
  | { readonly kind: 'dropped'; readonly reason: DropReason }
  | { readonly kind: 'answered' | 'truncated-by-rate' | 'failed'; readonly reply: Buffer }
  | { readonly kind: 'transfer'; readonly messages: Iterable<Buffer> };

interface Parts {
  readonly zone: Pick<Zone, 'find'>;
  readonly encoder: Encoder;
  readonly transfers: Transfers;
  readonly rateLimit: Pick<RateLimit, 'allowanceFor'>;
  readonly log: Logger;
}

/** Nobody sends from port 0, and behind the others stand services that answer everything: echo, daytime, chargen, time. */
const BAD_PORTS: ReadonlySet<number> = new Set([0, 7, 13, 19, 37]);
const BAD_PORT: Outcome = { kind: 'dropped', reason: 'bad-port' };
const RATE_LIMITED: Outcome = { kind: 'dropped', reason: 'rate-limited' };

const LEAST_UDP = 512;
const FOUND = { rcode: RCODE.noError, isAuthoritative: true, isTruncated: false };
const NO_NAME = { rcode: RCODE.nxDomain, isAuthoritative: true, isTruncated: false };
const TOO_LARGE = { rcode: RCODE.noError, isAuthoritative: true, isTruncated: true };

/** From the bytes that came to the bytes that go, without a socket. Whatever comes in, nothing is thrown. */
export class Responder {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  respond(message: Buffer, client: Client, transport: Transport): Outcome {
    if (transport === 'udp' && BAD_PORTS.has(client.port)) return BAD_PORT;
    const reading = readMessage(message);
    if (reading.kind === 'dropped') return reading;
    if (transport === 'udp') {
      const allowance = this.#parts.rateLimit.allowanceFor(client.address);
      if (allowance === 'drop') return RATE_LIMITED;
      if (allowance === 'truncate') return truncatedByRate(reading);
    }
    if (reading.kind === 'fault')
      return { kind: 'answered', reply: errorReply(reading.asked, reading.rcode) };
    return this.#answer(reading.query, client, transport);
  }

  /** A mistake of ours is told as such and never ends the process. */
  #answer(query: Query, client: Client, transport: Transport): Outcome {
    try {
      return this.#answerFromZone(query, client, transport);
    } catch (error) {
      this.#parts.log.error('a question could not be answered', { type: query.type, reason: String(error) });
      return { kind: 'failed', reply: errorReply(query, RCODE.servFail) };
    }
  }

  #answerFromZone(query: Query, client: Client, transport: Transport): Outcome {
    const found = this.#parts.zone.find(query);
    if (found.kind === 'outside') return { kind: 'answered', reply: errorReply(query, RCODE.refused) };
    if (query.type === TYPE.AXFR || query.type === TYPE.IXFR)
      return { kind: 'transfer', messages: this.#parts.transfers.messages(query, client) };
    const largest = transport === 'tcp' ? LARGEST_TCP : largestUdp(query);
    const reply =
      found.kind === 'own'
        ? this.#encoded({ query, ...found }, largest)
        : compiledReply(query, found, largest);
    return { kind: 'answered', reply };
  }

  /** Additional records may be left out without a word (RFC 2181 §9), answers may not. */
  #encoded(answer: GeneralAnswer, largest: number): Buffer {
    const whole = this.#parts.encoder.encode(answer);
    if (whole.length <= largest) return whole;
    const lean = this.#parts.encoder.encode({ ...answer, additional: [] });
    return lean.length <= largest ? lean : emptyReply(answer.query, TOO_LARGE);
  }
}

type FoundCompiled = Extract<Found, { readonly kind: 'compiled' | 'no-name' | 'no-data' }>;

function compiledReply(query: Query, found: FoundCompiled, largest: number): Buffer {
  const section = found.kind === 'compiled' ? answerSection(found.records) : found.authority;
  const flags = found.kind === 'no-name' ? NO_NAME : FOUND;
  const isTooLarge = replyBytes(query, section.end - section.start) > largest;
  return isTooLarge ? emptyReply(query, { ...flags, isTruncated: true }) : replyWith(query, flags, section);
}

function answerSection({ bytes, start, end, count }: CompiledRecords): Section {
  return { name: 'answer', count, bytes, start, end };
}

function largestUdp({ edns }: Query): number {
  return edns ? Math.min(edns.udpBytes, LARGEST_UDP) : LEAST_UDP;
}

function truncatedByRate(reading: Exclude<Reading, { readonly kind: 'dropped' }>): Outcome {
  const asked = reading.kind === 'query' ? reading.query : reading.asked;
  return { kind: 'truncated-by-rate', reply: truncatedReply(asked) };
}
