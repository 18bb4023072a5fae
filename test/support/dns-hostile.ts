import type { TsigKey } from '../../gateway-server/zone/tsig-key.ts';
import { type Asking, dnsQuery, optRecord, u16, wireName } from './dns-message.ts';
import { KEY_256, signedBy } from './dns-tsig.ts';

const QUESTION = Buffer.concat([wireName('alice.mwebpages.test'), u16(1, 1)]);

/** The same numbers in every run. */
export function randomNumbers(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 0x1_0000_0000) * below);
  };
}

/** Messages made to cost a server more than they should, of up to 65,535 bytes. */
export function costlyMessages({
  key,
  atSeconds,
}: Insight = NO_INSIGHT): readonly (readonly [string, Buffer])[] {
  return [
    ['a question count of 65,535 and a chain of pointers', pointerBomb(4)],
    ['an answer count of 65,535 and a chain of pointers', pointerBomb(6)],
    ['an additional count of 65,535 and a chain of pointers', pointerBomb(10)],
    ['as many tiny records as fit', manyRecords()],
    ['as many tiny questions as fit', manyQuestions()],
    ['one endless name', filled(u16(7, 0x0100, 1, 0, 0, 0), Buffer.from('\x01a', 'latin1'))],
    ['an OPT record with as many options as fit', manyOptions()],
    ['nothing but OPT records', filled(u16(7, 0x0100, 0, 0, 0, 5956), optRecord({}))],
    ['a TSIG record that signs as much as fits', hugeSigned(key, atSeconds)],
    ['a TSIG record whose name is a chain of pointers', pointedTsig()],
    ['a TSIG record with a MAC as long as fits', hugeMac(key)],
    ['a COOKIE option as long as fits', hugeCookie()],
  ];
}

/** What the sender of hostile messages knows of the server. */
export interface Insight {
  /** A cookie that the server gave, client's and server's. */
  readonly cookie: Buffer;
  readonly key: TsigKey;
  readonly atSeconds: number;
}

const NO_INSIGHT: Insight = { cookie: Buffer.alloc(24), key: KEY_256, atSeconds: 1_800_000_000 };

type Random = (below: number) => number;

/** Messages of every kind, half of them as they should be, the others broken somewhere; now and then a small bomb. */
export function hostileMessage(random: Random, insight: Insight = NO_INSIGHT): Buffer {
  if (random(16) === 0) return Buffer.from(Array.from({ length: random(200) }, () => random(256)));
  if (random(16) === 0) return bombOf(random);
  const make = MAKERS[random(MAKERS.length)] ?? plainQuestion;
  const message = make(random, insight);
  return random(2) === 0 ? message : broken(message, random);
}

const MAKERS: readonly ((random: Random, insight: Insight) => Buffer)[] = [
  plainQuestion,
  (random) => dnsQuery({ ...anyQuestion(random), edns: anyEdns(random) }),
  (random, { cookie }) =>
    dnsQuery({ ...anyQuestion(random), edns: { options: cookieOption(random, cookie) } }),
  (random, insight) => signed(plainQuestion(random), random, insight),
  (random, insight) => signed(transferQuestion(random), random, insight),
  transferQuestion,
  notification,
  update,
  (random, insight) => signed(notification(random), random, insight),
  (random, insight) => signed(update(random), random, insight),
  (random) => dnsQuery({ ...anyQuestion(random), edns: { version: 1 + random(255) } }),
  (random) => dnsQuery({ ...anyQuestion(random), flags: 0x8000 | random(0x8000) }),
  (random) => dnsQuery({ ...anyQuestion(random), flags: random(16) << 11 }),
  (random) => dnsQuery({ ...anyQuestion(random), class: [3, 254, 255][random(3)] ?? 0 }),
  (random) =>
    withCounts(Buffer.concat([plainQuestion(random), optRecord({}), optRecord({})]), { additional: 2 }),
];

function plainQuestion(random: Random): Buffer {
  return dnsQuery(anyQuestion(random));
}

