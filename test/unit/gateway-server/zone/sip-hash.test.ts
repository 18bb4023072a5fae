import { expect, test } from 'vitest';
import { sipHash, sipKey } from '../../../../gateway-server/zone/sip-hash.ts';

const KEY = sipKey(Uint8Array.from({ length: 16 }, (_, index) => index));

/** Of the messages of 0, 1, 2 ... bytes 00 01 02 ... under the key 00 01 ... 0f: the vectors of the paper's authors. */
const HASHES = [
  '310e0edd47db6f72',
  'fd67dc93c539f874',
  '5a4fa9d909806c0d',
  '2d7efbd796666785',
  'b7877127e09427cf',
  '8da699cd64557618',
  'cee3fe586e46c9cb',
  '37d1018bf50002ab',
  '6224939a79f5f593',
  'b0e4a90bdf82009e',
  'f3b9dd94c5bb5d7a',
  'a7ad6b22462fb3f4',
  'fbe50e86bc8f1e75',
  '903d84c02756ea14',
  'eef27a8e90ca23f7',
  'e545be4961ca29a1',
];

test.each([...HASHES.entries()])('hashes %i bytes to %s', (length, hash) => {
  const message = Uint8Array.from({ length }, (_, index) => index);
  expect(Buffer.from(sipHash(KEY, message)).toString('hex')).toBe(hash);
});

test('reads key and message where they begin in their buffers', () => {
  const bytes = Uint8Array.from({ length: 24 }, (_, index) => index);
  const hash = sipHash(sipKey(bytes.subarray(0, 16)), bytes.subarray(0, 15));
  const later = Uint8Array.from([99, ...bytes]).subarray(1);
  expect(sipHash(sipKey(later.subarray(0, 16)), later.subarray(0, 15))).toEqual(hash);
  expect(Buffer.from(hash).toString('hex')).toBe('e545be4961ca29a1');
});
