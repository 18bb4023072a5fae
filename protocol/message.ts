import {
  flag,
  integer,
  list,
  nullable,
  optional,
  read,
  type Shape,
  scalar,
  table,
  text,
} from '../runtime/shape.ts';
import { type AddressSet, type Ipv4, type Ipv6, parseIpv4, parseIpv6 } from './address.ts';
import { type DomainName, parseDomainName } from './domain-name.ts';
import type { LowerLeaf, UpperLeaf } from './topic.ts';

/** Payloads of the topics' leaves (docs/protocol.md). Every kind is named after its leaf. */

const PROTOCOL_VERSION = 1;
export const MAX_PAYLOAD_BYTES = 4096;

/** A connection's random number (u32, not 0) and the count of the signals sent on it (u32, from 1). */
export interface Signal {
  readonly session: number;
  readonly seq: number;
}

export interface LeaseNote {
  /** Where the agent saw the lease: `interface`, `udhcpc`, `dhclient` ... */
  readonly source: string;
  readonly interface: string;
  readonly expiresInMs: number | null;
}

/** Figure 4, block 408. */
export interface Register extends Signal, AddressSet {
  readonly kind: 'register';
  readonly domain: DomainName;
  readonly lease: LeaseNote;
  /** Name and version of the agent's software. */
  readonly agent: string;
}
/** Figure 4, block 452. */
export interface Alive extends Signal {
  readonly kind: 'alive';
}
/** Figure 4, block 456: the farewell. */
export interface Offline extends Signal {
  readonly kind: 'offline';
  readonly reason: string;
}
/** Left with the broker at CONNECT and published by it when the connection breaks. */
interface Will {
  readonly kind: 'will';
  readonly session: number;
}
export interface Answer extends Signal {
  readonly kind: 'answer';
  readonly nonce: string;
}
export type UpperMessage = Register | Alive | Offline | Will | Answer;

/** Figure 5, block 514: the update is on disk; its batch is `liveInMs` away. */
export interface Queued extends Signal {
  readonly kind: 'queued';
  readonly liveInMs: number;
  readonly aliveMs: number;
  readonly spreadMs: number;
}
/** Why a line's name was answered by the gateway. */
export const OFFLINE_REASONS = [
  'farewell',
  'silent',
  'unproven',
  'address-taken',
  'suspended',
  'rehearsal',
] as const;
export type OfflineReason = (typeof OFFLINE_REASONS)[number];

/** Figure 5, block 532: the batch is in the zone. */
export interface Live extends Signal {
  readonly kind: 'live';
  readonly domain: DomainName;
  readonly addresses: AddressSet;
  readonly serial: number;
  /** Whether every secondary marked `proof` serves the serial, and which ones do not. */
  readonly proof: { readonly ok: boolean; readonly missing: readonly string[] };
  /** The log-on before this one, epoch milliseconds. */
  readonly lastLogOn: number | null;
  readonly offlineForMs: number | null;
  readonly offlineReason: OfflineReason | null;
  readonly hits: number;
  readonly messages: number;
  /** One-time link to the owner's page; null while the gateway has no portal. */
  readonly portal: string | null;
}
export const REFUSAL_REASONS = [
  'no-domain-service',
  'not-your-domain',
  'behind-nat',
  'not-your-address',
  'address-not-allowed',
  'address-in-use',
  'duplicate-login',
  'too-many',
  'suspended',
  'malformed',
  'version',
  'try-later',
] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** Figure 5, block 510. `seq` 0 answers a message whose own seq could not be read. */
export interface Refused extends Signal {
  readonly kind: 'refused';
  readonly reason: RefusalReason;
  readonly retryAfterMs: number;
}
interface Challenge {
  readonly kind: 'challenge';
  readonly nonce: string;
}
interface Tune {
  readonly kind: 'tune';
  readonly aliveMs: number;
  readonly spreadMs: number;
  readonly registerAgain: boolean;
}
export type LowerMessage = Queued | Live | Refused | Challenge | Tune;

export interface Announcement {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly text: string;
}

/** A payload that is not what its leaf demands; `version` tells a register of another protocol version apart. */
export interface Malformed {
  readonly kind: 'malformed';
  readonly reason: 'malformed' | 'version';
  readonly problem: string;
}

const U32 = 0xffff_ffff;
const session = integer(1, U32);
const seq = integer(1, U32);
const milliseconds = integer(0, Number.MAX_SAFE_INTEGER);
const count = integer(0, Number.MAX_SAFE_INTEGER);
const token = (most: number) =>
  text(`a printable text of 1 to ${most} characters`, (raw) =>
    raw.length >= 1 && raw.length <= most && !hasControl(raw) ? raw : undefined,
  );
const ipv4: Shape<Ipv4 | null> = nullable(text('an IPv4 address', parseIpv4));
const ipv6: Shape<Ipv6 | null> = nullable(text('an IPv6 address', parseIpv6));
const domain = text('a domain name', parseDomainName);
const word = <const W extends string>(words: readonly W[]) =>
  scalar(`one of ${words.join(', ')}`, (raw) => words.find((known) => known === raw));

const UPPER = {
  register: table(
    {
      v: integer(PROTOCOL_VERSION, PROTOCOL_VERSION),
      domain,
      ipv4,
      ipv6,
      session,
      seq,
      lease: table(
        { source: token(32), interface: token(64), expiresInMs: nullable(milliseconds) },
        'ignored',
      ),
      agent: token(64),
    },
    'ignored',
  ),
  offline: table({ session, seq, reason: token(64) }, 'ignored'),
  answer: table({ nonce: token(64), session, seq }, 'ignored'),
};

