import { decodeDns, u16, wireName } from './dns-message.ts';

/** What a fake backup says; the code under test takes no part in making it. */
interface Saying {
  readonly rcode?: number;
  readonly isAuthoritative?: boolean;
}

const FIXED = u16(6, 1, 0, 30);

/** A reply with the message's ID and question. */
export function replyTo(message: Buffer, { rcode = 0, isAuthoritative = true }: Saying = {}): Buffer {
  const [question] = decodeDns(message).questions;
  if (!question) throw new Error('a message without a question');
  const opcode = message.readUInt16BE(2) & 0x7800;
  const flags = 0x8000 | opcode | (isAuthoritative ? 0x0400 : 0) | rcode;
  return Buffer.concat([
    message.subarray(0, 2),
    u16(flags, 1, 0, 0, 0),
    wireName(question.name),
    u16(question.type, question.class),
  ]);
}

/** A reply to a question for the SOA, its names compressed as servers do it. */
export function soaReply(message: Buffer, serial: number, saying: Saying = {}): Buffer {
  const reply = replyTo(message, saying);
  reply.writeUInt16BE(1, 6);
  const names = Buffer.concat([
    Buffer.from('\x03ns1', 'latin1'),
    u16(0xc00c),
    Buffer.from('\x05admin', 'latin1'),
  ]);
  const serialBytes = Buffer.alloc(4);
  serialBytes.writeUInt32BE(serial);
  const rdata = Buffer.concat([names, u16(0xc00c), serialBytes, Buffer.alloc(16)]);
  return Buffer.concat([reply, u16(0xc00c), FIXED, u16(rdata.length), rdata]);
}
