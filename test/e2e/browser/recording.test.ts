import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasChromium, Porch } from '../../support/browser/porch.ts';

describe.skipIf(!hasChromium)('a visitor who records', () => {
  let porch: Porch;
  beforeAll(async () => {
    porch = await Porch.open();
  });
  afterAll(() => porch?.end());

  async function formOf() {
    const page = await (await porch.person()).newPage();
    await page.goto(porch.visitorUrl);
    await page.getByLabel('Message').fill('Listen.');
    await page.getByText('Or say it').click();
    await page.getByRole('button', { name: 'Record my voice' }).waitFor();
    return page;
  }

  test('and sends the form while still speaking takes along what was said', async () => {
    const page = await formOf();
    await page.getByRole('button', { name: 'Record my voice' }).click();
    await page.getByText('0:02 / 3:00').waitFor();
    await page.getByRole('button', { name: 'Leave a message' }).click();
    await page.getByText('Your message is kept').waitFor();
    const { url } = await porch.command('line', 'portal', 'alice');
    const owner = await porch.enter(await porch.person(), url);
    const messages = owner.getByRole('link', { name: /Messages/ });
    await messages.first().click();
    await owner.getByText('Listen.').first().click();
    expect(await owner.locator('audio').first().getAttribute('src')).toMatch(/^\//);
  });

  test('is told in our words when the browser gives no microphone, and may try again', async () => {
    const page = await formOf();
    await page.evaluate(() => {
      const devices = Reflect.get(Reflect.get(globalThis, 'navigator'), 'mediaDevices');
      devices.getUserMedia = () => Promise.reject(new Error('odd words'));
    });
    await page.getByRole('button', { name: 'Record my voice' }).click();
    await page.getByText('No recording: the browser let no microphone').waitFor();
    expect(await page.getByRole('button', { name: 'Record my voice' }).isVisible()).toBe(true);
  });

  test('asks for one microphone though the button is pressed twice', async () => {
    const page = await formOf();
    const asked = await page.evaluate(async () => {
      const devices = Reflect.get(Reflect.get(globalThis, 'navigator'), 'mediaDevices');
      let count = 0;
      devices.getUserMedia = () => {
        count += 1;
        return new Promise(() => undefined);
      };
      const buttons = [...Reflect.get(globalThis, 'document').querySelectorAll('.recorder button')];
      for (const _press of [1, 2]) buttons[0].click();
      return count;
    });
    expect(asked).toBe(1);
  });
});
