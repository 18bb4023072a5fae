import { addressesIn } from '../../../protocol/address.ts';
import { html, type Markup } from '../../answering/html.ts';
import type { LineRecord } from '../../line/line-book.ts';
import type { Desk } from '../../operator/desk.ts';
import { silentMs, stateOf } from '../../operator/line-view.ts';
import type { Cells } from '../live-rows.ts';
import { moment, roughly, statePill } from './moment.ts';

const HEARD_NOW_MS = 15_000;

/** What changes in a row, by the key of its cell. */
export function liveCells(desk: Desk, record: LineRecord): Cells {
  const { line, standing } = record;
  const { published } = standing;
  const cells = [
    ['state', statePill(stateOf(desk.registry, record))],
    ['address', published.kind === 'addresses' ? addressCell(addressesIn(published.addresses)) : NOTHING],
    ['since', moment(published.since)],
    ['heard', heardCell(silentMs(desk, line.id))],
  ] as const;
  return new Map(cells.map(([name, content]) => [`${line.id}.${name}`, content]));
}

const NOTHING = html`<span class="muted">–</span>`;

/** One row of the table of lines. */
export function lineRow(desk: Desk, record: LineRecord): Markup {
  const { line, standing } = record;
  const live = [...liveCells(desk, record)].map(
    ([key, content]) => html`<td data-live="${key}">${content}</td>`,
  );
  const name = html`<a href="/lines/${line.id}">${line.domain ?? line.id}</a>`;
  return html`<tr><th scope="row">${name}${line.domain !== null && html` <span class="muted">${line.id}</span>`}${line.suspended && html` <span class="tag">suspended</span>`}</th>${live}<td class="agent">${standing.agent ?? NOTHING}</td></tr>
`;
}

function addressCell(addresses: readonly string[]): Markup {
  return html`${addresses.map((address) => html`<span class="address">${address}</span> `)}`;
}

/** Signals come every few seconds: a figure that counts each of them would only distract. */
function heardCell(ms: number | null): Markup {
  if (ms === null) return NOTHING;
  return ms < HEARD_NOW_MS ? html`just now` : html`${roughly(ms < 60_000 ? ms - (ms % 15_000) : ms)} ago`;
}
