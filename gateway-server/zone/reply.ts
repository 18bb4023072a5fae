import type { Asked, Edns } from './query.ts';
import { HEADER_BYTES, LARGEST_UDP, RCODE, TYPE } from './wire.ts';

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
const NOTHING: Section = { name: 'answer', count: 0, bytes: new Uint8Array(), start: 0, end: 0 };

/** What the reply to `asked` is long with a section of `sectionBytes`. */
export function replyBytes(asked: Asked, sectionBytes: number): number {
  return asked.questionEnd + sectionBytes + (asked.edns ? OPT_BYTES : 0);
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
  const { questionEnd, edns, message } = asked;
  const reply = Buffer.allocUnsafe(replyBytes(asked, section.end - section.start));
  for (let at = 0; at < questionEnd; at++) reply[at] = message[at] ?? 0;
  writeHeader(reply, asked, flags);
  reply.writeUInt16BE(section.name === 'answer' ? section.count : 0, 6);
  reply.writeUInt16BE(section.name === 'authority' ? section.count : 0, 8);
  for (let at = section.start; at < section.end; at++)
    reply[questionEnd + at - section.start] = section.bytes[at] ?? 0;
  if (edns) writeOpt(reply, reply.length - OPT_BYTES, edns, flags.rcode);
  return reply;
}

/** RFC 1035 §4.1.1: opcode and RD are the client's; RA, AD and CD are never set by a server that only has authority (RFC 4035 §3.1.6). */
function writeHeader(reply: Buffer, asked: Asked, { rcode, isAuthoritative, isTruncated }: ReplyFlags): void {
  const fromClient = asked.message.readUInt8(2) & 0x79;
  reply.writeUInt8(0x80 | fromClient | (isAuthoritative ? 0x04 : 0) | (isTruncated ? 0x02 : 0), 2);
  reply.writeUInt8(rcode & 0xf, 3);
  reply.writeUInt16BE(asked.questionEnd > HEADER_BYTES ? 1 : 0, 4);
  reply.writeUInt16BE(asked.edns ? 1 : 0, 10);
}

/** RFC 6891 §6.1.3; the DO bit is copied (RFC 3225 §3), and the only version is 0. */
function writeOpt(reply: Buffer, at: number, edns: Edns, rcode: number): void {
  reply.writeUInt8(0, at);
  reply.writeUInt16BE(TYPE.OPT, at + 1);
  reply.writeUInt16BE(LARGEST_UDP, at + 3);
  reply.writeUInt8(rcode >> 4, at + 5);
  reply.writeUInt8(0, at + 6);
  reply.writeUInt16BE(edns.wantsDnssec ? 0x8000 : 0, at + 7);
  reply.writeUInt16BE(0, at + 9);
}

/** Tells the client to ask again over TCP. */
export function truncatedReply(asked: Asked): Buffer {
  return emptyReply(asked, { rcode: RCODE.noError, isAuthoritative: false, isTruncated: true });
}