function anyQuestion(random: Random): Asking {
  const labels = ['alice', 'bob', 'leave', 'nobody', 'www.alice', 'aLiCe', '_x', 'a'.repeat(63)];
  const zone = ['example.org', ''][random(12)] ?? 'mwebpages.test';
  const type = [1, 2, 6, 15, 16, 28, 33, 64, 251, 252, 255, 257, 65_535][random(13)] ?? 1;
  const below = random(6) === 0 ? '' : `${labels[random(labels.length)]}.`;
  return { name: `${below}${zone}`, type, id: random(65_536) };
}

function anyEdns(random: Random): NonNullable<Asking['edns']> {
  const options = Buffer.concat([u16(random(20), 4), Buffer.from([random(256), 1, 2, 3])]);
  return { size: random(65_536), dnssecOk: random(2) === 1, ...(random(2) === 1 ? { options } : {}) };
}

/** The one the server gave, the client's half of it, or one of any length. */
function cookieOption(random: Random, cookie: Buffer): Buffer {
  const data = [cookie, cookie.subarray(0, 8), Buffer.alloc(random(45), random(256))][random(3)] ?? cookie;
  return Buffer.concat([u16(10, data.length), data]);
}

function transferQuestion(random: Random): Buffer {
  const type = 251 + random(2);
  const question = dnsQuery({ name: 'mwebpages.test', type, id: random(65_536) });
  return type === 252 ? question : withCounts(Buffer.concat([question, soaRecord(random)]), { authority: 1 });
}

/** RFC 1996 §3.7. */
function notification(random: Random): Buffer {
  const question = dnsQuery({ name: 'mwebpages.test', type: 6, flags: 0x2400, id: random(65_536) });
  return withCounts(Buffer.concat([question, soaRecord(random)]), { answer: 1 });
}

/** RFC 2136 §2. */
function update(random: Random): Buffer {
  const zoneSection = dnsQuery({ name: 'mwebpages.test', type: 6, flags: 0x2800, id: random(65_536) });
  const added = Buffer.concat([wireName('alice.mwebpages.test'), u16(1, 1, 0, 30, 4, random(65_536), 7)]);
  return withCounts(Buffer.concat([zoneSection, added]), { authority: 1 });
}

function soaRecord(random: Random): Buffer {
  const rdata = Buffer.concat([u16(0xc00c, 0xc00c, 0, random(8)), Buffer.alloc(16, 1)]);
  return Buffer.concat([u16(0xc00c, 6, 1, 0, 30, rdata.length), rdata]);
}

/** Most with the right key in the right hour. */
function signed(message: Buffer, random: Random, { key, atSeconds }: Insight): Buffer {
  const wrong = random(12);
  return signedBy(message, {
    key: wrong === 0 ? { ...key, name: 'nobody' } : key,
    atSeconds: wrong === 1 ? random(0xffff_ffff) : atSeconds,
    macBytes: wrong === 2 ? random(65) : 64,
    fudgeSeconds: wrong === 3 ? random(65_536) : 300,
    originalId: wrong === 4 ? random(65_536) : message.readUInt16BE(0),
  });
}

function withCounts(
  message: Buffer,
  counts: { readonly answer?: number; readonly authority?: number; readonly additional?: number },
): Buffer {
  const { answer = 0, authority = 0, additional = 0 } = counts;
  return Buffer.concat([message.subarray(0, 6), u16(answer, authority, additional), message.subarray(12)]);
}

function broken(message: Buffer, random: Random): Buffer {
  const changed = Buffer.from(message);
  const at = random(changed.length);
  switch (random(5)) {
    case 0:
      return changed.subarray(0, at);
    case 1:
      return Buffer.concat([changed, changed.subarray(at)]);
    case 2:
      changed.writeUInt16BE(random(65_536), 4 + 2 * random(4));
      return changed;
    case 3:
      return Buffer.concat([changed.subarray(0, at), u16(0xc000 | random(64)), changed.subarray(at)]);
    default:
      for (let left = 1 + random(4); left > 0; left--) changed[random(changed.length)] = random(256);
      return changed;
  }
}

