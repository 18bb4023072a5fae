import { bytesOf, parseAddress, unmapped } from '../../protocol/address.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import type { Cookies } from './cookie.ts';
import { type Asked, type Query, type Reading, readMessage } from './query.ts';
import type { RateLimit } from './rate-limit.ts';
import {
  addressRecordBytes,
  addressReply,
  emptyReply,
  errorReply,
  replyBytes,
  replyWith,
  truncatedReply,
} from './reply.ts';
import type { ResolverGate } from './resolver-gate.ts';
import type { Client, Transfers, Transport } from './transfers.ts';
import { type SigningContext, signedReply, tsigBytes } from './tsig/context.ts';
import { verifyRequest } from './tsig/request.ts';
import { TsigStream } from './tsig/stream.ts';
import type { TsigKey } from './tsig-key.ts';
import { LARGEST_TCP, LARGEST_UDP, RCODE, TYPE } from './wire.ts';
import type { Found, FoundOwn, Zone } from './zone.ts';
import type { ZoneRecord } from './zone-record.ts';

/** An answer of the zone's own records, to be encoded. */
export interface GeneralAnswer {
  readonly query: Query;
  readonly isAuthoritative: boolean;
  readonly answers: readonly ZoneRecord[];
  readonly authority: readonly ZoneRecord[];
  readonly additional: readonly ZoneRecord[];
}

/** Encodes whole messages of any records. May throw: then the client is told that the server failed. */
export interface Encoder {
  encode(answer: GeneralAnswer): Buffer;
}

export type DropReason = 'short' | 'response' | 'bad-port' | 'rate-limited' | 'halted';

export type Outcome =
  | { readonly kind: 'dropped'; readonly reason: DropReason }
  | { readonly kind: 'answered' | 'truncated-by-rate' | 'failed'; readonly reply: Buffer }
  | { readonly kind: 'transfer'; readonly messages: Iterable<Buffer> };

interface Parts {
  readonly zone: Pick<Zone, 'find'>;
  readonly encoder: Encoder;
  readonly transfers: Transfers;
  readonly rateLimit: Pick<RateLimit, 'allowanceFor'>;
  readonly cookies: Cookies;
  /** By name. */
  readonly keys: ReadonlyMap<string, TsigKey>;
  readonly gate: ResolverGate;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Nobody sends from port 0, and behind the others stand services that answer everything: echo, daytime, chargen, time. */
const BAD_PORTS: ReadonlySet<number> = new Set([0, 7, 13, 19, 37]);
const BAD_PORT: Outcome = { kind: 'dropped', reason: 'bad-port' };
const RATE_LIMITED: Outcome = { kind: 'dropped', reason: 'rate-limited' };
const HALTED: Outcome = { kind: 'dropped', reason: 'halted' };

const LEAST_UDP = 512;
const FOUND = { rcode: RCODE.noError, isAuthoritative: true, isTruncated: false };
const NO_NAME = { rcode: RCODE.nxDomain, isAuthoritative: true, isTruncated: false };
const TOO_LARGE = { rcode: RCODE.noError, isAuthoritative: true, isTruncated: true };

/** Whoever asks, and how much room there is for the reply. */
interface Asker {
  readonly client: Client;
  readonly transport: Transport;
  /** The length of the largest reply, without its signature. */
  readonly largest: number;
}

/** From the bytes that came to the bytes that go, without a socket. Whatever comes in, nothing is thrown. */
export class Responder {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  respond(message: Buffer, client: Client, transport: Transport): Outcome {
    if (transport === 'udp' && BAD_PORTS.has(client.port)) return BAD_PORT;
    const plain = readMessage(message);
    if (plain.kind === 'dropped') return plain;
    const { reading, isKnownClient } = this.#withCookie(plain, client);
    const limited = transport === 'udp' && !isKnownClient ? this.#limited(reading, client) : undefined;
    if (limited) return limited;
    const { tsigAt } = askedOf(reading);
    const asker = { client, transport, largest: transport === 'tcp' ? LARGEST_TCP : largestUdp(reading) };
    return tsigAt === null ? this.#answer(reading, asker) : this.#answerSigned(reading, tsigAt, asker);
  }

  /** RFC 7873 §5.2: who shows a cookie that we gave to its address is who it says, and is not limited. */
  #withCookie(reading: Understood, { address }: Client): { reading: Understood; isKnownClient: boolean } {
    const cookie = askedOf(reading).edns?.cookie;
    if (!cookie) return { reading, isKnownClient: false };
    const { cookies, clock } = this.#parts;
    const [from, now] = [clientBytes(address), secondsOf(clock)];
    const checked = cookies.check(cookie, from, now);
    if (checked.kind === 'malformed') {
      const asked = withCookie(askedOf(reading), null);
      return { reading: { kind: 'fault', rcode: RCODE.formErr, asked }, isKnownClient: false };
    }
    const isKnownClient = checked.kind === 'good' || checked.kind === 'good-old';
    const answered = replying(reading, cookies.reply(checked, from, now));
    const isWrong = checked.kind === 'bad' && answered.kind === 'fault' && answered.rcode === RCODE.noError;
    return { reading: isWrong ? { ...answered, rcode: RCODE.badCookie } : answered, isKnownClient };
  }

