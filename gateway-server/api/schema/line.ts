import { Type } from 'typebox';
import { OFFLINE_REASONS } from '../../../protocol/message.ts';
import { Count, closed, LineIdText, oneOf, orNull, Time } from './scalars.ts';

export const LINE_STATES = ['live', 'queued', 'suspect', 'offline', 'unknown'] as const;
const State = oneOf(LINE_STATES);
const Reason = oneOf(OFFLINE_REASONS);

const Addresses = Type.Array(Type.String({ examples: ['198.51.100.7'] }));
const Domain = orNull(Type.String({ examples: ['alice.mwebpages.test'] }));

const Published = closed(
  {
    kind: oneOf(['addresses', 'answering']),
    addresses: Addresses,
    since: Time,
    serial: Count,
  },
  'what the zone says now: addresses of the line, or `answering` while the gateway answers in its place',
);

export const Span = closed(
  { since: Time, until: orNull(Time), reason: Reason, hits: Count },
  'a stretch of time in which the gateway answered; `until` is null while it lasts',
);

/** A line as its owner sees it. */
export const OwnLine = closed({
  id: LineIdText,
  domain: Domain,
  names: Type.Array(Type.String()),
  state: State,
  published: Published,
  reason: orNull(Reason),
  lastLogOn: orNull(Time),
  previousLogOn: orNull(Time),
  offLine: closed({
    last: orNull(Span),
    thisMonthMs: Type.Integer({ minimum: 0, description: 'since the first of the month, UTC' }),
  }),
  hits: Type.Integer({ minimum: 0, description: 'visits to the page while the line was off last' }),
  unread: Count,
  waiting: Type.Integer({ minimum: 0, description: 'visitors who are told by mail when the line is back' }),
  rehearsalUntil: orNull(Time),
});

/** A line in the operator's list. */
export const ListedLine = closed({
  id: LineIdText,
  domain: Domain,
  state: State,
  addresses: Addresses,
  since: Time,
  agent: orNull(Type.String()),
  suspended: Type.Boolean(),
});

/** A line as its operator sees it. */
export const FullLine = closed({
  id: LineIdText,
  domain: Domain,
  names: Type.Array(Type.String()),
  state: State,
  presence: Type.String({ examples: ['up'] }),
  published: Published,
  pending: orNull(
    closed({
      kind: Type.String(),
      addresses: Addresses,
      reason: orNull(Reason),
      askedAt: Time,
      liveInMs: Count,
    }),
  ),
  lastLogOn: orNull(Time),
  lastHeardMs: orNull(Count),
  offlineReason: orNull(Reason),
  agent: orNull(Type.String()),
  hits: Count,
  messages: Count,
  suspended: Type.Boolean(),
  takenDown: orNull(
    Type.String({ description: "why the owner's page was taken down; null when it was not" }),
  ),
  rehearsalUntil: orNull(Time),
});

const Secret = Type.String({ minLength: 16, maxLength: 128, description: 'drawn when it is left out' });

/** What a new line is made of. */
const NEW_LINE = {
  id: LineIdText,
  domain: Type.Optional(
    orNull(
      Type.String({
        maxLength: 253,
        description: 'left out: the id below the zone; null: no domain service',
      }),
    ),
  ),
  names: Type.Optional(
    Type.Array(Type.String({ maxLength: 253, examples: ['www'] }), {
      maxItems: 32,
      description: 'labels or full names below the domain',
    }),
  ),
  words: Type.Optional(Type.String({ maxLength: 2_000 })),
  secret: Type.Optional(Secret),
};

export const NewLine = closed(NEW_LINE);

export const NewSecret = closed({ secret: Type.Optional(Secret) });

/** A line with the secret that its agent logs in with; told this once. */
export const LineWithSecret = closed({
  id: LineIdText,
  domain: Domain,
  names: Type.Array(Type.String()),
  secret: Type.String({ description: 'told this once' }),
});

export const Import = closed({
  lines: Type.Array(
    closed({
      ...NEW_LINE,
      secretHash: Type.Optional(
        Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256 of a secret, in place of one' }),
      ),
      suspended: Type.Optional(Type.Boolean()),
    }),
    { minItems: 1, maxItems: 50_000 },
  ),
});

export const Imported = closed({
  imported: Count,
  lines: Type.Array(
    closed({
      id: LineIdText,
      domain: Domain,
      secret: orNull(Type.String({ description: 'told this once; null where only the hash was given' })),
    }),
  ),
});

export const HistoryEntry = closed({ at: Time, event: Type.String(), detail: Type.String() });

export const Explanation = closed({
  name: Type.String(),
  serial: Count,
  kind: Type.String({ description: 'what the name is in the zone', examples: ['line'] }),
  served: closed({ addresses: Addresses, ttlSeconds: orNull(Count) }),
  words: Type.Array(Type.String(), { description: 'why the name answers what it answers, a sentence each' }),
});

export const Rehearsal = closed({ until: Time });

export const PortalLink = closed({
  url: Type.String({ description: 'opens the portal once; for seven days' }),
});
