import type { Logger } from '../../runtime/log.ts';
import type { Keeping, LeftMessage, MessageBox } from '../answering/called.ts';
import type { StandingKeeper } from '../line/standing-keeper.ts';
import { type Store, StoreUnavailable } from '../store/store.ts';

/** Text messages that one line may have waiting; more than anybody reads, fewer than would fill a disk. */
const MOST_MESSAGES = 200;

interface Parts {
  readonly store: Pick<Store, 'keepMessage'>;
  readonly standings: StandingKeeper;
  readonly log: Logger;
}

/** What visitors leave for a line; on disk before they read "kept". */
export class KeptMessages implements MessageBox {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async keep(message: LeftMessage): Promise<Keeping> {
    const { store, standings, log } = this.#parts;
    try {
      const keeping = await store.keepMessage(message, MOST_MESSAGES);
      if (keeping === 'full') return { kind: 'full' };
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      log.error('message could not be kept', { line: message.line, reason: error.message });
      return { kind: 'unavailable' };
    }
    standings.messageKept(message.line);
    log.info('message kept', { line: message.line });
    return { kind: 'kept' };
  }
}