const LOWER = {
  queued: table(
    { session, seq, liveInMs: milliseconds, aliveMs: integer(100, 3_600_000), spreadMs: milliseconds },
    'ignored',
  ),
  live: table(
    {
      session,
      seq,
      domain,
      addresses: table({ ipv4, ipv6 }, 'ignored'),
      serial: integer(0, U32),
      proof: table({ ok: flag, missing: list(token(128)) }, 'ignored'),
      lastLogOn: nullable(milliseconds),
      offlineForMs: nullable(milliseconds),
      offlineReason: nullable(word(OFFLINE_REASONS)),
      hits: count,
      messages: count,
      portal: nullable(token(512)),
    },
    'ignored',
  ),
  refused: table(
    {
      session: integer(0, U32),
      seq: integer(0, U32),
      reason: word(REFUSAL_REASONS),
      retryAfterMs: milliseconds,
    },
    'ignored',
  ),
  challenge: table({ nonce: token(64) }, 'ignored'),
  tune: table(
    { aliveMs: integer(100, 3_600_000), spreadMs: milliseconds, registerAgain: optional(flag, false) },
    'ignored',
  ),
};

const ANNOUNCEMENTS = list(
  table({ id: token(64), at: milliseconds, text: text('a text', (raw) => raw) }, 'ignored'),
);

/** The payload for a message's leaf. */
export function encodeUpper(message: UpperMessage): Uint8Array {
  switch (message.kind) {
    case 'alive':
      return u32s(message.session, message.seq);
    case 'will':
      return u32s(message.session);
    case 'register':
      return encodeJson(message, { v: PROTOCOL_VERSION });
    default:
      return encodeJson(message);
  }
}

/** Never throws: whatever a network sends is a message or `malformed`. */
export function decodeUpper(leaf: UpperLeaf, payload: Uint8Array): UpperMessage | Malformed {
  switch (leaf) {
    case 'alive':
      return decodeAlive(payload);
    case 'will':
      return decodeWill(payload);
    case 'register':
      return decodeRegister(payload);
    case 'offline':
      return decodeJson('offline', UPPER.offline, payload);
    case 'answer':
      return decodeJson('answer', UPPER.answer, payload);
  }
}

export function encodeLower(message: LowerMessage): Uint8Array {
  return encodeJson(message);
}

export function decodeLower(leaf: LowerLeaf, payload: Uint8Array): LowerMessage | Malformed {
  switch (leaf) {
    case 'queued':
      return decodeJson('queued', LOWER.queued, payload);
    case 'live':
      return decodeJson('live', LOWER.live, payload);
    case 'refused':
      return decodeJson('refused', LOWER.refused, payload);
    case 'challenge':
      return decodeJson('challenge', LOWER.challenge, payload);
    case 'tune':
      return decodeJson('tune', LOWER.tune, payload);
  }
}

export function encodeAnnouncements(announcements: readonly Announcement[]): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(announcements));
}

export function decodeAnnouncements(payload: Uint8Array): readonly Announcement[] | Malformed {
  const reading = read(ANNOUNCEMENTS, parseJson(payload));
  return reading.kind === 'read' ? reading.value : malformed(reading.mistakes[0]?.key);
}

function decodeRegister(payload: Uint8Array): Register | Malformed {
  const json = parseJson(payload);
  if (typeof json === 'object' && json !== null && 'v' in json && json.v !== PROTOCOL_VERSION) {
    return { kind: 'malformed', reason: 'version', problem: 'v' };
  }
  const reading = read(UPPER.register, json);
  if (reading.kind === 'wrong') return malformed(reading.mistakes[0]?.key);
  const { v: _version, ...register } = reading.value;
  return { kind: 'register', ...register };
}

function decodeAlive(payload: Uint8Array): Alive | Malformed {
  if (payload.length !== 8) return malformed('length');
  const signal = { session: u32At(payload, 0), seq: u32At(payload, 4) };
  return signal.session > 0 && signal.seq > 0 ? { kind: 'alive', ...signal } : malformed('zero');
}

function decodeWill(payload: Uint8Array): Will | Malformed {
  if (payload.length !== 4 || u32At(payload, 0) === 0) return malformed('session');
  return { kind: 'will', session: u32At(payload, 0) };
}

function decodeJson<K extends string, T extends object>(
  kind: K,
  shape: Shape<T>,
  payload: Uint8Array,
): ({ readonly kind: K } & T) | Malformed {
  const reading = read(shape, parseJson(payload));
  return reading.kind === 'read' ? { kind, ...reading.value } : malformed(reading.mistakes[0]?.key);
}

function encodeJson(message: UpperMessage | LowerMessage, version: { readonly v?: number } = {}): Uint8Array {
  const { kind: _leaf, ...fields } = message;
  return new TextEncoder().encode(JSON.stringify({ ...version, ...fields }));
}

function parseJson(payload: Uint8Array): unknown {
  if (payload.length > MAX_PAYLOAD_BYTES * 4) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(payload));
  } catch {
    return undefined;
  }
}

/** `problem` is a key, or empty when the payload as a whole is no JSON object. */
function malformed(problem = ''): Malformed {
  return { kind: 'malformed', reason: 'malformed', problem: problem === '' ? 'not a JSON object' : problem };
}

function u32s(...numbers: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(numbers.length * 4);
  const view = new DataView(bytes.buffer);
  numbers.forEach((number, index) => {
    view.setUint32(index * 4, number);
  });
  return bytes;
}

function u32At(bytes: Uint8Array, offset: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(offset);
}

function hasControl(text: string): boolean {
  return [...text].some((character) => character < ' ' || (character >= '\x7f' && character <= '\x9f'));
}
