import { Packet } from 'dns2';
import type { Encoder, GeneralAnswer } from '../responder.ts';
import { LARGEST_UDP } from '../wire.ts';
import { typeNumber, type ZoneRecord } from '../zone-record.ts';

const CLASS_IN = 1;

/** Encodes the rare answers with dns2's codec; what came in never reaches it. */
export const generalPath: Encoder = {
  encode: (answer) => {
    const bytes = packetOf(answer).toBuffer();
    // the question goes back byte for byte: resolvers hide a secret in its spelling
    answer.query.message.copy(bytes, 0, 0, 2);
    answer.query.message.copy(bytes, 12, 12, answer.query.questionEnd);
    return bytes;
  },
};

function packetOf({ query, name, answers, additional }: GeneralAnswer): Packet {
  const header = new Packet.Header({ qr: 1, aa: 1, rd: (query.message.readUInt8(2) & 1) === 1 ? 1 : 0 });
  const packet = new Packet(header);
  packet.questions.push(new Packet.Question(name, query.type, CLASS_IN));
  packet.answers.push(...answers.map(resourceOf));
  packet.additionals.push(...additional.map(resourceOf));
  if (query.edns) {
    const opt = { udpPayloadSize: LARGEST_UDP, doFlag: query.edns.wantsDnssec };
    packet.additionals.push(Packet.Resource.EDNS([], opt));
  }
  return packet;
}

function resourceOf(record: ZoneRecord): Packet['answers'][number] {
  const resource = new Packet.Resource(record.name, typeNumber(record), CLASS_IN, record.ttlSeconds);
  return Object.assign(resource, rdataOf(record));
}

function rdataOf(record: ZoneRecord): Partial<Packet['answers'][number]> {
  switch (record.type) {
    case 'A':
    case 'AAAA':
      return { address: record.address };
    case 'NS':
      return { ns: record.host };
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
  }
}
