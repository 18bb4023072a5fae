import { keepNewest } from '../keep-newest.ts';
import type { Session } from '../web/doorkeeper.ts';
import type { Draft } from './portal-parts.ts';

const MOST = 100;

/** What owners have typed but not kept, for their previews: in memory, the newest of each session, and not for ever. */
export class Drafts {
  readonly #bySession = new Map<string, Draft>();

  keep({ formToken }: Session, draft: Draft): void {
    keepNewest(this.#bySession, formToken, draft, MOST);
  }

  of({ formToken }: Session): Draft | undefined {
    return this.#bySession.get(formToken);
  }
}
