import { type FSWatcher, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

/** Calls back when something happens to a name in a folder: the file behind the name may be another one each time. */
export class FolderWatch {
  readonly #folder: string;
  readonly #name: string;
  readonly #touched: () => void;
  #watcher: FSWatcher | null = null;
  #inode: number | null = null;

  constructor(path: string, touched: () => void) {
    this.#folder = dirname(path);
    this.#name = basename(path);
    this.#touched = touched;
  }

  /** Watches the folder that has the path now; to be called from time to time, for folders come and go, too. */
  async renew(): Promise<void> {
    const inode = await stat(this.#folder).then(
      ({ ino }) => ino,
      () => null,
    );
    if (inode === this.#inode && this.#watcher !== null) return;
    this.close();
    this.#inode = inode;
    if (inode !== null) this.#open();
  }

  close(): void {
    this.#watcher?.close();
    this.#watcher = null;
  }

  #open(): void {
    try {
      this.#watcher = watch(this.#folder, (_, name) => {
        if (name === null || name === this.#name) this.#touched();
      });
      // the folder is gone or the kernel has no watches left: reading from time to time goes on
      this.#watcher.on('error', () => this.close());
    } catch {
      this.#watcher = null;
    }
  }
}
