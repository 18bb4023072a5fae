import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasChromium, PHONE, Porch } from '../../support/browser/porch.ts';

const MOST_STEPS = 60;

/** What has the focus, by the words that a screen reader would say. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const document = Reflect.get(globalThis, 'document');
    const { activeElement: element } = document;
    const label =
      element.labels?.[0]?.textContent ?? element.getAttribute('aria-label') ?? element.textContent;
    return String(label ?? '')
      .replace(/\s+/g, ' ')
      .trim();
  });
}

/** Whether the browser draws something around what has the focus. */
function isSeen(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const element = Reflect.get(globalThis, 'document').activeElement;
    const { outlineStyle, outlineWidth, boxShadow } = Reflect.get(globalThis, 'getComputedStyle')(element);
    return (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none';
  });
}

/** Presses Tab until the thing of this name has the focus. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  const passed: string[] = [];
  for (let step = 0; step < MOST_STEPS; step++) {
    await page.keyboard.press('Tab');
    const here = await focused(page);
    if (name.test(here)) {
      expect(await isSeen(page), `${here} shows that it has the focus`).toBe(true);
      return;
    }
    passed.push(here);
  }
  throw new Error(`no ${name} among ${passed.join(' | ')}`);
}

describe.skipIf(!hasChromium)('with the keyboard alone', () => {
  let porch: Porch;
  beforeAll(async () => {
    porch = await Porch.open();
  });
  afterAll(() => porch?.end());

  async function come(link: unknown): Promise<Page> {
    const page = await (await porch.person(PHONE)).newPage();
    await page.goto(String(link));
    await tabTo(page, /^Come in$/);
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => !url.pathname.startsWith('/enter'));
    return page;
  }

  test('a visitor leaves a message, and its owner comes in, reads it, deletes it and writes a page', async () => {
    const visitor = await (await porch.person(PHONE)).newPage();
    await visitor.goto(porch.visitorUrl);
    await tabTo(visitor, /^Your name/);
    await visitor.keyboard.type('Vera');
    await tabTo(visitor, /^Message/);
    await visitor.keyboard.type('Call me, please.');
    // people write slower than robots
    await visitor.waitForTimeout(2_000);
    await tabTo(visitor, /^Leave a message$/);
    await visitor.keyboard.press('Enter');
    await visitor.getByText('Your message is kept').waitFor();

    const { url } = await porch.command('line', 'portal', 'alice');
    const owner = await come(url);
    await tabTo(owner, /^Messages/);
    await owner.keyboard.press('Enter');
    await owner.waitForURL(/\/messages/);
    await tabTo(owner, /Call me, please\./);
    await owner.keyboard.press('Enter');
    await owner.waitForURL(/\/messages\/1/);
    await tabTo(owner, /^Delete/);
    await owner.keyboard.press('Enter');
    await owner.getByRole('button', { name: 'Undo' }).waitFor();
    await tabTo(owner, /^Page$/);
    await owner.keyboard.press('Enter');
    await owner.waitForURL(/\/page/);
    await tabTo(owner, /^Your words/);
    await owner.keyboard.press('Control+A');
    await owner.keyboard.type('Written without a mouse.');
    await tabTo(owner, /^Keep page$/);
    await owner.keyboard.press('Enter');
    await owner.waitForURL(/done=page-kept/);
    await visitor.goto(porch.visitorUrl);
    await visitor.getByText('Written without a mouse.').waitFor();
  });

  test('an operator finds a line, opens it and suspends it', async () => {
    const { url } = await porch.command('account', 'add', 'rosa', '--role', 'admin');
    const desk = await come(url);
    await tabTo(desk, /^Not now$/);
    await desk.keyboard.press('Enter');
    await desk.waitForURL((address) => address.pathname === '/');
    await tabTo(desk, /^Lines$/);
    await desk.keyboard.press('Enter');
    await desk.waitForURL(/\/lines/);
    await desk.keyboard.type('alice');
    await desk.keyboard.press('Enter');
    await desk.waitForURL(/q=alice/);
    await tabTo(desk, /^alice\./);
    await desk.keyboard.press('Enter');
    await desk.waitForURL(/\/lines\/alice/);
    await tabTo(desk, /^Suspend/);
    await desk.keyboard.press('Enter');
    await desk
      .getByText(/suspended/i)
      .first()
      .waitFor();
  });
});
