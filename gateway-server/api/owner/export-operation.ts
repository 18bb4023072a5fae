import type { LineId } from '../../../protocol/line-id.ts';
import type { Mailbox, Message } from '../../subscriber/mailbox.ts';
import type { House } from '../../web/house.ts';
import { problem, value } from '../operation.ts';
import { Export } from '../schema/export.ts';
import { timeOf } from '../schema/scalars.ts';
import { webhookValue } from '../webhook-operations.ts';
import { type LineParts, ownLineValue, spanValue } from './line-operations.ts';
import { messageValue } from './message-operations.ts';
import { offerValue } from './offer-operations.ts';
import { ownerOperation } from './owner-caller.ts';
import { type PageParts, pageValue } from './page-operations.ts';

const PIECE = 100;

type Parts = LineParts & Pick<PageParts, 'book'> & { readonly house: House };

/** Everything that the gateway holds of a line, but its secrets. */
export function exportOperation(parts: Parts) {
  return ownerOperation({
    id: 'exportAll',
    method: 'GET',
    path: '/export',
    topic: 'line',
    summary: 'Everything that is kept of the line; files and recordings are fetched on their own',
    scopes: ['line:read', 'messages:read', 'page:read'],
    answers: { 200: Export },
    run: async ({ caller: { line } }) => {
      const { house, clock } = parts;
      const [own, page] = [
        await ownLineValue(parts, line),
        pageValue({ ...parts, shelf: house.shelf }, line),
      ];
      if (!own || !page) return problem(404, 'The line is not there any more.');
      const messages = await allMessages(house.mailbox, line);
      const spans = await house.diary.spans(line, 0);
      return value({
        at: timeOf(clock.now()),
        line: own,
        page,
        offers: house.shelf.offers(line).map(offerValue),
        messages: messages.map(messageValue),
        offLineSpans: spans.map(spanValue),
        webhooks: house.webhooks.list(line).map(webhookValue),
      });
    },
  });
}

async function allMessages(mailbox: Mailbox, line: LineId): Promise<readonly Message[]> {
  const all: Message[] = [];
  for (;;) {
    const piece = await mailbox.list(line, { before: all.at(-1)?.number ?? null, most: PIECE });
    all.push(...piece);
    if (piece.length < PIECE) return all;
  }
}
