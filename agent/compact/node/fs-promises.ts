/** Files by promises. The calls themselves wait for the disk: what the agent reads and writes is small or in memory. */

import { facts, O_CLOEXEC, O_NONBLOCK } from 'host:files';
import * as os from 'host:os';
import { decode } from 'host:text';
import { writeBytes } from './descriptors.ts';
import { successOf, systemError } from './system-error.ts';
import { TextEncoder } from './text-coding.ts';

const EEXIST = 'EEXIST';
const ENOENT = 'ENOENT';
const CHUNK_BYTES = 16_384;
const NEW_FILE = 0o666;

interface FileFacts {
  readonly size: number;
  readonly mtimeMs: number;
  readonly isFile: () => boolean;
}

/** An open file. */
class FileHandle {
  readonly #fd: number;
  readonly #path: string;

  constructor(fd: number, path: string) {
    this.#fd = fd;
    this.#path = path;
  }

  async stat(): Promise<FileFacts> {
    const seen = facts(this.#fd);
    if (typeof seen === 'number') throw systemError(-seen, 'fstat', this.#path);
    const [mode, size, changedAt] = seen;
    return { size, mtimeMs: changedAt * 1000, isFile: () => (mode & os.S_IFMT) === os.S_IFREG };
  }

  async readFile(): Promise<Uint8Array> {
    let buffer = new ArrayBuffer(CHUNK_BYTES);
    let length = 0;
    for (;;) {
      if (length === buffer.byteLength) buffer = twice(buffer);
      const count = successOf(
        os.read(this.#fd, buffer, length, buffer.byteLength - length),
        'read',
        this.#path,
      );
      if (count === 0) return new Uint8Array(buffer, 0, length);
      length += count;
    }
  }

  async close(): Promise<void> {
    os.close(this.#fd);
  }
}

function twice(buffer: ArrayBuffer): ArrayBuffer {
  const larger = new Uint8Array(buffer.byteLength * 2);
  larger.set(new Uint8Array(buffer));
  return larger.buffer;
}

export async function open(path: string, _flags: 'r'): Promise<FileHandle> {
  // a pipe without a writer would hold up the loop for good
  return new FileHandle(successOf(os.open(path, os.O_RDONLY | O_NONBLOCK | O_CLOEXEC), 'open', path), path);
}

export async function readFile(path: string, _encoding: 'utf8'): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { buffer, byteOffset, byteLength } = await file.readFile();
    return decode(buffer, byteOffset, byteLength);
  } finally {
    await file.close();
  }
}

export async function writeFile(path: string, text: string, { mode = NEW_FILE } = {}): Promise<void> {
  const flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | O_CLOEXEC;
  const fd = successOf(os.open(path, flags, mode), 'open', path);
  const errno = writeBytes(fd, new TextEncoder().encode(text));
  os.close(fd);
  if (errno !== 0) throw systemError(errno, 'write', path);
}

export async function rename(from: string, to: string): Promise<void> {
  successOf(os.rename(from, to), 'rename', from);
}

export async function rm(path: string, { force = false } = {}): Promise<void> {
  try {
    successOf(os.remove(path), 'rm', path);
  } catch (error) {
    if (!force || !hasCode(error, ENOENT)) throw error;
  }
}

export async function access(path: string): Promise<void> {
  await stat(path, 'access');
}

export async function stat(path: string, call = 'stat'): Promise<{ readonly ino: number }> {
  const [found, errno] = os.stat(path);
  if (found === null) throw systemError(errno, call, path);
  return found;
}

/** Makes the folder and those above it. */
export async function mkdir(path: string, _options: { readonly recursive: true }): Promise<void> {
  try {
    successOf(os.mkdir(path), 'mkdir', path);
  } catch (error) {
    const parent = path.replace(/\/+[^/]*\/*$/, '');
    if (hasCode(error, EEXIST)) return;
    if (!hasCode(error, ENOENT) || parent === '' || parent === path) throw error;
    await mkdir(parent, { recursive: true });
    successOf(os.mkdir(path), 'mkdir', path);
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
