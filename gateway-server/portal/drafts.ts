import type { Session } from '../web/doorkeeper.ts';
import type { Draft } from './portal-parts.ts';

const MOST = 100;

/** What owners have typed but not kept, for their previews: in memory, the newest of each session, and not for ever. */
export class Drafts {
  readonly #bySession = new Map<string, Draft>();

  keep({ formToken }: Session, draft: Draft): void {
    this.#bySession.delete(formToken);
    this.#bySession.set(formToken, draft);
    const [oldest] = this.#bySession.keys();
    if (this.#bySession.size > MOST && oldest !== undefined) this.#bySession.delete(oldest);
  }

  of({ formToken }: Session): Draft | undefined {
    return this.#bySession.get(formToken);
  }
}
