/** A file that goes into an archive. */
export interface ArchiveEntry {
  readonly name: string;
  readonly bytes: number;
  readonly content: AsyncIterable<Uint8Array> | readonly Uint8Array[];
}

const BLOCK = 512;

/** A tar archive (POSIX ustar), written as its entries are read: nothing is held in memory. */
export async function* tapeArchive(
  entries: AsyncIterable<ArchiveEntry> | Iterable<ArchiveEntry>,
  modifiedAtSeconds: number,
): AsyncIterable<Uint8Array> {
  for await (const { name, bytes, content } of entries) {
    yield header(name, bytes, modifiedAtSeconds);
    let written = 0;
    for await (const piece of content) {
      written += piece.length;
      yield piece;
    }
    if (written !== bytes) throw new ArchiveError(name);
    yield new Uint8Array((BLOCK - (bytes % BLOCK)) % BLOCK);
  }
  yield new Uint8Array(2 * BLOCK);
}

class ArchiveError extends Error {
  constructor(name: string) {
    super(`${name} has not the length that was announced`);
  }
}

export function textEntry(name: string, text: string): ArchiveEntry {
  const bytes = Buffer.from(text);
  return { name, bytes: bytes.length, content: [bytes] };
}

function header(name: string, bytes: number, modifiedAtSeconds: number): Uint8Array {
  const block = Buffer.alloc(BLOCK);
  block.write(name, 0, 100, 'ascii');
  block.write('0000600\0', 100, 'ascii');
  block.write('0000000\0', 108, 'ascii');
  block.write('0000000\0', 116, 'ascii');
  block.write(`${octal(bytes, 11)} `, 124, 'ascii');
  block.write(`${octal(modifiedAtSeconds, 11)} `, 136, 'ascii');
  block.write('        ', 148, 'ascii');
  block.write('0', 156, 'ascii');
  block.write('ustar\x00\x30\x30', 257, 'ascii');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)}\0 `, 148, 'ascii');
  return block;
}

function octal(value: number, digits: number): string {
  return Math.floor(value).toString(8).padStart(digits, '0');
}
