import { dnsQuery, optRecord, u16, wireName } from './dns-message.ts';

const QUESTION = Buffer.concat([wireName('alice.mwebpages.test'), u16(1, 1)]);

/** The same numbers in every run. */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 0x1_0000_0000) * below);
  };
}

/** Messages made to cost a server more than they should, of up to 65,535 bytes. */
export function costlyMessages(): readonly (readonly [string, Buffer])[] {
  return [
    ['a question count of 65,535 and a chain of pointers', pointerBomb(4)],
    ['an answer count of 65,535 and a chain of pointers', pointerBomb(6)],
    ['an additional count of 65,535 and a chain of pointers', pointerBomb(10)],
    ['as many tiny records as fit', manyRecords()],
    ['as many tiny questions as fit', manyQuestions()],
    ['one endless name', filled(u16(7, 0x0100, 1, 0, 0, 0), Buffer.from('\x01a', 'latin1'))],
    ['an OPT record with as many options as fit', manyOptions()],
    ['nothing but OPT records', filled(u16(7, 0x0100, 0, 0, 0, 5956), optRecord({}))],
  ];
}

/** Valid questions with bytes changed, random bytes, forbidden forms and now and then a small bomb. */
export function hostileMessage(random: (below: number) => number): Buffer {
  switch (random(8)) {
    case 0:
      return Buffer.from(Array.from({ length: random(200) }, () => random(256)));
    case 1:
      return Buffer.concat([u16(random(65_536), 0x0100, 1, 0, 0, 2), QUESTION, optRecord({}), optRecord({})]);
    case 2:
      return dnsQuery({ id: random(65_536), edns: { version: 1 + random(255) } });
    case 3:
      return dnsQuery({ id: random(65_536), flags: 0x8000 | random(0x8000) });
    case 4:
      return SMALL_BOMBS[random(4)]?.subarray(0, 12 + random(1388)) ?? Buffer.alloc(0);
    default:
      return mutated(random);
  }
}

function mutated(random: (below: number) => number): Buffer {
  const name = ['alice', 'bob', 'leave', 'nobody', 'www.alice'][random(5)] ?? '';
  const type = [1, 2, 6, 16, 28, 252, 255, 65_535][random(8)] ?? 1;
  const edns = random(2) ? { edns: { size: random(65_536), dnssecOk: random(2) === 1 } } : {};
  const message = dnsQuery({ name: `${name}.mwebpages.test`, type, id: random(65_536), ...edns });
  for (let left = random(5); left > 0; left--) message[random(message.length)] = random(256);
  return random(4) ? message : message.subarray(0, random(message.length));
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

/** As many repetitions as the longest message of all takes. */
function filled(head: Buffer, repeated: Buffer): Buffer {
  const times = Math.floor((65_535 - head.length) / repeated.length);
  return Buffer.concat([head, Buffer.alloc(times * repeated.length, repeated)]);
}

const SMALL_BOMBS = [4, 6, 8, 10].map((countAt) => pointerBomb(countAt).subarray(0, 1400));
