import { addressesIn } from '../../../protocol/address.ts';
import type { LineRecord } from '../../line/line-book.ts';
import { lineView, stateOf } from '../../operator/line-view.ts';
import { publishedValue } from '../owner/line-operations.ts';
import { timeOf, timeOrNull } from '../schema/scalars.ts';
import type { OperatorParts } from './operator-caller.ts';

/** A line in a list. */
export function listedLine({ desk }: Pick<OperatorParts, 'desk'>, record: LineRecord) {
  const { line, standing } = record;
  const { published } = standing;
  return {
    id: line.id,
    domain: line.domain,
    state: stateOf(desk.registry, record),
    addresses: published.kind === 'addresses' ? addressesIn(published.addresses) : [],
    since: timeOf(published.since),
    agent: standing.agent,
    suspended: line.suspended,
  };
}

/** All that is known of a line, but its secret. */
export function fullLine({ desk, house }: Pick<OperatorParts, 'desk' | 'house'>, record: LineRecord) {
  const view = lineView(desk, record);
  const { id } = record.line;
  return {
    ...view,
    published: publishedValue(record),
    pending: view.pending && { ...view.pending, askedAt: timeOf(view.pending.askedAt) },
    lastLogOn: timeOrNull(view.lastLogOn),
    takenDown: house.shelf.page(id).takenDown,
    rehearsalUntil: timeOrNull(house.stage.until(id)),
  };
}
