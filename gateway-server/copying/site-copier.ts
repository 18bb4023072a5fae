import { type AddressSet, sameAddresses } from '../../protocol/address.ts';
import type { DomainName } from '../../protocol/domain-name.ts';
import type { LineId } from '../../protocol/line-id.ts';
import type { Elapsed } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import { every } from '../../runtime/loop.ts';
import type { LineBook } from '../line/line-book.ts';
import type { KeptCopies } from '../subscriber/kept-copies.ts';
import type { KeptShelf } from '../subscriber/kept-shelf.ts';
import { listedMediaType } from '../subscriber/media-types.ts';
import type { CopiedPicture, SiteCopy } from '../subscriber/site-copy.ts';
import { type PageReader, textOf } from './page-reader.ts';
import { SiteVisit, type VisitParts } from './site-visit.ts';
import { troubles } from './texts.ts';

interface Parts extends VisitParts {
  readonly copies: KeptCopies;
  readonly shelf: Pick<KeptShelf, 'page' | 'copiedLines'>;
  readonly book: Pick<LineBook, 'get'>;
  readonly reader: PageReader;
  readonly log: Logger;
}

/** A line that the zone leads visitors to. */
interface Site {
  readonly line: LineId;
  readonly name: DomainName;
  readonly addresses: AddressSet;
}

type Copying = SiteCopy | { readonly trouble: string };

const ROUND_MS = 60_000;
/** A server at home starts with its line: it gets a minute. */
const SETTLED_MS = 60_000;
const BETWEEN_MS = 6 * 3_600_000;
const AT_ONCE = 2;
const MOST_PICTURES = 20;
const PICTURE = /^image\//;
const PAGE = /^(?:text\/html|application\/xhtml\+xml)\s*(?:;|$)/i;
const FORBIDS = /\b(?:noarchive|none)\b/i;

/** Keeps copies of owners' own web pages while their lines are up, for those who want that. */
export class SiteCopier {
  readonly #parts: Parts;
  readonly #triedAt = new Map<LineId, Elapsed>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#parts;
    return every({ periodMs: ROUND_MS, clock, log }, signal, () => this.round(signal));
  }

  /** Copies what is due, and lets go of what nobody wants any more. */
  async round(signal: AbortSignal): Promise<void> {
    const { shelf, copies } = this.#parts;
    const wanted = new Set(shelf.copiedLines());
    for (const line of copies.lines()) if (!wanted.has(line)) await copies.remove(line);
    for (const line of this.#triedAt.keys()) if (!wanted.has(line)) this.#triedAt.delete(line);
    const due = [...wanted].flatMap((line) => this.#dueSite(line) ?? []);
    const turns = Array.from({ length: AT_ONCE }, async () => {
      for (let site = due.shift(); site && !signal.aborted; site = due.shift())
        await this.#copy(site, signal);
    });
    await Promise.all(turns);
  }

  #dueSite(line: LineId): Site | undefined {
    const { clock, copies } = this.#parts;
    const triedAt = this.#triedAt.get(line);
    if (triedAt !== undefined && clock.elapsed() - triedAt < BETWEEN_MS) return undefined;
    const { copiedAt } = copies.stateOf(line);
    const isFresh = copiedAt !== null && Math.abs(clock.now() - copiedAt) < BETWEEN_MS;
    return isFresh && triedAt === undefined ? undefined : this.#siteOf(line);
  }

  #siteOf(line: LineId): Site | undefined {
    const found = this.#parts.book.get(line);
    const { published } = found?.standing ?? {};
    if (!found?.line.domain || found.line.suspended || published?.kind !== 'addresses') return undefined;
    // a wall clock that was set back must not hold anything up
    if (Math.abs(this.#parts.clock.now() - published.since) < SETTLED_MS) return undefined;
    return { line, name: found.line.domain, addresses: published.addresses };
  }

  async #copy(site: Site, signal: AbortSignal): Promise<void> {
    const { clock, copies, log } = this.#parts;
    const { line } = site;
    this.#triedAt.set(line, clock.elapsed());
    try {
      const copying = await this.#look(site, signal);
      const outcome = this.#isStill(site) ? copying : { trouble: troubles.moved };
      if ('trouble' in outcome) return await this.#failed(line, outcome.trouble);
      await copies.keep(line, outcome);
      log.info('site copied', { line, pictures: outcome.pictures.length });
    } catch (error) {
      if (!signal.aborted) log.warn('site not copied', { line, why: String(error) });
    }
  }

  /** The copy of before stays, but for a page that asks now not to be kept. */
  async #failed(line: LineId, trouble: string): Promise<void> {
    const { copies, log } = this.#parts;
    if (trouble === troubles.forbidden) await copies.remove(line);
    copies.failed(line, trouble);
    log.info('site not copied', { line, why: trouble });
  }

  /** The address may belong to somebody else by now, and the owner may want no copy any more. */
  #isStill({ line, addresses }: Site): boolean {
    const now = this.#siteOf(line);
    return (
      now !== undefined && sameAddresses(now.addresses, addresses) && this.#parts.shelf.page(line).showsCopy
    );
  }

  async #look({ name, addresses }: Site, signal: AbortSignal): Promise<Copying> {
    const { reader, clock } = this.#parts;
    const visit = new SiteVisit(this.#parts, name, addresses, signal);
    const page = await visit.frontPage();
    if (page.kind !== 'got') return page;
    const type = page.headers.get('content-type') ?? '';
    if (!PAGE.test(type)) return { trouble: troubles.noHtml };
    const html = textOf(page.body, type);
    const { pictures: sources, forbidsKeeping, base } = reader.factsOf(html);
    if (forbidsKeeping || FORBIDS.test(page.headers.get('x-robots-tag') ?? ''))
      return { trouble: troubles.forbidden };
    const { pictures, placeOf } = await picturesOf(
      visit,
      sources,
      URL.parse(base ?? '', page.url.href) ?? page.url,
    );
    return { at: clock.now(), html: reader.clean(html, placeOf), pictures };
  }
}

/** One after the other, as far as bytes and time allow; what is missing is left out of the copy. */
async function picturesOf(visit: SiteVisit, sources: readonly string[], base: URL) {
  const pictures: CopiedPicture[] = [];
  const places = new Map<string, string>();
  for (const source of sources.slice(0, MOST_PICTURES)) {
    const url = source.startsWith('data:') ? null : URL.parse(source, base.href);
    const got = url && (await visit.part(url));
    if (got?.kind !== 'got') continue;
    const mediaType = listedMediaType(got.headers.get('content-type') ?? '');
    if (!PICTURE.test(mediaType)) continue;
    pictures.push({ mediaType, body: got.body });
    places.set(source, `/.porchlight/copy/${pictures.length}`);
  }
  return { pictures, placeOf: (source: string) => places.get(source) };
}
