import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { htmlSanitiser } from '../../../gateway-server/answering/io/sanitise.ts';
import { hasChromium, PHONE, Porch, picture } from '../../support/browser/porch.ts';
import { XSS_VECTORS } from '../../support/xss-vectors.ts';

/** What people with assistive technology could not use, as axe names it. */
async function seriousIn(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => Reflect.get(globalThis, 'axe').run());
  const found: readonly { id: string; impact: string; nodes: readonly { html: string }[] }[] = violations;
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}

/** How much wider the page is than its window. */
function overflow(page: Page): Promise<number> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = Reflect.get(globalThis, 'document').documentElement;
    return scrollWidth - clientWidth;
  });
}

const LONG = 'the-longest-name-of-a-line-is-32';
/** The owner's own HTML is the owner's matter. */
const VISITORS = ['/', '/somewhere/else'];
const OWNERS = [
  '/',
  '/messages',
  '/messages/1',
  '/page',
  '/page?tab=html',
  '/files',
  '/account',
  '/password',
];
const OPERATORS = [
  ...['/', '/lines', '/lines?state=unknown&sort=since', `/lines/${LONG}`, '/lines/nobody', '/add', '/import'],
  ...['/backups', '/announcements', '/audit', '/accounts', '/keys', '/password'],
];

async function troublesAt(page: Page, path: string): Promise<string[]> {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto(new URL(path, page.url()).href);
  const name = `${new URL(page.url()).host} ${path}`;
  const troubles: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    troubles.push(...(await seriousIn(page)).map((trouble) => `${name}, ${colorScheme}: ${trouble}`));
    await picture(page, `phone-${colorScheme}-${name.replaceAll(/[^\w]+/g, '-')}`);
  }
  const tooWide = await overflow(page);
  return tooWide > 0 ? [...troubles, `${name} is ${tooWide} px too wide`] : troubles;
}

/** What the page's own origin answers at the path. */
function textAt(page: Page, path: string): Promise<string> {
  return page.evaluate(async (where) => (await fetch(where)).text(), path);
}

describe.skipIf(!hasChromium)('people before a browser', () => {
  let porch: Porch;
  beforeAll(async () => {
    porch = await Porch.open();
  });
  afterAll(() => porch?.end());

  async function owner(viewport?: { width: number; height: number }, bypassCSP?: boolean) {
    const { url } = await porch.command('line', 'portal', 'alice');
    return porch.enter(await porch.person(viewport, bypassCSP), url);
  }

  test('a visitor leaves a text and a voice, and the owner reads it, hears it, deletes it and takes it back', async () => {
    const visitor = await (await porch.person()).newPage();
    await visitor.goto(porch.visitorUrl);
    await visitor.getByLabel('Message').fill('The parcel is at my place.');
    await visitor.getByText('Or say it').click();
    await visitor.getByRole('button', { name: 'Record my voice' }).click();
    await visitor.waitForTimeout(2_500);
    await visitor.getByRole('button', { name: 'Stop' }).click();
    await visitor.getByRole('button', { name: 'Discard' }).waitFor();
    await picture(visitor, 'visitor-recorded');
    await visitor.getByRole('button', { name: 'Leave a message' }).click();
    await visitor.getByText('Your message is kept').waitFor();

    const page = await owner();
    await page
      .getByRole('link', { name: /Messages/ })
      .first()
      .click();
    await page.getByText('The parcel is at my place.').first().click();
    const sound = page.locator('audio').first();
    await sound.waitFor();
    const state = () => sound.evaluate((element) => Reflect.get(element, 'readyState'));
    await sound.evaluate((element) => Reflect.get(element, 'load').call(element));
    await expect.poll(state, { timeout: 10_000 }).toBeGreaterThan(0);
    await picture(page, 'portal-message');
    await page
      .getByRole('button', { name: /Delete/ })
      .first()
      .click();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('The parcel is at my place.').first().waitFor();
  });

  test('the owner writes HTML, and a visitor gets what the preview showed, without its script', async () => {
    const page = await owner();
    const alarms: string[] = [];
    page.on('dialog', (dialog) => {
      alarms.push(dialog.message());
      dialog.dismiss().catch(() => undefined);
    });
    await page.goto(new URL('/page?tab=html', page.url()).href);
    await page.locator('.cm-content').click();
    await page.keyboard.insertText(
      '<h1>Gone fishing</h1><img src=x onerror=alert(1)><script>alert(2)</script>',
    );
    await page.getByRole('button', { name: 'Keep page' }).click();
    await page.waitForURL(/done=/);
    await picture(page, 'portal-page-html');
    const preview = await textAt(page, '/page/preview/inner');
    const visitor = await (await porch.person()).newPage();
    visitor.on('dialog', (dialog) => {
      alarms.push(dialog.message());
      dialog.dismiss().catch(() => undefined);
    });
    await visitor.goto(porch.visitorUrl);
    await visitor.frameLocator('iframe').getByText('Gone fishing').waitFor();
    await picture(visitor, 'visitor-html');
    const shown = await textAt(visitor, '/.porchlight/page');
    expect(shown).toBe(preview);
    expect([shown.includes('alert'), alarms]).toEqual([false, []]);
  });

  test('nothing on the pages shuts anybody out, by day and by night, and nothing is wider than a phone', async () => {
    await porch.command('line', 'add', LONG);
    const visitor = await (await porch.person(PHONE, true)).newPage();
    await visitor.goto(porch.visitorUrl);
    const { url: adminLink } = await porch.command('account', 'add', 'rosa', '--role', 'admin');
    const desk = await porch.enter(await porch.person(PHONE, true), adminLink);
    const stranger = await (await porch.person(PHONE, true)).newPage();
    await stranger.goto(new URL('/log-in', desk.url()).href);
    const pages: [Page, readonly string[]][] = [
      [visitor, VISITORS],
      [await owner(PHONE, true), OWNERS],
      [desk, OPERATORS],
      [stranger, ['/log-in', '/enter/nobody']],
    ];
    const troubles: string[] = [];
    for (const [page, paths] of pages)
      for (const path of paths) troubles.push(...(await troublesAt(page, path)));
    expect(troubles).toEqual([]);
  });

  test('no known trick runs anything, even where no policy forbids it; and many would without the sanitiser', async () => {
    const sanitiser = htmlSanitiser();
    const page = await (await porch.browser.newContext()).newPage();
    const rung = { raw: 0, clean: [] as string[] };
    let vector = '';
    let isClean = false;
    const ring = () => {
      if (isClean) rung.clean.push(vector);
      else rung.raw += 1;
    };
    await page.exposeFunction('hit', ring);
    page.on('dialog', (dialog) => dialog.dismiss().catch(() => undefined));
    page.on('request', (request) => {
      if (isClean && request.url().includes('evil.test')) ring();
    });
    await page.route('**/*', (route) => route.abort());
    for (isClean of [false, true]) {
      for (vector of XSS_VECTORS) {
        await page
          .setContent(isClean ? sanitiser.clean(vector).html : vector, { timeout: 5_000 })
          .catch(() => undefined);
        await page.waitForTimeout(20);
      }
    }
    expect(rung.raw).toBeGreaterThan(15);
    expect(rung.clean).toEqual([]);
  });
});
