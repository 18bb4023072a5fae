import type { TsigKey } from './tsig-key.ts';
import { CLASS_IN, HEADER_BYTES, LONGEST_NAME, OPCODE, RCODE, TYPE } from './wire.ts';

/** What the client's OPT record says (RFC 6891 §6.1). */
export interface Edns {
  readonly udpBytes: number;
  readonly version: number;
  readonly wantsDnssec: boolean;
  /** The data of the COOKIE option as it came (RFC 7873 §4); null without one. */
  readonly cookie: Uint8Array | null;
}

/** The parts of a message that its reply repeats. */
export interface Asked {
  readonly message: Buffer;
  /** Where the question ends; the end of the header when there is none to repeat. */
  readonly questionEnd: number;
  readonly edns: Edns | null;
  /** Where the TSIG record begins (RFC 8945 §5.1); null for a message that is not signed. */
  readonly tsigAt: number | null;
}

/** A well-formed standard question in class IN. */
export interface Query extends Asked {
  readonly type: number;
  /** The key whose signature was verified; null for a question that is not signed. */
  readonly signedBy: TsigKey | null;
}

export type Reading =
  | { readonly kind: 'dropped'; readonly reason: 'short' | 'response' }
  /** Nothing that the zone is asked for; NOERROR for a client that only asks for a cookie. */
  | { readonly kind: 'fault'; readonly rcode: number; readonly asked: Asked }
  | { readonly kind: 'query'; readonly query: Query };

const SHORT: Reading = { kind: 'dropped', reason: 'short' };
const RESPONSE: Reading = { kind: 'dropped', reason: 'response' };
const LEAST_UDP = 512;
const DO_BIT = 0x8000;
const LONGEST_LABEL = 63;
const POINTER = 0xc0;
const COOKIE = 10;

/** Reads any bytes in one pass and follows no pointer, so that the work never exceeds the length of the message. */
export function readMessage(message: Buffer): Reading {
  if (message.length < HEADER_BYTES) return SHORT;
  // two servers that answer each other's responses never stop
  if ((message.readUInt8(2) & 0x80) !== 0) return RESPONSE;
  const body = readBody(message);
  if (isCookieOnly(body)) return { kind: 'fault', rcode: RCODE.noError, asked: body };
  const rcode = faultOf(message, body);
  if (rcode !== RCODE.noError) return { kind: 'fault', rcode, asked: body };
  return { kind: 'query', query: queryOf(body) };
}

function queryOf(body: Body): Query {
  const { message, questionEnd, edns, tsigAt } = body;
  return { message, questionEnd, edns, tsigAt, type: typeOf(body), signedBy: null };
}

interface Body extends Asked {
  readonly isSound: boolean;
}

function faultOf(message: Buffer, body: Body): number {
  const opcode = (message.readUInt8(2) >> 3) & 0xf;
  if (opcode !== OPCODE.query) return faultOfOpcode(opcode);
  if (!body.isSound || body.questionEnd === HEADER_BYTES) return RCODE.formErr;
  if (body.edns && body.edns.version > 0) return RCODE.badVers;
  if (message.readUInt16BE(body.questionEnd - 2) !== CLASS_IN) return RCODE.refused;
  return faultOfType(typeOf(body));
}

/** RFC 7873 §5.4: a client may ask for nothing but a cookie. */
function isCookieOnly({ message, edns, isSound }: Body): boolean {
  const isQuery = ((message.readUInt8(2) >> 3) & 0xf) === OPCODE.query;
  return isQuery && isSound && message.readUInt16BE(4) === 0 && edns?.version === 0 && edns.cookie !== null;
}

/** This gateway takes neither updates nor notifications from anybody; it knows no other operation. */
function faultOfOpcode(opcode: number): number {
  return opcode === OPCODE.notify || opcode === OPCODE.update ? RCODE.refused : RCODE.notImp;
}

/** Types that no zone holds (RFC 6895 §3.1): some ask for an operation, the others have no place in a question. */
function faultOfType(type: number): number {
  if (type === TYPE.TKEY || type === TYPE.MAILA || type === TYPE.MAILB) return RCODE.notImp;
  const isMeta = type === TYPE.OPT || type === TYPE.TSIG || (type >= 128 && type < TYPE.TKEY);
  return isMeta ? RCODE.formErr : RCODE.noError;
}

function typeOf({ message, questionEnd }: Asked): number {
  return message.readUInt16BE(questionEnd - 4);
}

