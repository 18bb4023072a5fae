import { watch as watchFolder } from 'host:files';
import { close, read, setReadHandler } from 'host:os';
import { decode } from 'host:text';
import { writeText } from './descriptors.ts';
import { successOf, systemError } from './system-error.ts';

/** Writes the whole text, or throws. */
export function writeSync(fd: number, text: string): number {
  const errno = writeText(fd, text);
  if (errno !== 0) throw systemError(errno, 'write');
  return text.length;
}

type Touched = (event: 'change', name: string | null) => void;

/** inotify(7): wd, mask, cookie, length of the name, and the name padded with zeros. */
const EVENT_BYTES = 16;
const MOST_BYTES = 4096;

/** The kernel's notices of what happens in a folder. */
class FolderWatcher {
  readonly #fd: number;
  readonly #buffer = new ArrayBuffer(MOST_BYTES);
  #isOpen = true;

  constructor(folder: string, touched: Touched) {
    this.#fd = successOf(watchFolder(folder), 'watch', folder);
    setReadHandler(this.#fd, () => this.#take(touched));
  }

  /** Errors after the start never come here: the kernel tells of none. */
  on(): this {
    return this;
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    setReadHandler(this.#fd, null);
    close(this.#fd);
  }

  #take(touched: Touched): void {
    const length = read(this.#fd, this.#buffer, 0, MOST_BYTES);
    for (let at = 0; at + EVENT_BYTES <= length; ) {
      const [nameBytes = 0] = new Uint32Array(this.#buffer, at + 12, 1);
      const padded = decode(this.#buffer, at + EVENT_BYTES, Math.min(nameBytes, length - at - EVENT_BYTES));
      const name = padded.replace(/\0+$/, '');
      touched('change', name === '' ? null : name);
      at += EVENT_BYTES + nameBytes;
    }
  }
}

export function watch(folder: string, touched: Touched): FolderWatcher {
  return new FolderWatcher(folder, touched);
}

/** The command line looks for sub-commands that are programs of their own; this one has none. */
export function existsSync(): boolean {
  return false;
}
