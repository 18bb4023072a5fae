import { mkdirSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM, hasChromium, launch } from '../../support/browser/porch.ts';
import { type LuciRouter, luciPage } from '../../support/openwrt/luci.ts';

const NOW = Date.UTC(2026, 10, 22, 20, 51, 46);
const PICTURES = new URL('../../artifacts/', import.meta.url).pathname;

const LIVE = {
  version: '0.1.0',
  line: 'alice',
  domain: 'alice.mwebpages.test',
  gateway: 'mqtts://gateway.example:8883',
  state: 'live',
  since: NOW,
  addresses: { ipv4: '198.51.100.7', ipv6: '2001:db8:100::7' },
  lease: null,
  queue: null,
  lastLive: NOW,
  serial: 9,
  nextAttemptAt: null,
  lastFailure: null,
  away: {
    lastLogOn: NOW,
    offlineForMs: 60_000,
    offlineReason: 'silent',
    hits: 3,
    messages: 2,
    portal: 'https://portal.mwebpages.test/enter#x',
  },
  announcements: [{ id: 'a', at: NOW, text: 'Maintenance on Sunday <img src=x onerror=alert(1)>' }],
  events: [],
};
const FAILED = {
  ...LIVE,
  state: 'refused',
  lastLive: null,
  nextAttemptAt: NOW + 60_000,
  away: { ...LIVE.away, messages: 1, portal: 'javascript:alert(1)' },
  lastFailure: { at: NOW, what: 'the secret is wrong', advice: 'Ask your provider for a new one.' },
};

describe.runIf(hasChromium)("LuCI's page of the agent", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch(CHROMIUM);
  });
  afterAll(() => browser.close());

  async function shown(router: Partial<LuciRouter>, width = 1280) {
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await page.setContent(luciPage({ isRunning: true, status: LIVE, obeys: true, ...router }));
    await page.waitForSelector('#porchlight-status td');
    const rows = async () =>
      Object.fromEntries(
        (await page.locator('#porchlight-status tr').allInnerTexts()).map((row) =>
          row.split('\t').map((cell) => cell.trim()),
        ),
      );
    const calls = () => page.evaluate(() => (globalThis as unknown as { calls: string[] }).calls);
    return { page, rows, calls, errors };
  }

  test('shows state, addresses, announcements and waiting messages with the way to them', async () => {
    const { page, rows, errors } = await shown({});
    expect(await rows()).toMatchObject({
      State: 'live',
      Name: 'alice.mwebpages.test',
      Addresses: '198.51.100.7, 2001:db8:100::7',
      'While you were away': '2 messages wait for you. Read them on your page',
      'Your provider says': 'Maintenance on Sunday <img src=x onerror=alert(1)>',
    });
    expect(await page.getByRole('link').getAttribute('href')).toBe(LIVE.away.portal);
    expect(await page.locator('img').count()).toBe(0);
    expect(errors).toEqual([]);
  });

  test('tells why the last update failed, what to do, and when the next one is', async () => {
    const { page, rows } = await shown({ status: FAILED });
    const told = await rows();
    expect(told).toMatchObject({
      State: 'refused by the gateway',
      'What to do': 'Ask your provider for a new one.',
    });
    expect(told['Last failure']).toContain('the secret is wrong (');
    expect(told['Next update']).toContain('2026');
    // a portal that is no address of the web is no link
    expect(await page.getByRole('link').count()).toBe(0);
    expect(told['While you were away']).toBe('1 message waits for you');
  });

  test('starts and stops the agent, and shows at once what came of it', async () => {
    const { page, rows, calls } = await shown({});
    await page.getByRole('button', { name: 'Stop' }).click();
    await expect.poll(async () => (await rows())['State']).toContain('not running');
    await page.getByRole('button', { name: 'Start' }).click();
    await expect.poll(async () => (await rows())['State']).toBe('live');
    const asked = (await calls()).filter((call) => call.startsWith('luci'));
    expect(asked).toEqual(['luci setInitAction porchlight stop', 'luci setInitAction porchlight start']);
  });

  test('says so when the agent could not be started', async () => {
    const { page } = await shown({ isRunning: false, status: null, obeys: false });
    await page.getByRole('button', { name: 'Start' }).click();
    expect(await page.getByRole('alert').textContent()).toContain('could not be told to start');
  });

  test('follows by itself, and bears a router that has written nothing', async () => {
    const { page, rows } = await shown({ isRunning: false, status: null });
    expect(await rows()).toEqual({ State: 'not running' });
    await page.evaluate((status) => {
      const all = globalThis as unknown as {
        router: { isRunning: boolean; status: object };
        pollNow: () => Promise<void>;
      };
      Object.assign(all.router, { isRunning: true, status });
      return all.pollNow();
    }, LIVE);
    expect((await rows())['State']).toBe('live');
  });

  test('refuses a gateway that is none, in the settings', async () => {
    const { page } = await shown({});
    const verdicts = await page.evaluate(() => {
      type Shape = {
        sections: { options: { key: string; validate?: (id: string, value: string) => unknown }[] }[];
      };
      const { map } = globalThis as unknown as { map: Shape };
      const gateway = map.sections.flatMap(({ options }) => options).find(({ key }) => key === 'gateway');
      return ['mqtts://gw.example:8883', '', 'http://gw', 'mqtts://a b'].map((value) =>
        gateway?.validate?.('agent', value),
      );
    });
    expect(verdicts.map((verdict) => verdict === true)).toEqual([true, true, false, false]);
  });

  test.each([1280, 360])('fits a window of %i pixels', async (width) => {
    const { page } = await shown({}, width);
    const overflow = await page.evaluate<number>(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    expect(overflow).toBeLessThanOrEqual(0);
    mkdirSync(PICTURES, { recursive: true });
    await page.screenshot({
      path: `${PICTURES}luci-${width}.jpg`,
      type: 'jpeg',
      quality: 70,
      fullPage: true,
    });
  });
});
