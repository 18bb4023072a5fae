import { type Static, Type } from 'typebox';
import { MOST_WORDS } from '../../subscriber/shelf.ts';
import { Count, closed, DrawnId, oneOf, orNull, Time } from './scalars.ts';

const CONTENT = {
  kind: oneOf(['words', 'html']),
  words: Type.String({ maxLength: MOST_WORDS, description: "the owner's plain text" }),
  html: Type.String({ description: 'as the owner wrote it; sanitised whenever it is shown' }),
  showsCopy: Type.Boolean({
    description:
      "whether the gateway keeps a copy of the line's own web page and shows it while the line is off",
  }),
};
const MANNER = {
  status: Type.Union([Type.Literal(503), Type.Literal(200)], { description: 'what the page answers with' }),
  tellsSince: Type.Boolean({ description: 'whether the page tells since when the line is off' }),
};

/** How the line's page answers, whatever stands on it. */
export const Manner = closed(MANNER);

export const NewPage = closed({
  ...CONTENT,
  status: Type.Optional(
    Type.Union([Type.Literal(503), Type.Literal(200)], {
      description: 'left out: as it is; to change it takes line:write too',
    }),
  ),
  tellsSince: Type.Optional(
    Type.Boolean({ description: 'left out: as it is; to change it takes line:write too' }),
  ),
});

export const Page = closed({
  ...CONTENT,
  ...MANNER,
  takenDown: orNull(Type.String({ description: 'why the provider has taken the page down' })),
  changedAt: orNull(Time),
});
export type NewPageValue = Static<typeof NewPage>;

export const Copy = closed({
  copiedAt: orNull(Time),
  trouble: orNull(Type.String({ description: 'why the last try gave no copy' })),
});

export const Draft = closed({ html: Type.String() });

export const Cleaned = closed({
  html: Type.String({ description: 'what visitors get' }),
  removed: Type.Array(Type.String({ examples: ['script element'] })),
});

const Role = oneOf(['file', 'greeting', 'picture']);

export const Offer = closed({
  id: DrawnId,
  role: Role,
  name: Type.String(),
  mediaType: Type.String(),
  bytes: Count,
  at: Time,
});

export const NewOffer = closed({
  name: Type.String({ minLength: 1, maxLength: 200, description: 'the name of the file, without a path' }),
  role: Type.Optional(oneOf(['file', 'greeting', 'picture'])),
});

export const OfferId = closed({ id: DrawnId });

export const Usage = closed(
  { offered: Count, messages: Count, mostOffered: Count, mostMessages: Count },
  'in bytes: what is offered and what messages take, each with its half of the quota',
);
