import { NUMBER_OF_TYPE, type RecordData } from '../zone-record.ts';
import { numberOfRefused, refusalOf } from './refused-types.ts';
import { type Fields, LONGEST_RDATA, shown, WrongField } from './zone-file-fields.ts';

type Reader = (fields: Fields) => RecordData;
type Understood = keyof typeof NUMBER_OF_TYPE;

const DS = 43;
/** RFC 4034 §5.1, with the shortest digest there is (SHA-1). */
const LEAST_DS = 24;
/** RFC 8659 §4.1. */
const TAG = /^[a-z0-9]{1,15}$/;

const READERS: Readonly<Record<Understood, Reader>> = {
  A: (fields) => ({ type: 'A', address: fields.ipv4() }),
  NS: (fields) => ({ type: 'NS', host: fields.name('a name server') }),
  CNAME: (fields) => ({ type: 'CNAME', target: fields.name('the target of an alias') }),
  SOA: soa,
  PTR: (fields) => ({ type: 'PTR', target: fields.name('the target of a pointer') }),
  MX: (fields) => ({
    type: 'MX',
    preference: fields.u16('a preference'),
    host: fields.target('a mail server'),
  }),
  TXT: (fields) => ({ type: 'TXT', strings: fields.strings('a text') }),
  AAAA: (fields) => ({ type: 'AAAA', address: fields.ipv6() }),
  SRV: (fields) => ({
    type: 'SRV',
    priority: fields.u16('a priority'),
    weight: fields.u16('a weight'),
    port: fields.u16('a port'),
    host: fields.target('a server'),
  }),
  CAA: caa,
};

/** Types whose data are numbers and a hexadecimal rest: how many bytes each number has. */
const NUMBERS_AND_HEX: ReadonlyMap<string, readonly [number: number, widths: readonly (1 | 2)[]]> = new Map([
  ['DS', [43, [2, 1, 1]]],
  ['SSHFP', [44, [1, 1]]],
  ['TLSA', [52, [1, 1, 1]]],
]);

/** Types that are taken as bytes only, so that a mistake can say their number. */
const BYTES_ONLY: ReadonlyMap<string, number> = new Map([
  ['HINFO', 13],
  ['RP', 17],
  ['AFSDB', 18],
  ['LOC', 29],
  ['NAPTR', 35],
  ['CERT', 37],
  ['SMIMEA', 53],
  ['OPENPGPKEY', 61],
  ['SVCB', 64],
  ['HTTPS', 65],
  ['SPF', 99],
  ['URI', 256],
]);

/** Reads type and data of a record; throws WrongField. */
export function readRecordData(fields: Fields): RecordData {
  const type = fields.word('the type').toUpperCase();
  const data = isUnderstood(type) ? understood(type, fields) : opaque(type, fields);
  fields.end(`the ${shown(type)} record`);
  return data;
}

function isUnderstood(type: string): type is Understood {
  return Object.hasOwn(READERS, type);
}

function understood(type: Understood, fields: Fields): RecordData {
  if (fields.peek() === '\\#')
    throw new WrongField(`${type} data stand there as plain bytes: write them as ${type} data are written`);
  return READERS[type](fields);
}

function opaque(type: string, fields: Fields): RecordData {
  const number = numberOf(type);
  if (number === undefined)
    throw new WrongField(
      `"${shown(type)}" is no type that is known here: write it as TYPE and its number, with \\# LENGTH HEX behind it`,
    );
  const refusal = refusalOf(number);
  if (refusal) throw new WrongField(refusal);
  const known = Object.entries(NUMBER_OF_TYPE).find(([, its]) => its === number);
  if (known) throw new WrongField(`${type} is ${known[0]}: write it so, and its data as usual`);
  const rdata = opaqueData(type, number, fields);
  if (number === DS && rdata.length < LEAST_DS)
    throw new WrongField(
      `${type} data have ${rdata.length} bytes: a key tag, two numbers and a digest have ${LEAST_DS} or more`,
    );
  return { type: `TYPE${number}`, number, rdata };
}

function opaqueData(type: string, number: number, fields: Fields): Uint8Array {
  if (fields.peek() === '\\#') return generic(type, fields);
  const form = NUMBERS_AND_HEX.get(type);
  if (form) return numbersAndHex(type, form[1], fields);
  throw new WrongField(
    `${type} data are taken as plain bytes only: write TYPE${number} \\# LENGTH HEX (RFC 3597)`,
  );
}

function numberOf(type: string): number | undefined {
  const [, digits] = /^TYPE(\d{1,5})$/.exec(type) ?? [];
  if (digits !== undefined) return Number(digits) <= 0xffff ? Number(digits) : undefined;
  return NUMBERS_AND_HEX.get(type)?.[0] ?? BYTES_ONLY.get(type) ?? numberOfRefused(type);
}

/** RFC 3597 §5. */
function generic(type: string, fields: Fields): Uint8Array {
  fields.skip();
  const length = fields.u16(`the length of ${type} data`);
  const bytes = fields.hex(`${type} data`);
  if (bytes.length !== length)
    throw new WrongField(`${type} data have ${bytes.length} bytes, but ${length} are said: make them agree`);
  return limited(type, bytes);
}

function numbersAndHex(type: string, widths: readonly (1 | 2)[], fields: Fields): Uint8Array {
  const numbers = widths.flatMap((width) => {
    const value = width === 2 ? fields.u16(`a number of ${type}`) : fields.u8(`a number of ${type}`);
    return width === 2 ? [value >> 8, value & 0xff] : [value];
  });
  const rest = fields.hex(`${type} data`);
  if (rest.length === 0) throw new WrongField(`${type} data are missing: give them as hexadecimal digits`);
  return limited(type, Uint8Array.from([...numbers, ...rest]));
}

function soa(fields: Fields): RecordData {
  return {
    type: 'SOA',
    soa: {
      primary: fields.name('the primary name server'),
      admin: fields.name('a mailbox (the "@" written as a dot)'),
      serial: fields.u32('a serial'),
      refreshSeconds: fields.seconds('a refresh time'),
      retrySeconds: fields.seconds('a retry time'),
      expireSeconds: fields.seconds('an expiry time'),
      minimumSeconds: fields.seconds('a time for absent names'),
    },
  };
}

function caa(fields: Fields): RecordData {
  const flags = fields.u8('the flags of CAA');
  const written = fields.word('a CAA tag');
  const tag = written.toLowerCase();
  if (!TAG.test(tag))
    throw new WrongField(`"${shown(written)}" is no CAA tag: give letters and digits, like issue or iodef`);
  const value = limited('CAA', fields.text('a CAA value'), LONGEST_RDATA - 2 - tag.length);
  return { type: 'CAA', flags, tag, value };
}

function limited(type: string, bytes: Uint8Array, most = LONGEST_RDATA): Uint8Array {
  if (bytes.length <= most) return bytes;
  throw new WrongField(`${type} data have ${bytes.length} bytes: ${most} are the most`);
}
