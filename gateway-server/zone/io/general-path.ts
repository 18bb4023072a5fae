import { Packet } from 'dns2';
import type { Query } from '../query.ts';
import { replyWith } from '../reply.ts';
import type { Encoder, GeneralAnswer } from '../responder.ts';
import { nameText } from '../static/record-name.ts';
import { CLASS_IN, HEADER_BYTES, RCODE } from '../wire.ts';
import { rdataOf, typeNumber, type ZoneRecord } from '../zone-record.ts';

/** Encodes the rare answers with dns2's codec; what came in never reaches it. */
export const generalPath: Encoder = {
  encode: (answer) => {
    const { query, isAuthoritative, answers, authority, additional } = answer;
    const bytes = recordBytes(answer);
    const section = { name: 'answer', count: answers.length, bytes, start: 0, end: bytes.length } as const;
    const reply = replyWith(query, { rcode: RCODE.noError, isAuthoritative, isTruncated: false }, section);
    reply.writeUInt16BE(authority.length, 8);
    reply.writeUInt16BE(additional.length + reply.readUInt16BE(10), 10);
    return reply;
  },
};

type Writer = InstanceType<typeof Packet.Writer>;

/** All sections one after the other, their names compressed against the question and each other. */
function recordBytes({ query, answers, authority, additional }: GeneralAnswer): Buffer {
  // by this field the codec knows where a name stands already (RFC 1035 §4.1.4)
  const writer = Object.assign(new Packet.Writer(), { names: placesInQuestion(query) });
  writeBytes(writer, query.message.subarray(0, query.questionEnd));
  for (const record of [...answers, ...authority, ...additional]) writeRecord(writer, record);
  return writer.toBuffer().subarray(query.questionEnd);
}

/** Where the question's name stands, and each name above it; a label with a dot inside would be mistaken for two. */
function placesInQuestion({ message, questionEnd }: Query): Map<string, number> {
  const labels: { readonly at: number; readonly text: string }[] = [];
  for (let at = HEADER_BYTES; at < questionEnd - 5; at += 1 + message.readUInt8(at))
    labels.push({ at, text: message.toString('latin1', at + 1, at + 1 + message.readUInt8(at)) });
  const places = new Map<string, number>();
  let name = '';
  for (const { at, text } of labels.reverse()) {
    if (text.includes('.')) break;
    name = name === '' ? text.toLowerCase() : `${text.toLowerCase()}.${name}`;
    places.set(name, at);
  }
  return places;
}

function writeRecord(writer: Writer, record: ZoneRecord): void {
  const fields = codecFields(record);
  if (!fields) {
    writePlain(writer, record);
    return;
  }
  const resource = new Packet.Resource(record.name, typeNumber(record), CLASS_IN, record.ttlSeconds);
  Packet.Resource.encode(Object.assign(resource, fields), writer);
}

/** Names in the data of newer types are not compressed (RFC 2782, RFC 3597 §4), and texts are bytes: the codec would change both. */
function writePlain(writer: Writer, record: ZoneRecord): void {
  const rdata = rdataOf(record);
  Packet.Name.encode(record.name, writer);
  writer.write(typeNumber(record), 16);
  writer.write(CLASS_IN, 16);
  writer.write(record.ttlSeconds, 32);
  writer.write(rdata.length, 16);
  writeBytes(writer, rdata);
}

function writeBytes(writer: Writer, bytes: Uint8Array): void {
  for (const byte of bytes) writer.write(byte, 8);
}

/** The data of the types of RFC 1035 as the codec names them; undefined for all others. */
function codecFields(record: ZoneRecord): Partial<Packet['answers'][number]> | undefined {
  switch (record.type) {
    case 'A':
    case 'AAAA':
      return { address: record.address };
    case 'NS':
      return { ns: record.host };
    case 'CNAME':
    case 'PTR':
      return { domain: record.target };
    case 'MX':
      return { priority: record.preference, exchange: nameText(record.host) };
    case 'SOA':
      return {
        primary: record.soa.primary,
        admin: record.soa.admin,
        serial: record.soa.serial,
        refresh: record.soa.refreshSeconds,
        retry: record.soa.retrySeconds,
        expiration: record.soa.expireSeconds,
        minimum: record.soa.minimumSeconds,
      };
    default:
      return undefined;
  }
}
