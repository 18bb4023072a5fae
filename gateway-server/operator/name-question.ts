import { type Address, addressOfBytes } from '../../protocol/address.ts';
import { nameBytes, type RecordName } from '../zone/static/record-name.ts';
import { readWireName } from '../zone/tsig/wire-name.ts';
import { CLASS_IN, HEADER_BYTES, RCODE, TYPE } from '../zone/wire.ts';

/** A plain question for a name's addresses of one family; recursion is not desired. */
export function nameQuestion(id: number, name: RecordName, type: number): Buffer {
  const head = Buffer.alloc(HEADER_BYTES);
  head.writeUInt16BE(id, 0);
  head.writeUInt16BE(1, 4);
  return Buffer.concat([head, nameBytes(name), Uint8Array.of(0, type, 0, CLASS_IN)]);
}

/** What a reply to it says, as far as it goes: aliases are followed by whoever wrote the reply. */
export type NameReply =
  | { readonly kind: 'no-name' | 'refused' }
  | { readonly kind: 'addresses'; readonly addresses: readonly Address[] };

const FIXED_BYTES = 10;
const MOST_RECORDS = 100;

/** Reads a reply to `nameQuestion`, which repeats the question; records that cannot be read end the list. */
export function readNameReply(reply: Buffer): NameReply {
  const rcode = reply.readUInt8(3) & 0xf;
  if (rcode === RCODE.nxDomain) return { kind: 'no-name' };
  const question = readWireName(reply, HEADER_BYTES);
  if (rcode !== RCODE.noError || !question) return { kind: 'refused' };
  return { kind: 'addresses', addresses: addressesIn(reply, question.end + 4) };
}

function addressesIn(reply: Buffer, start: number): Address[] {
  const addresses: Address[] = [];
  let at = start;
  for (let left = Math.min(reply.readUInt16BE(6), MOST_RECORDS); left > 0; left--) {
    const owner = readWireName(reply, at);
    const rdataAt = (owner?.end ?? reply.length) + FIXED_BYTES;
    if (!owner || rdataAt > reply.length) break;
    const type = reply.readUInt16BE(owner.end);
    at = rdataAt + reply.readUInt16BE(rdataAt - 2);
    const isAddress = type === TYPE.A || type === TYPE.AAAA;
    const address = isAddress ? addressOfBytes(reply.subarray(rdataAt, at)) : undefined;
    if (address) addresses.push(address);
  }
  return addresses;
}
