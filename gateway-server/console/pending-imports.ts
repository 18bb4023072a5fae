import type { Clock, Elapsed } from '../../runtime/clock.ts';
import { keepNewest } from '../keep-newest.ts';
import type { ImportRow } from '../operator/line-commands.ts';

interface Pending {
  readonly rows: readonly ImportRow[];
  readonly at: Elapsed;
}

const KEPT_MS = 15 * 60_000;
const MOST = 8;

/** What operators have uploaded and not yet decided on; one file each, in memory, for a quarter of an hour. */
export class PendingImports {
  readonly #clock: Clock;
  readonly #byAccount = new Map<string, Pending>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  keep(account: string, rows: readonly ImportRow[]): void {
    keepNewest(this.#byAccount, account, { rows, at: this.#clock.elapsed() }, MOST);
  }

  /** Takes it out; undefined when there is none, or it is too old. */
  take(account: string): readonly ImportRow[] | undefined {
    const pending = this.#byAccount.get(account);
    this.#byAccount.delete(account);
    return pending && this.#clock.elapsed() - pending.at < KEPT_MS ? pending.rows : undefined;
  }
}
