import type { LineId } from '../../protocol/line-id.ts';
import { keepNewest } from '../keep-newest.ts';
import type { Random } from './form-seal.ts';
import type { OffLinePage } from './page/off-line-page.ts';

interface Latest {
  readonly page: OffLinePage;
  /** What stands between the seals. */
  readonly pieces: readonly string[];
}

type Writer = (page: OffLinePage) => string;

/** Pages of a few kilobytes each. */
const MOST = 2_048;
const GAP_BYTES = 18;

/**
 * The pages that were shown last, but for their seals, each good for as long as nothing that is put into it has changed. The
 * page that was written longest ago is forgotten first.
 */
export class LatestPages {
  readonly #byLine = new Map<LineId, Latest>();
  /** Stands where a seal belongs; nobody can write it into a page by other ways. */
  readonly #gap: string;
  readonly #write: Writer;

  constructor(random: Random, write: Writer) {
    this.#write = write;
    this.#gap = Buffer.from(random(GAP_BYTES)).toString('base64url');
  }

  textOf(page: OffLinePage): string {
    // this one tells how long the line has been quiet
    if (page.called.since !== null) return this.#write(page);
    const { line } = page.called;
    const latest = this.#byLine.get(line);
    const pieces = latest && isAlike(latest.page, page) ? latest.pieces : this.#written(line, page);
    return pieces.join(page.seal);
  }

  #written(line: LineId, page: OffLinePage): readonly string[] {
    const pieces = this.#write({ ...page, seal: this.#gap }).split(this.#gap);
    keepNewest(this.#byLine, line, { page, pieces }, MOST);
    return pieces;
  }
}

/** But for the seal and the time, which is told with `since` alone. */
function isAlike(one: OffLinePage, other: OffLinePage): boolean {
  return (
    one.called.domain === other.called.domain &&
    one.leaveUrl === other.leaveUrl &&
    one.recorder === other.recorder &&
    one.notifies === other.notifies &&
    one.provider === other.provider &&
    isSameOwners(one.owner, other.owner)
  );
}

function isSameOwners(one: OffLinePage['owner'], other: OffLinePage['owner']): boolean {
  return (
    one.page === other.page &&
    one.words === other.words &&
    one.offers === other.offers &&
    one.copiedAt === other.copiedAt &&
    one.places === other.places
  );
}
