import { write } from 'host:os';
import { encode } from 'host:text';

/** Writes all of it, as far as the descriptor takes it; gives the errno of what went wrong, or 0. */
export function writeBytes(fd: number, bytes: Uint8Array): number {
  let done = 0;
  while (done < bytes.byteLength) {
    const count = write(fd, bytes.buffer, bytes.byteOffset + done, bytes.byteLength - done);
    if (count < 0) return -count;
    done += count;
  }
  return 0;
}

export function writeText(fd: number, text: string): number {
  return writeBytes(fd, new Uint8Array(encode(text)));
}
