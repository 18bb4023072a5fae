import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { LatestPages } from '../../../../gateway-server/answering/latest-pages.ts';
import { OWNER_PLACES } from '../../../../gateway-server/answering/owner-content.ts';
import { type OffLinePage, offLinePage } from '../../../../gateway-server/answering/page/off-line-page.ts';
import { NO_PAGE, type Offer } from '../../../../gateway-server/subscriber/shelf.ts';
import { name, Street } from './street.ts';

const alice = pageOf('alice');
const FILE: Offer = {
  id: 'menu',
  line: alice.called.line,
  role: 'file',
  name: 'menu.pdf',
  mediaType: 'application/pdf',
  bytes: 1,
  at: 0,
};

function pageOf(id: string): OffLinePage {
  const called = new Street().off(id).called(name(`${id}.street.test`));
  if (called.kind !== 'off-line') throw new Error(`${id} is not off`);
  return {
    called,
    now: 0,
    leaveUrl: 'http://leave.street.test/',
    seal: 'first-seal',
    owner: { page: NO_PAGE, words: 'Back on Monday', offers: [], copiedAt: null, places: OWNER_PLACES },
    recorder: '/recorder.js',
    notifies: true,
    provider: 'Street Telecom',
  };
}

/** The latest pages, and for whom one had to be written. */
function latestPages() {
  const written: string[] = [];
  const latest = new LatestPages(randomBytes, (page) => {
    written.push(page.called.domain);
    return offLinePage(page);
  });
  return { latest, written };
}

test('a page is written once and shown with a seal of its own each time, in both of its forms', () => {
  const { latest, written } = latestPages();
  for (const seal of ['first-seal', 'second-seal']) {
    expect(latest.textOf({ ...alice, seal })).toBe(offLinePage({ ...alice, seal }));
  }
  expect(written).toEqual(['alice.street.test']);
});

test.each<[string, Partial<OffLinePage>]>([
  ['another of its names', { called: { ...alice.called, domain: name('shop.street.test') } }],
  ['another leave host', { leaveUrl: 'http://leave.street.test:8080/' }],
  ['another recorder', { recorder: '/newer.js' }],
  ['no more mail', { notifies: false }],
  ['another provider', { provider: 'Lane Telecom' }],
  ['new words', { owner: { ...alice.owner, words: 'Back on Tuesday' } }],
  ['a page of HTML', { owner: { ...alice.owner, page: { ...NO_PAGE, kind: 'html' } } }],
  ['a new file', { owner: { ...alice.owner, offers: [FILE] } }],
  ['a copy', { owner: { ...alice.owner, copiedAt: 86_400_000 } }],
  ['the time of its absence', { called: { ...alice.called, since: 0 } }],
])('%s shows at once', (_what, change) => {
  const { latest } = latestPages();
  latest.textOf(alice);
  expect(latest.textOf({ ...alice, ...change })).toBe(offLinePage({ ...alice, ...change }));
});

test('a page that leads to other places shows at once', () => {
  const { latest } = latestPages();
  const owner = { ...alice.owner, page: { ...NO_PAGE, kind: 'html' as const } };
  latest.textOf({ ...alice, owner });
  const elsewhere = { ...alice, owner: { ...owner, places: { ...OWNER_PLACES, page: '/elsewhere' } } };
  expect(latest.textOf(elsewhere)).toBe(offLinePage(elsewhere));
});

test('a page that says for how long the line has been quiet goes with the time', () => {
  const { latest } = latestPages();
  const quiet = { ...alice, called: { ...alice.called, since: 0 } };
  latest.textOf(quiet);
  const later = { ...quiet, now: 7_200_000 };
  expect(latest.textOf(later)).toBe(offLinePage(later));
});

test('the page that was written longest ago is forgotten when there are two thousand others', () => {
  const { latest, written } = latestPages();
  const others = Array.from({ length: 2_048 }, (_, n) => pageOf(`line-${n}`));
  for (const page of [alice, ...others]) latest.textOf(page);
  latest.textOf(others[0] ?? alice);
  expect(written).toHaveLength(2_049);
  latest.textOf(alice);
  expect(written).toHaveLength(2_050);
});