function bombOf(random: Random): Buffer {
  return SMALL_BOMBS[random(SMALL_BOMBS.length)]?.subarray(0, 12 + random(1388)) ?? Buffer.alloc(0);
}

function pointerBomb(countAt: number): Buffer {
  const header = u16(7, 0x0100, 0, 0, 0, 0);
  header.writeUInt16BE(65_535, countAt);
  // each pointer leads to the one before it
  const chain = Array.from({ length: 8000 }, (_, index) => 0xc000 | (12 + 2 * Math.max(0, index - 1)));
  return filled(Buffer.concat([header, u16(...chain)]), u16(0xc000 | (12 + 2 * 7999)));
}

function manyRecords(): Buffer {
  const record = Buffer.concat([Buffer.from([0]), u16(1, 1, 0, 0, 0)]);
  return filled(u16(7, 0x0100, 0, 0, 0, Math.floor(65_523 / record.length)), record);
}

function manyQuestions(): Buffer {
  return filled(u16(7, 0x0100, 13_104, 0, 0, 0), Buffer.concat([Buffer.from([0]), u16(1, 1)]));
}

function manyOptions(): Buffer {
  const head = Buffer.concat([u16(7, 0x0100, 1, 0, 0, 1), QUESTION]);
  const options = Buffer.alloc(4 * Math.floor((65_535 - head.length - 11) / 4), u16(65_001, 0));
  return Buffer.concat([head, optRecord({ options })]);
}

/** With the right key: everything has to be hashed before it is known what it is. */
function hugeSigned(key: TsigKey, atSeconds: number): Buffer {
  const rdata = Buffer.alloc(65_000);
  const record = Buffer.concat([Buffer.from([0]), u16(16, 1, 0, 30, rdata.length), rdata]);
  const question = Buffer.concat([u16(7, 0x0100, 1, 0, 0, 1), QUESTION]);
  return signedBy(Buffer.concat([question, record]), { key, atSeconds });
}

function pointedTsig(): Buffer {
  const head = Buffer.concat([u16(7, 0x0100, 1, 0, 0, 2), QUESTION]);
  const nameAt = head.length + 11;
  const chain = Array.from({ length: 8000 }, (_, index) => 0xc000 | (nameAt + 2 * Math.max(0, index - 1)));
  const carrier = Buffer.concat([Buffer.from([0]), u16(16, 1, 0, 30, 2 * chain.length, ...chain)]);
  const rdata = Buffer.concat([u16(chain.at(-1) ?? 0), Buffer.alloc(16)]);
  return Buffer.concat([head, carrier, u16(chain.at(-1) ?? 0, 250, 255, 0, 0, rdata.length), rdata]);
}

function hugeMac(key: TsigKey): Buffer {
  const rdata = Buffer.concat([wireName(key.algorithm), Buffer.alloc(8), u16(65_000), Buffer.alloc(65_006)]);
  const record = Buffer.concat([wireName(key.name), u16(250, 255, 0, 0, rdata.length), rdata]);
  return Buffer.concat([u16(7, 0x0100, 1, 0, 0, 1), QUESTION, record]);
}

function hugeCookie(): Buffer {
  const options = Buffer.concat([u16(10, 65_000), Buffer.alloc(65_000)]);
  return Buffer.concat([u16(7, 0x0100, 1, 0, 0, 1), QUESTION, optRecord({ options })]);
}

/** As many repetitions as the longest message of all takes. */
function filled(head: Buffer, repeated: Buffer): Buffer {
  const times = Math.floor((65_535 - head.length) / repeated.length);
  return Buffer.concat([head, Buffer.alloc(times * repeated.length, repeated)]);
}

const SMALL_BOMBS = [4, 6, 8, 10].map((countAt) => pointerBomb(countAt).subarray(0, 1400));
