import { type DomainName, labelsOf } from '../../../protocol/domain-name.ts';
import type { Serial } from '../serial.ts';
import { nameBytes } from '../static/record-name.ts';
import { readWireName } from '../tsig/wire-name.ts';
import { CLASS_IN, HEADER_BYTES, labelBytes, OPCODE, RCODE, TYPE } from '../wire.ts';
import { soaOf, type ZoneIdentity } from '../zone-identity.ts';
import { rdataOf } from '../zone-record.ts';

/** What a backup said of its serial. */
export type SerialReply =
  | { readonly kind: 'serial'; readonly serial: Serial }
  /** No serial can be had from it, and this is why, in words that follow "it". */
  | { readonly kind: 'problem'; readonly problem: string };

const QR = 0x8000;
const AA = 0x0400;
const POINTER_TO_QUESTION = 0xc000 + HEADER_BYTES;
/** Whatever follows the two names of an SOA record: five numbers, the serial first. */
const SOA_NUMBERS_BYTES = 20;
const FIXED_BYTES = 10;
/** The SOA stands first or behind an alias; a reply that is full of other records is none to this question. */
const MOST_RECORDS = 20;

/** "The zone has changed, this is its SOA" (RFC 1996 §3.7). */
export function notification(id: number, identity: ZoneIdentity, serial: Serial): Buffer {
  const soa = soaOf(identity, serial);
  const { name, ttlSeconds } = identity;
  const rdata = rdataOf({ name, ttlSeconds, type: 'SOA', soa });
  const answer = Buffer.alloc(2 + FIXED_BYTES);
  answer.writeUInt16BE(POINTER_TO_QUESTION, 0);
  answer.writeUInt16BE(TYPE.SOA, 2);
  answer.writeUInt16BE(CLASS_IN, 4);
  answer.writeUInt32BE(ttlSeconds, 6);
  answer.writeUInt16BE(rdata.length, 10);
  const flags = (OPCODE.notify << 11) | AA;
  return Buffer.concat([header(id, flags, 1), soaQuestionOf(name), answer, rdata]);
}

/** "What is your serial?", to a server that is to know by itself: recursion is not desired. */
export function serialQuestion(id: number, zone: DomainName): Buffer {
  return Buffer.concat([header(id, OPCODE.query << 11, 0), soaQuestionOf(zone)]);
}

/** True for a reply to this message of ours: its ID, its operation and its question, in whatever case. */
export function isReplyTo(message: Buffer, reply: Buffer): boolean {
  if (reply.length < HEADER_BYTES || reply.readUInt16BE(0) !== message.readUInt16BE(0)) return false;
  if ((reply.readUInt16BE(2) & QR) === 0 || opcodeOf(reply) !== opcodeOf(message)) return false;
  // a server that understood nothing of the message cannot repeat its question
  if (reply.readUInt16BE(4) === 0) return isBlank(rcodeOf(reply));
  return reply.readUInt16BE(4) === 1 && isSameQuestion(message, reply);
}

export function rcodeOf(reply: Buffer): number {
  return reply.readUInt8(3) & 0xf;
}

/** The name of a response code, as every tool shows it. */
export function rcodeName(rcode: number): string {
  return RCODE_NAMES[rcode] ?? `RCODE${rcode}`;
}

/** The serial in a reply to `serialQuestion`. */
export function serialIn(reply: Buffer, zone: DomainName): SerialReply {
  const rcode = rcodeOf(reply);
  if (rcode !== RCODE.noError) return problem(`answers ${rcodeName(rcode)}`);
  if ((reply.readUInt16BE(2) & AA) === 0) return problem('answers without authority');
  const serial = serialOfSoa(reply, labelBytes(labelsOf(zone)));
  return serial === undefined ? problem('does not tell its serial') : { kind: 'serial', serial };
}

const RCODE_NAMES: readonly (string | undefined)[] = [
  'NOERROR',
  'FORMERR',
  'SERVFAIL',
  'NXDOMAIN',
  'NOTIMP',
  'REFUSED',
  'YXDOMAIN',
  'YXRRSET',
  'NXRRSET',
  'NOTAUTH',
  'NOTZONE',
];

function problem(words: string): SerialReply {
  return { kind: 'problem', problem: words };
}

function header(id: number, flags: number, answers: number): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  [id, flags, 1, answers].forEach((value, index) => {
    bytes.writeUInt16BE(value, index * 2);
  });
  return bytes;
}

function soaQuestionOf(zone: DomainName): Buffer {
  return Buffer.concat([nameBytes(zone), Uint8Array.of(0, TYPE.SOA, 0, CLASS_IN)]);
}

function opcodeOf(message: Buffer): number {
  return (message.readUInt8(2) >> 3) & 0xf;
}

function isBlank(rcode: number): boolean {
  return rcode === RCODE.formErr || rcode === RCODE.notImp;
}

/** No pointer can stand in the first name of a message. */
function isSameQuestion(message: Buffer, reply: Buffer): boolean {
  const [asked, repeated] = [readWireName(message, HEADER_BYTES), readWireName(reply, HEADER_BYTES)];
  if (!asked || !repeated || asked.key !== repeated.key || asked.end !== repeated.end) return false;
  return message.subarray(asked.end, asked.end + 4).equals(reply.subarray(repeated.end, repeated.end + 4));
}

function serialOfSoa(reply: Buffer, zoneKey: string): Serial | undefined {
  const question = reply.readUInt16BE(4) === 1 ? readWireName(reply, HEADER_BYTES) : undefined;
  let at = question ? question.end + 4 : HEADER_BYTES;
  for (let left = Math.min(reply.readUInt16BE(6), MOST_RECORDS); left > 0; left--) {
    const record = recordAt(reply, at);
    if (!record) return undefined;
    if (record.key === zoneKey && record.type === TYPE.SOA) return serialAt(reply, record);
    at = record.end;
  }
  return undefined;
}

interface RecordPlace {
  readonly key: string;
  readonly type: number;
  readonly rdataAt: number;
  readonly end: number;
}

function recordAt(reply: Buffer, at: number): RecordPlace | undefined {
  const owner = readWireName(reply, at);
  const rdataAt = (owner?.end ?? reply.length) + FIXED_BYTES;
  if (!owner || rdataAt > reply.length) return undefined;
  const end = rdataAt + reply.readUInt16BE(rdataAt - 2);
  if (end > reply.length || reply.readUInt16BE(owner.end + 2) !== CLASS_IN) return undefined;
  return { key: owner.key, type: reply.readUInt16BE(owner.end), rdataAt, end };
}

function serialAt(reply: Buffer, { rdataAt, end }: RecordPlace): Serial | undefined {
  const primary = readWireName(reply, rdataAt);
  const admin = primary && readWireName(reply, primary.end);
  return admin && admin.end + SOA_NUMBERS_BYTES === end ? reply.readUInt32BE(admin.end) : undefined;
}
