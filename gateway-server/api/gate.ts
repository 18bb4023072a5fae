import type { Clock } from '../../runtime/clock.ts';
import type { Rate } from '../token-bucket.ts';
import type { ApiToken, Doorkeeper, Scope } from '../web/doorkeeper.ts';
import type { Api } from './api.ts';
import { problem, type Reply } from './operation.ts';
import { Pace } from './pace.ts';

export interface Paces {
  readonly neighbourhood: Rate;
  readonly token: Rate;
}

export const PACES: Paces = {
  neighbourhood: { perSecond: 20, burst: 200 },
  token: { perSecond: 10, burst: 100 },
};

interface Parts<Caller> {
  readonly api: Pick<Api<Caller>, 'door' | 'callerOf'>;
  readonly doorkeeper: Pick<Doorkeeper, 'tokenOf'>;
  readonly paces: Paces;
  readonly clock: Clock;
}

export type Admission<Caller> =
  | { readonly kind: 'in'; readonly caller: Caller; readonly isStillAllowed: () => boolean }
  | { readonly kind: 'out'; readonly reply: Reply };

/** Lets requests in by their token alone: whatever else a browser sends along counts for nothing. */
export class Gate<Caller> {
  readonly #parts: Parts<Caller>;
  readonly #byNeighbourhood: Pace;
  readonly #byToken: Pace;

  constructor(parts: Parts<Caller>) {
    this.#parts = parts;
    this.#byNeighbourhood = new Pace(parts.paces.neighbourhood, parts.clock);
    this.#byToken = new Pace(parts.paces.token, parts.clock);
  }

  /** Decided before any token is looked at; undefined when the request may go on. */
  tooFast(neighbourhood: string): Reply | undefined {
    return slowDown(this.#byNeighbourhood.waitMs(neighbourhood));
  }

  admit(authorization: string | undefined, needed: readonly Scope[]): Admission<Caller> {
    const [, secret] = /^bearer +([\w~+/.=-]{1,200})$/i.exec(authorization ?? '') ?? [];
    const token = secret === undefined ? undefined : this.#tokenOf(secret);
    const caller = token && this.#parts.api.callerOf(token);
    if (secret === undefined || !token || !caller) return out(unknownToken(authorization !== undefined));
    const isTooFast = slowDown(this.#byToken.waitMs(token.id));
    if (isTooFast) return out(isTooFast);
    const missing = missingScope(token, needed);
    if (missing) return out(forbidden(missing));
    const isStillAllowed = () => {
      const now = this.#tokenOf(secret);
      return now !== undefined && missingScope(now, needed) === undefined;
    };
    return { kind: 'in', caller, isStillAllowed };
  }

  #tokenOf(secret: string): ApiToken | undefined {
    const { doorkeeper, api } = this.#parts;
    return doorkeeper.tokenOf(api.door, secret);
  }
}

function missingScope({ scopes }: ApiToken, needed: readonly Scope[]): Scope | undefined {
  return needed.find((scope) => !scopes.includes(scope));
}

function out(reply: Reply): { readonly kind: 'out'; readonly reply: Reply } {
  return { kind: 'out', reply };
}

function slowDown(waitMs: number): Reply | undefined {
  if (waitMs === 0) return undefined;
  const seconds = Math.ceil(waitMs / 1_000);
  return problem(429, `That was too fast: go on in ${seconds} s.`, { 'retry-after': String(seconds) });
}

/** RFC 6750 §3.1; never says whether the token was known once. */
function unknownToken(wasGiven: boolean): Reply {
  const challenge = `Bearer realm="porchlight"${wasGiven ? ', error="invalid_token"' : ''}`;
  const detail = wasGiven
    ? 'The token is unknown, revoked or over.'
    : 'Send a token: "Authorization: Bearer pl_...".';
  return problem(401, detail, { 'www-authenticate': challenge });
}

/** The token is known, but lacks a scope (RFC 6750 §3.1). */
export function forbidden(missing: Scope): Reply {
  return problem(403, `The token may not do this: it lacks "${missing}".`, {
    'www-authenticate': `Bearer realm="porchlight", error="insufficient_scope", scope="${missing}"`,
  });
}
