import type { Clock } from '../../runtime/clock.ts';
import type { Answering } from '../answering/answering.ts';
import type { OwnerPlaces } from '../answering/owner-content.ts';
import { framedPage } from '../answering/page/framed-page.ts';
import { framedReply } from '../answering/reply.ts';
import type { Sanitiser } from '../answering/sanitiser.ts';
import type { SiteCopies, SiteCopy } from '../subscriber/site-copy.ts';
import type { NamedLine } from './portal-lines.ts';
import type { Draft, Preview, Previews } from './portal-parts.ts';

interface Parts {
  readonly answering: Pick<Answering, 'previewOf'>;
  readonly sanitiser: Sanitiser;
  readonly copies: SiteCopies;
  /** Where visitors' forms are posted to. */
  readonly leaveOrigin: () => string;
  readonly portalOrigin: () => string;
  readonly clock: Clock;
}

/** Previews made by what answers visitors; each draft costs the sanitiser only once. */
export class AnsweringPreviews implements Previews {
  readonly #parts: Parts;
  readonly #known = new WeakMap<Draft, Preview>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  of(line: NamedLine, draft: Draft, places: OwnerPlaces): Preview {
    const known = this.#known.get(draft);
    if (known) return known;
    const preview = this.#made(line, draft, places);
    this.#known.set(draft, preview);
    return preview;
  }

  #made(line: NamedLine, draft: Draft, places: OwnerPlaces): Preview {
    const { answering, sanitiser, copies, leaveOrigin, portalOrigin } = this.#parts;
    const { page, words } = draft;
    const called = {
      kind: 'off-line',
      line: line.id,
      domain: line.domain,
      words,
      since: draft.tellsSince ? this.#sinceOf(line) : null,
    } as const;
    return {
      ...answering.previewOf({ called, page, words }, places, leaveOrigin()),
      copy: async () => {
        const copy = page.showsCopy ? await copies.copyOf(line.id) : undefined;
        return copy ? framedReply(framedPage(withPictures(copy)), portalOrigin()) : null;
      },
      removed: sanitiser.clean(page.html).removed,
    };
  }

  /** A line that is not off would be off since now. */
  #sinceOf({ standing: { absence } }: NamedLine): number {
    return absence?.until === null ? absence.since : this.#parts.clock.now();
  }
}

/** A sandboxed frame sends no cookie that could tell whose pictures are meant: they come within the page. */
function withPictures({ html, pictures }: SiteCopy): string {
  return html.replace(/(?<=src=")\/\.porchlight\/copy\/(\d+)(?=")/g, (place, number) => {
    const picture = pictures[Number(number) - 1];
    return picture
      ? `data:${picture.mediaType};base64,${Buffer.from(picture.body).toString('base64')}`
      : place;
  });
}
