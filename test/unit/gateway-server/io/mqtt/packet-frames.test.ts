import { array, assert, integer, property, uint8Array } from 'fast-check';
import { expect, test } from 'vitest';
import { PacketFrames } from '../../../../../gateway-server/io/mqtt/packet-frames.ts';
import { lengthBytes } from '../../../../support/mqtt-wire.ts';

type Header = readonly [number, number];

function framesOf(...chunks: readonly Uint8Array[]): {
  headers: readonly Header[];
  reason: string | undefined;
} {
  const headers: Header[] = [];
  const judge = (first: number, length: number) => void headers.push([first, length]);
  const frames = new PacketFrames<string>(judge, 'malformed');
  const reason = chunks.map((chunk) => frames.feed(chunk)).find((found) => found !== undefined);
  return { headers, reason };
}

test('finds every header however the stream is cut into chunks', async () => {
  const anyCase = property(
    array(integer({ min: 0, max: 300 })),
    array(integer({ min: 1, max: 50 })),
    (lengths, cuts) => {
      const packets = lengths.map((length) =>
        Buffer.concat([Buffer.of(0x30), lengthBytes(length), Buffer.alloc(length, 0xff)]),
      );
      const stream = Buffer.concat(packets);
      const chunks: Buffer[] = [];
      for (let at = 0, turn = 0; at < stream.length; turn++) {
        const step = cuts[turn % cuts.length] ?? 1;
        chunks.push(stream.subarray(at, at + step));
        at += step;
      }
      expect(framesOf(...chunks)).toEqual({
        headers: lengths.map((length) => [0x30, length]),
        reason: undefined,
      });
    },
  );
  await assert(anyCase);
});

test.each([0, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152, 268_435_455])(
  'reads the length %i',
  (length) => {
    expect(framesOf(Buffer.of(0x30), lengthBytes(length)).headers).toEqual([[0x30, length]]);
  },
);

test('calls a length of more than four bytes malformed', () => {
  expect(framesOf(Buffer.of(0x30, 0xff, 0xff, 0xff, 0xff)).reason).toBe('malformed');
});

test('gives the reason of the judge at once, before the packet is there', () => {
  const frames = new PacketFrames((_first, length) => (length > 100 ? 'oversized' : undefined), 'malformed');
  expect(frames.feed(Buffer.of(0xc0, 0))).toBeUndefined();
  expect(frames.feed(Buffer.of(0x30, 101))).toBe('oversized');
});

test('takes any bytes without throwing', async () => {
  await assert(property(array(uint8Array()), (chunks) => void framesOf(...chunks)));
});
