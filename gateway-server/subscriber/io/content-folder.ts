import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { LineId } from '../../../protocol/line-id.ts';
import type { Logger } from '../../../runtime/log.ts';
import type { ByteRange, ContentFiles, Storing } from '../content.ts';

const ID_BYTES = 18;
const ID = /^[A-Za-z0-9_-]{24}$/;
const PIECE_BYTES = 64 * 1024;
/** What is still being written; a crash leaves it, the next start removes it. */
const UNFINISHED = '.part';

/** The lines' files below one folder that only the gateway's user can read: `<two hex digits>/<line>/<id>`. */
export class ContentFolder implements ContentFiles {
  readonly #root: string;
  readonly #log: Logger;

  constructor(root: string, log: Logger) {
    this.#root = root;
    this.#log = log;
  }

  async put(line: LineId, source: AsyncIterable<Uint8Array>, mostBytes: number): Promise<Storing> {
    const id = randomBytes(ID_BYTES).toString('base64url');
    const folder = this.#folderOf(line);
    const unfinished = join(folder, `${id}${UNFINISHED}`);
    try {
      await makeFolder(folder);
      const written = await writtenTo(unfinished, source, mostBytes);
      if (typeof written === 'string') {
        await rm(unfinished, { force: true });
        return { kind: written };
      }
      await rename(unfinished, join(folder, id));
      await flushFolder(folder);
      return { kind: 'stored', content: { id, bytes: written } };
    } catch (error) {
      await rm(unfinished, { force: true }).catch(() => undefined);
      this.#log.error('content could not be stored', { line, reason: String(error) });
      return { kind: 'no-room' };
    }
  }

  async read(
    line: LineId,
    id: string,
    range: ByteRange | null,
    signal: AbortSignal,
  ): Promise<AsyncIterable<Uint8Array> | undefined> {
    if (!ID.test(id)) return undefined;
    const path = join(this.#folderOf(line), id);
    const isThere = await stat(path).then(
      (found) => found.isFile(),
      () => false,
    );
    return isThere ? piecesOf(path, range, signal) : undefined;
  }

  async remove(line: LineId, id: string): Promise<void> {
    if (ID.test(id)) await rm(join(this.#folderOf(line), id), { force: true });
  }

  async removeAll(line: LineId): Promise<void> {
    await rm(this.#folderOf(line), { recursive: true, force: true });
  }

  async sweep(isReferred: (line: LineId, id: string) => boolean): Promise<void> {
    for (const group of await namesIn(this.#root)) {
      for (const line of await namesIn(join(this.#root, group))) {
        const folder = join(this.#root, group, line);
        const stray = (await namesIn(folder)).filter((id) => !isReferred(line as LineId, id));
        for (const id of stray) await rm(join(folder, id), { force: true });
        if (stray.length > 0) this.#log.info('content swept', { line, files: stray.length });
      }
    }
  }

  /** A line's id is no path: letters, digits and hyphens alone (protocol/line-id.ts). */
  #folderOf(line: LineId): string {
    const group = createHash('sha256').update(line).digest('hex').slice(0, 2);
    return join(this.#root, group, line);
  }
}

/** The number of bytes that are on disk, or why nothing is to be kept. */
async function writtenTo(
  path: string,
  source: AsyncIterable<Uint8Array>,
  mostBytes: number,
): Promise<number | 'too-large' | 'broken-off'> {
  const file = await open(path, 'wx', 0o600);
  try {
    let bytes = 0;
    const pieces = source[Symbol.asyncIterator]();
    for (;;) {
      const next = await pieces.next().catch(() => 'broken-off' as const);
      if (next === 'broken-off') return next;
      if (next.done) break;
      bytes += next.value.length;
      if (bytes > mostBytes) {
        // the rest is the caller's to drain or to cut
        await pieces.return?.().catch(() => undefined);
        return 'too-large';
      }
      await file.writeFile(next.value);
    }
    await file.sync();
    return bytes;
  } finally {
    await file.close();
  }
}

async function* piecesOf(
  path: string,
  range: ByteRange | null,
  signal: AbortSignal,
): AsyncIterable<Uint8Array> {
  // opened only when somebody reads: what is never read need not be closed
  const file = await open(path, 'r');
  try {
    let at = range?.first ?? 0;
    const end = range ? range.last + 1 : Number.POSITIVE_INFINITY;
    while (at < end && !signal.aborted) {
      const piece = new Uint8Array(Math.min(PIECE_BYTES, end - at));
      const { bytesRead } = await file.read(piece, 0, piece.length, at);
      if (bytesRead === 0) return;
      at += bytesRead;
      yield piece.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** A power cut takes no folder away that a stored file lies in. */
async function makeFolder(folder: string): Promise<void> {
  const topmost = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (topmost === undefined) return;
  for (let made = folder; made.length >= topmost.length; made = dirname(made))
    await flushFolder(dirname(made));
}

/** The name is on disk only when the folder is. */
async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}