  /** What a client gets that asks too often, if this one does. */
  #limited(reading: Understood, { address }: Client): Outcome | undefined {
    const allowance = this.#parts.rateLimit.allowanceFor(address);
    if (allowance === 'answer') return undefined;
    if (allowance === 'drop') return RATE_LIMITED;
    const asked = askedOf(reading);
    // RFC 7873 §5.2.3: a client that knows cookies need not come over TCP to show that its address is its own
    const reply = asked.edns?.cookie ? errorReply(asked, RCODE.badCookie) : truncatedReply(asked);
    return { kind: 'truncated-by-rate', reply };
  }

  /** RFC 8945 §5.2: the signature comes first; what it signs is looked at only when it is good. */
  #answerSigned(reading: Understood, tsigAt: number, asker: Asker): Outcome {
    const { keys, clock } = this.#parts;
    const asked = askedOf(reading);
    const verdict = verifyRequest(asked.message, tsigAt, keys, secondsOf(clock));
    const sign = (reply: Buffer) => signedReply(verdict.context, reply, secondsOf(clock));
    if (verdict.kind === 'bad') return { kind: 'answered', reply: sign(errorReply(asked, verdict.rcode)) };
    const largest = asker.largest - tsigBytes(verdict.key);
    const outcome = this.#answer(signedBy(reading, verdict.key), { ...asker, largest });
    if (outcome.kind === 'dropped') return outcome;
    if (outcome.kind === 'transfer')
      return { kind: 'transfer', messages: this.#signedStream(outcome.messages, verdict.context) };
    return { kind: outcome.kind, reply: sign(outcome.reply) };
  }

  *#signedStream(messages: Iterable<Buffer>, context: SigningContext): Iterable<Buffer> {
    const stream = new TsigStream(context);
    for (const message of messages) yield stream.next(message, secondsOf(this.#parts.clock));
  }

  /** A mistake of ours is told as such and never ends the process. */
  #answer(reading: Understood, asker: Asker): Outcome {
    if (reading.kind === 'fault')
      return { kind: 'answered', reply: errorReply(reading.asked, reading.rcode) };
    const { query } = reading;
    try {
      return this.#answerFromZone(query, asker);
    } catch (error) {
      this.#parts.log.error('a question could not be answered', { type: query.type, reason: String(error) });
      return { kind: 'failed', reply: errorReply(query, RCODE.servFail) };
    }
  }

  #answerFromZone(query: Query, { client, transport, largest }: Asker): Outcome {
    const { gate, transfers, zone } = this.#parts;
    if (gate.isClosed && !transfers.isForBackup(query, client)) return HALTED;
    const found = zone.find(query);
    if ((query.type === TYPE.AXFR || query.type === TYPE.IXFR) && found.kind !== 'outside')
      return { kind: 'transfer', messages: transfers.messages(query, client, transport) };
    return { kind: 'answered', reply: this.#replyTo(query, found, largest) };
  }

  #replyTo(query: Query, found: Found, largest: number): Buffer {
    switch (found.kind) {
      case 'outside':
        return errorReply(query, RCODE.refused);
      case 'line': {
        const isTooLarge = replyBytes(query, addressRecordBytes(found.addresses)) > largest;
        return isTooLarge
          ? emptyReply(query, TOO_LARGE)
          : addressReply(query, found.addresses, found.ttlSeconds);
      }
      case 'own':
        return this.#encoded(generalAnswer(query, found.look), largest);
      default:
        return negativeReply(query, found, largest);
    }
  }

  /** Additional records may be left out without a word (RFC 2181 §9), answers may not. */
  #encoded(answer: GeneralAnswer, largest: number): Buffer {
    const whole = this.#parts.encoder.encode(answer);
    if (whole.length <= largest) return whole;
    // without the servers' addresses a referral leads nowhere (RFC 9471 §3)
    const lean = answer.isAuthoritative ? this.#parts.encoder.encode({ ...answer, additional: [] }) : whole;
    return lean.length <= largest ? lean : emptyReply(answer.query, TOO_LARGE);
  }
}

type Understood = Exclude<Reading, { readonly kind: 'dropped' }>;

function askedOf(reading: Understood): Asked {
  return reading.kind === 'query' ? reading.query : reading.asked;
}

function replying(reading: Understood, cookie: Uint8Array): Understood {
  return reading.kind === 'query'
    ? { kind: 'query', query: withCookie(reading.query, cookie) }
    : { ...reading, asked: withCookie(reading.asked, cookie) };
}

function signedBy(reading: Understood, key: TsigKey): Understood {
  return reading.kind === 'query' ? { kind: 'query', query: { ...reading.query, signedBy: key } } : reading;
}

/** What the client sent has been looked at; the reply repeats what it says now. */
function withCookie<A extends Asked>(asked: A, cookie: Uint8Array | null): A {
  return { ...asked, edns: asked.edns && { ...asked.edns, cookie } };
}

function negativeReply(
  query: Query,
  { kind, authority }: Extract<Found, { readonly kind: 'no-name' | 'no-data' }>,
  largest: number,
): Buffer {
  const flags = kind === 'no-name' ? NO_NAME : FOUND;
  const isTooLarge = replyBytes(query, authority.end - authority.start) > largest;
  return isTooLarge ? emptyReply(query, { ...flags, isTruncated: true }) : replyWith(query, flags, authority);
}

function generalAnswer(query: Query, look: FoundOwn): GeneralAnswer {
  const { additional } = look;
  return look.kind === 'referral'
    ? { query, isAuthoritative: false, answers: [], authority: look.authority, additional }
    : { query, isAuthoritative: true, answers: look.answers, authority: [], additional };
}

function largestUdp(reading: Understood): number {
  const { edns } = askedOf(reading);
  return edns ? Math.min(edns.udpBytes, LARGEST_UDP) : LEAST_UDP;
}

/** Link-local addresses come with their interface ("fe80::1%eth0"). */
function clientBytes(text: string): Uint8Array {
  const address = parseAddress(text.replace(/%.*/, ''));
  return address ? bytesOf(unmapped(address)) : new Uint8Array();
}

function secondsOf(clock: Clock): number {
  return Math.floor(clock.now() / 1000);
}
