import { html, type Markup } from '../answering/html.ts';
import { lineCounts } from '../operator/line-counts.ts';
import { mayDo } from '../web/account.ts';
import { type Route, seeOther, type WebReply } from '../web/route.ts';
import type { ConsoleParts } from './console-parts.ts';
import { LIVE, liveReply } from './live-reply.ts';
import { type Cells, Followers } from './live-rows.ts';
import { noticeOf } from './notices.ts';
import { buttonForm, consolePage, operatorRoute, type Visit } from './operator-route.ts';
import { moment, numberText } from './page/moment.ts';
import { lagText, overviewPage, SPANS } from './page/overview-page.ts';
import { condensed } from './samples.ts';

const MOST_POINTS = 240;
const FIGURES_KEPT_MS = 900;

/** The first page: figures now, charts, and what needs a person. */
export function overviewRoutes(parts: ConsoleParts): readonly Route[] {
  const followers = new Followers();
  const figures = new Figures(parts);
  return [
    operatorRoute({ method: 'GET', path: '/', for: 'viewer' }, (visit) => overview(parts, figures, visit)),
    operatorRoute({ ...LIVE, path: '/live/overview' }, (visit) => {
      const { clock, house } = parts.desk;
      return liveReply({ followers, doorkeeper: house.doorkeeper, clock, look: () => figures.now() }, visit);
    }),
    operatorRoute({ method: 'POST', path: '/brake/release', for: 'keeper' }, async ({ actor }) => {
      await parts.commands.carryOut(actor, { command: 'brake release', args: {} });
      return seeOther('/?done=brake-released');
    }),
  ];
}

async function overview(parts: ConsoleParts, figures: Figures, visit: Visit): Promise<WebReply> {
  const { desk, samples, look } = parts;
  const { query } = visit.request;
  const span = SPANS.find(({ name }) => name === query.get('span')) ?? SPANS[1];
  const now = desk.clock.now();
  const taken = condensed(await samples.since(now - span.ms), MOST_POINTS);
  const warnings = html`${noticeOf(query)}${warningsOf(parts, visit)}`;
  const content = overviewPage({ figures: await figures.now(), span, samples: taken, now, warnings });
  return consolePage(look, visit, { title: 'Overview', current: '/', content });
}

function warningsOf({ desk: { registry, service } }: ConsoleParts, visit: Visit): Markup {
  const probe = service?.probeProblem() ?? null;
  const release = mayDo(visit.role, 'keeper') && buttonForm(visit, '/brake/release', 'Release the brake');
  return html`${registry.brake.isOn && html`<div class="notice bad" role="alert"><p>The brake is on: so many lines fell silent at once that nobody is declared off-line.</p>${release}</div>`}${probe !== null && html`<div class="notice bad" role="alert"><p>Pings are not possible now: ${probe}</p></div>`}${service?.isHalted() === true && html`<div class="notice" role="status"><p>A batch enters the zone; the backups answer meanwhile.</p></div>`}`;
}

/** The figures of now, counted once a second however many look. */
class Figures {
  readonly #parts: ConsoleParts;
  #kept: { readonly at: number; readonly cells: Promise<Cells> } | null = null;

  constructor(parts: ConsoleParts) {
    this.#parts = parts;
  }

  now(): Promise<Cells> {
    const at = this.#parts.desk.clock.elapsed();
    if (this.#kept === null || at - this.#kept.at > FIGURES_KEPT_MS)
      this.#kept = { at, cells: this.#count() };
    return this.#kept.cells;
  }

  async #count(): Promise<Cells> {
    const { registry, service } = this.#parts.desk;
    const { live, queued, suspect, offline, unknown } = await lineCounts(
      registry,
      service?.othersTurn ?? (async () => undefined),
    );
    const { last, lastMs } = registry.batches;
    const secondaries = service?.secondaries() ?? [];
    const behind = secondaries.filter(({ lagMs }) => lagMs !== 0);
    const [worst] = behind.toSorted((a, b) => (b.lagMs ?? Number.MAX_VALUE) - (a.lagMs ?? Number.MAX_VALUE));
    return new Map([
      ['Live', html`${figure('live', live)}<small>of ${numberText(registry.book.size)} lines</small>`],
      ['Off-line', html`${figure('offline', offline)}<small>${numberText(unknown)} never heard</small>`],
      ['Suspect', html`${figure('suspect', suspect)}<small>${numberText(queued)} queued</small>`],
      [
        'Last batch',
        last
          ? html`${numberText(last.size)} ${last.size === 1 ? 'update' : 'updates'}<small>${moment(last.at)}${lastMs !== null && html`, ${Math.round(lastMs * 10) / 10} ms`}</small>`
          : html`none yet`,
      ],
      ['Waiting', html`${numberText(registry.queue.size)}<small>serial ${registry.zone.serial}</small>`],
      [
        'Secondaries',
        html`${secondaries.length === 0 ? 'none' : `${secondaries.length - behind.length} of ${secondaries.length}`}<small>${worst ? `${worst.address}: ${lagText(worst.lagMs)}` : secondaries.length > 0 && 'all in step'}</small>`,
      ],
    ]);
  }
}

/** A number with the colour and the shape of its state; the word stands above it. */
function figure(state: 'live' | 'offline' | 'suspect', count: number): Markup {
  return html`<span class="pill ${state}">${numberText(count)}</span>`;
}
