import type { FamilyOfAddresses } from './address-table.ts';
import type { Asked, Edns } from './query.ts';
import { CLASS_IN, HEADER_BYTES, LARGEST_UDP, RCODE, TYPE } from './wire.ts';

export interface ReplyFlags {
  /** May be above 15 only where the client sent an OPT record, which carries the upper bits. */
  readonly rcode: number;
  readonly isAuthoritative: boolean;
  readonly isTruncated: boolean;
}

/** Compiled records for one section, lying somewhere in `bytes`. */
export interface Section {
  readonly name: 'answer' | 'authority';
  readonly count: number;
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

const OPT_BYTES = 11;
const COOKIE = 10;
const RECORD_HEAD = 12;
const IPV4 = 4;
const IPV6 = 16;
const ADDRESSES_FOUND: ReplyFlags = { rcode: RCODE.noError, isAuthoritative: true, isTruncated: false };
const NOTHING: Section = { name: 'answer', count: 0, bytes: new Uint8Array(), start: 0, end: 0 };

/** What the reply to `asked` is long with a section of `sectionBytes`. */
export function replyBytes(asked: Asked, sectionBytes: number): number {
  return asked.questionEnd + sectionBytes + optBytes(asked);
}

/** What the records of a line's name are long. */
export function addressRecordBytes({ count, isIpv4 }: FamilyOfAddresses): number {
  return count * (RECORD_HEAD + (isIpv4 ? IPV4 : IPV6));
}

/** Answers with a line's addresses; the owner of each record is a pointer to the question, so that it has the client's spelling (RFC 1035 §4.1.4). */
export function addressReply(asked: Asked, addresses: FamilyOfAddresses, ttlSeconds: number): Buffer {
  const { bytes, start, count, isIpv4 } = addresses;
  const length = isIpv4 ? IPV4 : IPV6;
  const reply = beginning(asked, addressRecordBytes(addresses), ADDRESSES_FOUND);
  reply.writeUInt16BE(count, 6);
  let at = asked.questionEnd;
  for (let n = 0; n < count; n++) {
    reply.writeUInt16BE(0xc000 | HEADER_BYTES, at);
    reply.writeUInt16BE(isIpv4 ? TYPE.A : TYPE.AAAA, at + 2);
    reply.writeUInt16BE(CLASS_IN, at + 4);
    reply.writeUInt32BE(ttlSeconds, at + 6);
    reply.writeUInt16BE(length, at + 10);
    for (let byte = 0; byte < length; byte++)
      reply[at + RECORD_HEAD + byte] = bytes[start + n * length + byte] ?? 0;
    at += RECORD_HEAD + length;
  }
  return reply;
}

/** A reply without records. */
export function emptyReply(asked: Asked, flags: ReplyFlags): Buffer {
  return replyWith(asked, flags, NOTHING);
}

/** A plain refusal or error, on which nobody's authority rests. */
export function errorReply(asked: Asked, rcode: number): Buffer {
  return emptyReply(asked, { rcode, isAuthoritative: false, isTruncated: false });
}

/** Header, question byte for byte as it came (draft-vixie-dnsext-dns0x20), one section, and OPT if and only if the client sent one. */
export function replyWith(asked: Asked, flags: ReplyFlags, section: Section): Buffer {
  const reply = beginning(asked, section.end - section.start, flags);
  reply.writeUInt16BE(section.count, section.name === 'answer' ? 6 : 8);
  for (let at = section.start; at < section.end; at++)
    reply[asked.questionEnd + at - section.start] = section.bytes[at] ?? 0;
  return reply;
}

/** The whole message but for one section of `sectionBytes` and its count. */
function beginning(asked: Asked, sectionBytes: number, flags: ReplyFlags): Buffer {
  const { questionEnd, edns, message } = asked;
  const reply = Buffer.allocUnsafe(replyBytes(asked, sectionBytes));
  for (let at = 0; at < questionEnd; at++) reply[at] = message[at] ?? 0;
  writeHeader(reply, asked, flags);
  if (edns) writeOpt(reply, questionEnd + sectionBytes, edns, flags.rcode);
  return reply;
}

/** RFC 1035 §4.1.1: opcode and RD are the client's, and so is CD (RFC 4035 §3); RA and AD are never set by a server that only has authority. */
function writeHeader(reply: Buffer, asked: Asked, { rcode, isAuthoritative, isTruncated }: ReplyFlags): void {
  const fromClient = asked.message.readUInt8(2) & 0x79;
  reply.writeUInt8(0x80 | fromClient | (isAuthoritative ? 0x04 : 0) | (isTruncated ? 0x02 : 0), 2);
  reply.writeUInt8((asked.message.readUInt8(3) & 0x10) | (rcode & 0xf), 3);
  reply.writeUInt16BE(asked.questionEnd > HEADER_BYTES ? 1 : 0, 4);
  reply.writeUInt32BE(0, 6);
  reply.writeUInt16BE(asked.edns ? 1 : 0, 10);
}

function optBytes({ edns }: Asked): number {
  if (!edns) return 0;
  return edns.cookie ? OPT_BYTES + 4 + edns.cookie.length : OPT_BYTES;
}

/** RFC 6891 §6.1.3; the DO bit is copied (RFC 3225 §3), and the only version is 0. */
function writeOpt(reply: Buffer, at: number, { wantsDnssec, cookie }: Edns, rcode: number): void {
  reply.writeUInt8(0, at);
  reply.writeUInt16BE(TYPE.OPT, at + 1);
  reply.writeUInt16BE(LARGEST_UDP, at + 3);
  reply.writeUInt8(rcode >> 4, at + 5);
  reply.writeUInt8(0, at + 6);
  reply.writeUInt16BE(wantsDnssec ? 0x8000 : 0, at + 7);
  reply.writeUInt16BE(cookie ? 4 + cookie.length : 0, at + 9);
  if (cookie) writeOption(reply, at + OPT_BYTES, COOKIE, cookie);
}

function writeOption(reply: Buffer, at: number, code: number, data: Uint8Array): void {
  reply.writeUInt16BE(code, at);
  reply.writeUInt16BE(data.length, at + 2);
  reply.set(data, at + 4);
}

/** Tells the client to ask again over TCP. */
export function truncatedReply(asked: Asked): Buffer {
  return emptyReply(asked, { rcode: RCODE.noError, isAuthoritative: false, isTruncated: true });
}
