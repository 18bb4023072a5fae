import type { Announcement } from '../../protocol/message.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { AgentLink } from '../agent-link.ts';
import type { Store } from '../store/store.ts';

const MOST_ANNOUNCEMENTS = 5;
/** All of them travel in one MQTT message of at most 4 KiB. */
const LONGEST_TEXT_BYTES = 600;

interface Parts {
  readonly store: Pick<Store, 'putAnnouncements'>;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** What the provider tells all subscribers (Figure 4, block 420): the newest few, retained for whoever connects later. */
export class Announcements {
  readonly #parts: Parts;
  #audience: Pick<AgentLink, 'announce'> | undefined;
  #current: readonly Announcement[];

  constructor(parts: Parts, current: readonly Announcement[]) {
    this.#parts = parts;
    this.#current = current;
  }

  get current(): readonly Announcement[] {
    return this.#current;
  }

  /** Stores the announcement, then tells everybody; gives what is wrong with it otherwise. */
  async announce(text: string): Promise<Announcement | { readonly problem: string }> {
    const words = text.trim();
    if (words === '') return { problem: 'the announcement is empty: give its text in quotes' };
    if (bytesOnTheWire(words) > LONGEST_TEXT_BYTES) {
      return { problem: `the announcement is too long: ${LONGEST_TEXT_BYTES} bytes are the most` };
    }
    const announcement = { id: this.#parts.newId(), at: this.#parts.clock.now(), text: words };
    const next = [...this.#current, announcement].slice(-MOST_ANNOUNCEMENTS);
    await this.#parts.store.putAnnouncements(next);
    this.#current = next;
    this.#audience?.announce(next);
    return announcement;
  }

  /** From now on every announcement goes to all agents; the current ones at once. */
  tellAll(audience: Pick<AgentLink, 'announce'>): void {
    this.#audience = audience;
    audience.announce(this.#current);
  }
}

/** As JSON writes it: quotes and control characters take more room than they seem to. */
function bytesOnTheWire(text: string): number {
  return new TextEncoder().encode(JSON.stringify(text)).length - 2;
}
