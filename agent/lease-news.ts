import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/log.ts';
import { type LeaseFormat, readLeases, SERVER_FORMATS } from './lease/formats.ts';
import type { LeaseFile } from './lease/lease.ts';
import { ToldLeases } from './lease/told-leases.ts';

export type FileSeen =
  | { readonly kind: 'found'; readonly file: LeaseFile }
  | { readonly kind: 'missing'; readonly why: string }
  /** Unreadable, too large, no file at all. */
  | { readonly kind: 'broken'; readonly why: string };

export interface LeaseNewsParts {
  /** Undefined: by the file's content. */
  readonly format: LeaseFormat | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Understands what stands in the lease file, and keeps the last good state while it is broken. */
export class LeaseNews {
  readonly told = new ToldLeases();
  readonly #parts: LeaseNewsParts;
  #trouble: string | null = null;

  constructor(parts: LeaseNewsParts) {
    this.#parts = parts;
  }

  /** True when the DHCP client has done something. */
  take(seen: FileSeen): boolean {
    if (seen.kind === 'found') return this.#understands(seen.file);
    const isNews = seen.kind === 'missing' && this.told.fileGone();
    if (!isNews) this.#note(seen.why, 'lease file not understood, last good state stands');
    return isNews;
  }

  #understands(file: LeaseFile): boolean {
    const reading = readLeases(file, this.#parts.clock.now() / 1000, this.#parts.format);
    const { leases, problems, event, format } = reading;
    const isOfServer = SERVER_FORMATS.has(format);
    const serversFile = `${format} is a server: give the lease file of the line's own DHCP client`;
    const isInPart = leases.length > 0 && !isOfServer;
    const what = isInPart
      ? 'part of the lease file not understood'
      : 'lease file not understood, last good state stands';
    this.#note(isOfServer ? serversFile : problems.join('; ') || null, what);
    if (isOfServer) return false;
    // OpenWrt's events tell that something is new, and not what
    return this.told.take(reading) || (event !== null && problems.length === 0);
  }

  /** One warning for each spell of trouble, however often the file is read meanwhile. */
  #note(trouble: string | null, what: string): void {
    const { log } = this.#parts;
    if (trouble !== null && this.#trouble === null) log.warn(what, { why: trouble });
    if (trouble === null && this.#trouble !== null) log.info('lease file understood again');
    this.#trouble = trouble;
  }
}