function readBody(message: Buffer): Body {
  const questions = message.readUInt16BE(4);
  const end = skipQuestions(message, questions);
  if (end < 0) return { message, questionEnd: HEADER_BYTES, ...NO_EXTRAS };
  const questionEnd = questions === 1 ? end : HEADER_BYTES;
  const answers = skipRecords(message, end, message.readUInt16BE(6) + message.readUInt16BE(8));
  const { edns, tsigAt, isSound } = answers < 0 ? NO_EXTRAS : readAdditional(message, answers);
  return { message, questionEnd, edns, tsigAt, isSound };
}

function skipQuestions(message: Buffer, count: number): number {
  let at = HEADER_BYTES;
  for (let left = count; left > 0 && at >= 0; left--) {
    const nameEnd = skipName(message, at, 'refused');
    at = nameEnd < 0 || nameEnd + 4 > message.length ? -1 : nameEnd + 4;
  }
  return at;
}

/** Skips records of the answer and authority sections, where OPT and TSIG have no place (RFC 6891 §6.1.1, RFC 8945 §5.2). */
function skipRecords(message: Buffer, start: number, count: number): number {
  let at = start;
  for (let left = count; left > 0 && at >= 0; left--) {
    const record = skipRecord(message, at);
    at = record.type === TYPE.OPT || record.type === TYPE.TSIG ? -1 : record.end;
  }
  return at;
}

interface Extras {
  readonly edns: Edns | null;
  readonly tsigAt: number | null;
  readonly isSound: boolean;
}

const NO_EXTRAS: Extras = { edns: null, tsigAt: null, isSound: false };

/**
 * RFC 6891 §6.1.1: at most one OPT, owned by the root, anywhere in the additional section; RFC 8945 §5.1: at most one TSIG,
 * as the last record; nothing after it.
 */
function readAdditional(message: Buffer, start: number): Extras {
  let edns: Edns | null = null;
  let tsigAt: number | null = null;
  let isSound = true;
  let at = start;
  for (let left = message.readUInt16BE(10); left > 0; left--) {
    const record = skipRecord(message, at);
    if (record.end < 0) return { edns, tsigAt: null, isSound: false };
    isSound &&= tsigAt === null;
    if (record.type === TYPE.TSIG) tsigAt = at;
    if (record.type === TYPE.OPT) {
      isSound &&= edns === null && isSoundOpt(message, at, record);
      edns = readOpt(message, record);
    }
    at = record.end;
  }
  return { edns, tsigAt, isSound: isSound && at === message.length };
}

interface RecordPlace {
  readonly type: number;
  /** Where type, class, TTL and length stand. */
  readonly fixedAt: number;
  /** -1 for a record that is broken. */
  readonly end: number;
}

const BROKEN: RecordPlace = { type: 0, fixedAt: 0, end: -1 };

function skipRecord(message: Buffer, at: number): RecordPlace {
  const fixedAt = skipName(message, at, 'allowed');
  if (fixedAt < 0 || fixedAt + 10 > message.length) return BROKEN;
  const end = fixedAt + 10 + message.readUInt16BE(fixedAt + 8);
  return end > message.length ? BROKEN : { type: message.readUInt16BE(fixedAt), fixedAt, end };
}

function readOpt(message: Buffer, { fixedAt, end }: RecordPlace): Edns {
  return {
    cookie: optionIn(message, fixedAt + 10, end, COOKIE),
    udpBytes: Math.max(LEAST_UDP, message.readUInt16BE(fixedAt + 2)),
    version: message.readUInt8(fixedAt + 5),
    wantsDnssec: (message.readUInt16BE(fixedAt + 6) & DO_BIT) !== 0,
  };
}

/** The data of the first option with this code (RFC 6891 §6.1.2). */
function optionIn(message: Buffer, start: number, end: number, code: number): Uint8Array | null {
  for (let at = start; at + 4 <= end; at += 4 + message.readUInt16BE(at + 2)) {
    if (message.readUInt16BE(at) !== code) continue;
    return message.subarray(at + 4, Math.min(end, at + 4 + message.readUInt16BE(at + 2)));
  }
  return null;
}

function isSoundOpt(message: Buffer, ownerAt: number, { fixedAt, end }: RecordPlace): boolean {
  let at = fixedAt + 10;
  while (at + 4 <= end) at += 4 + message.readUInt16BE(at + 2);
  return fixedAt === ownerAt + 1 && at === end;
}

/** Gives where a name ends, or -1 when it is none: too long, cut off, or with labels of a form that nobody uses (RFC 6891 §5). */
function skipName(message: Buffer, start: number, pointers: 'allowed' | 'refused'): number {
  let at = start;
  while (at < message.length) {
    const length = message.readUInt8(at);
    if (length === 0) return at + 1 - start > LONGEST_NAME ? -1 : at + 1;
    if (length > LONGEST_LABEL) return pointers === 'allowed' && length >= POINTER ? at + 2 : -1;
    at += 1 + length;
  }
  return -1;
}
