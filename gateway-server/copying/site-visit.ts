import { type Address, type AddressSet, addressesIn } from '../../protocol/address.ts';
import type { DomainName } from '../../protocol/domain-name.ts';
import type { Clock, Elapsed } from '../../runtime/clock.ts';
import type { Outbound, OutboundResult } from '../outbound/outbound.ts';
import { troubles } from './texts.ts';

/** The ports of the World Wide Web; a test has others. */
interface WebPorts {
  readonly http: number;
  readonly https: number;
}

export interface VisitParts {
  readonly outbound: Outbound;
  readonly clock: Clock;
  readonly ports: WebPorts;
}

export type Got =
  | {
      readonly kind: 'got';
      readonly url: URL;
      readonly headers: ReadonlyMap<string, string>;
      readonly body: Uint8Array;
    }
  | { readonly kind: 'not' | 'silent'; readonly trouble: string };

const MOST_BYTES = 2_000_000;
const MOST_MS = 10_000;
const MOST_REDIRECTS = 3;
/** OpenSSL's and Node's codes for a certificate that is not good. */
const CERTIFICATE = /CERT|SIGNATURE|ALTNAME/;
const ANNOUNCED = { 'user-agent': 'Porchlight (keeps a copy of this page for its owner)' };

/** One look at a line's own web site: one name, its own addresses, two ports, 2 MB and ten seconds in all. */
export class SiteVisit {
  readonly #parts: VisitParts;
  readonly #name: DomainName;
  readonly #addresses: readonly Address[];
  readonly #signal: AbortSignal;
  readonly #until: Elapsed;
  #leftBytes = MOST_BYTES;

  constructor(parts: VisitParts, name: DomainName, addresses: AddressSet, signal: AbortSignal) {
    this.#parts = parts;
    this.#name = name;
    this.#addresses = addressesIn(addresses);
    this.#signal = signal;
    this.#until = parts.clock.elapsed() + MOST_MS;
  }

  /** The page that somebody gets who types the name. */
  async frontPage(): Promise<Got> {
    const plain = await this.#follow(this.#origin('http'));
    return plain.kind === 'silent' ? this.#follow(this.#origin('https')) : plain;
  }

  /** Something that the page names; no redirect is followed for it. */
  async part(url: URL): Promise<Got> {
    return this.#isOurs(url) ? gotFrom(await this.#fetch(url), url) : no(troubles.elsewhere);
  }

  async #follow(start: URL): Promise<Got> {
    let url = start;
    for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
      const result = await this.#fetch(url);
      const next = nextOf(result, url);
      if (!next) return gotFrom(result, url);
      if (!this.#isOurs(next)) return no(troubles.elsewhere);
      url = next;
    }
    return no(troubles.circles);
  }

  /** The next address of the line is tried only when there is no answer at this one. */
  async #fetch(url: URL): Promise<OutboundResult> {
    let result: OutboundResult = { kind: 'refused' };
    for (const address of this.#addresses) {
      const deadlineMs = Math.floor(this.#until - this.#parts.clock.elapsed());
      if (deadlineMs <= 0) return { kind: 'too-late' };
      const request = { url: url.href, address, method: 'GET', headers: ANNOUNCED, deadlineMs } as const;
      result = await this.#parts.outbound.request({ ...request, mostBytes: this.#leftBytes }, this.#signal);
      if (result.kind === 'answered') break;
    }
    if (result.kind === 'answered' && typeof result.body !== 'string') this.#leftBytes -= result.body.length;
    return result;
  }

  #origin(scheme: 'http' | 'https'): URL {
    return new URL(`${scheme}://${this.#name}:${this.#parts.ports[scheme]}/`);
  }

  #isOurs(url: URL): boolean {
    return (['http', 'https'] as const).some((scheme) => url.origin === this.#origin(scheme).origin);
  }
}

function nextOf(result: OutboundResult, url: URL): URL | null {
  if (result.kind !== 'answered' || ![301, 302, 303, 307, 308].includes(result.status)) return null;
  const location = result.headers.get('location');
  return location === undefined ? null : URL.parse(location, url.href);
}

function gotFrom(result: OutboundResult, url: URL): Got {
  switch (result.kind) {
    case 'refused':
      return no(troubles.refused);
    case 'unreachable':
      return CERTIFICATE.test(result.why)
        ? no(troubles.certificate)
        : { kind: 'silent', trouble: troubles.unreachable };
    case 'too-late':
      return no(troubles.tooLate);
    case 'answered':
      return wholeOf(result, url);
  }
}

function wholeOf(
  { status, headers, body }: Extract<OutboundResult, { readonly kind: 'answered' }>,
  url: URL,
): Got {
  if (status !== 200) return no(troubles.status(status));
  if ((headers.get('content-encoding') ?? 'identity').toLowerCase() !== 'identity')
    return no(troubles.encoded);
  if (body === 'too-large') return no(troubles.tooLarge);
  if (body === 'cut-off') return no(troubles.cutOff);
  return { kind: 'got', url, headers, body };
}

function no(trouble: string): Got {
  return { kind: 'not', trouble };
}
