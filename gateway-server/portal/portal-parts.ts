import type { Clock } from '../../runtime/clock.ts';
import type { OwnerPlaces } from '../answering/owner-content.ts';
import type { OwnerPage } from '../subscriber/shelf.ts';
import type { House } from '../web/house.ts';
import type { WebReply } from '../web/route.ts';
import type { PortalLook } from './portal-frame.ts';
import type { NamedLine, PortalLines } from './portal-lines.ts';

/** What the owner has typed, and what of it counts when it is kept. */
export interface Draft {
  readonly page: OwnerPage;
  readonly words: string;
  readonly tellsSince: boolean;
}

type Shown = Pick<WebReply, 'status' | 'headers' | 'body'>;

export interface Preview {
  /** The page as a visitor gets it when the line is off, made by the very same code. */
  readonly outer: Shown;
  /** What stands in its frames. */
  readonly inner: Shown;
  /** The copy of the owner's own web page; null for none. */
  copy(): Promise<Shown | null>;
  /** What the sanitiser took out of the owner's HTML, in words. */
  readonly removed: readonly string[];
}

/** What visitors would get. */
export interface Previews {
  /** `places` take the place of those on the line's own name; nothing else differs. */
  of(line: NamedLine, draft: Draft, places: OwnerPlaces): Preview;
}

export interface PortalParts {
  readonly house: House;
  readonly lines: PortalLines;
  readonly previews: Previews;
  readonly look: PortalLook;
  readonly clock: Clock;
}
