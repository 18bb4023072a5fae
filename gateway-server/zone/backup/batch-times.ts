import type { Elapsed } from '../../../runtime/clock.ts';
import { isLater, type Serial } from '../serial.ts';

interface BatchTime {
  readonly serial: Serial;
  readonly at: Elapsed;
}

/** More than any backup lacks that is still alive; older batches need no time of their own. */
const MOST_KEPT = 1024;

/** When the latest batches entered the zone. */
export class BatchTimes {
  readonly #times: BatchTime[] = [];

  get newest(): Serial | undefined {
    return this.#times.at(-1)?.serial;
  }

  /** A serial counts from the first time that it is noted. */
  note(serial: Serial, at: Elapsed): void {
    const { newest } = this;
    if (newest !== undefined && !isLater(serial, newest)) return;
    this.#times.push({ serial, at });
    if (this.#times.length > MOST_KEPT) this.#times.shift();
  }

  /** When this very serial came. */
  of(serial: Serial): Elapsed | undefined {
    return this.#times.findLast((time) => time.serial === serial)?.at;
  }

  /** When the first batch came that a server with this serial lacks; the oldest that is known of when it lacks even more. */
  firstAfter(serial: Serial): Elapsed | undefined {
    return this.#times.find((time) => isLater(time.serial, serial))?.at;
  }
}
