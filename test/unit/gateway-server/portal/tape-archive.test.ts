import { expect, test } from 'vitest';
import { type ArchiveEntry, tapeArchive, textEntry } from '../../../../gateway-server/portal/tape-archive.ts';

async function archived(...entries: ArchiveEntry[]): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of tapeArchive(entries, 1_700_000_000)) pieces.push(piece);
  return Buffer.concat(pieces);
}

test('an entry is a header with a right check sum, its content and padding to whole blocks', async () => {
  const archive = await archived(textEntry('a.txt', 'hello'));
  expect(archive).toHaveLength(4 * 512);
  const header = Buffer.from(archive.subarray(0, 512));
  const told = Number.parseInt(header.toString('ascii', 148, 154), 8);
  header.fill(0x20, 148, 156);
  expect(told).toBe(header.reduce((sum, byte) => sum + byte, 0));
  expect(header.toString('ascii', 257, 265)).toBe('ustar\x0000');
  expect(Number.parseInt(header.toString('ascii', 124, 135), 8)).toBe(5);
  expect(archive.toString('utf8', 512, 517)).toBe('hello');
});

test('content of whole blocks gets no padding', async () => {
  expect(await archived(textEntry('a', 'x'.repeat(512)))).toHaveLength(4 * 512);
});

test('an entry that is shorter than was announced breaks the archive off instead of spoiling what follows', async () => {
  await expect(archived({ name: 'a', bytes: 9, content: [Buffer.from('short')] })).rejects.toThrow(
    'a has not',
  );
});
