import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasChromium, Porch, picture } from '../../support/browser/porch.ts';

describe.skipIf(!hasChromium)('an operator before the console', () => {
  let porch: Porch;
  let desk: Page;
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-console-'));
  const to = (path: string) => desk.goto(new URL(path, desk.url()).href);

  beforeAll(async () => {
    porch = await Porch.open();
    const { url } = await porch.command('account', 'add', 'rosa', '--role', 'admin');
    desk = await porch.enter(await porch.person(), url);
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await porch?.end();
  });

  test('imports lines from a table: wrong rows are told by their number, right ones set up together', async () => {
    const file = join(folder, 'lines.csv');
    const look = async (rows: string) => {
      writeFileSync(file, `id,domain,names,secret\n${rows}`);
      await to('/import');
      await desk.getByLabel('File').setInputFiles(file);
      await desk.getByRole('button', { name: 'Look through' }).click();
    };
    await look('carol,,,\nUPPER CASE,,,\nalice,,,\n');
    const told = desk.getByRole('alert');
    await told.waitFor();
    expect(await told.textContent()).toMatch(/2 rows need another look[\s\S]*row 3[\s\S]*row 4/i);
    await picture(desk, 'console-import-refused');
    await look('carol,,,\ndave,,www.dave.porch.localhost,\n');
    await desk.getByText('No problem found.').waitFor();
    await picture(desk, 'console-import-ready');
    const secrets = desk.waitForEvent('download');
    await desk.getByRole('button', { name: 'Import all' }).click();
    expect((await secrets).suggestedFilename()).toMatch(/\.csv$/);
    await to('/lines?q=dave');
    await desk.getByRole('link', { name: /^dave\./ }).waitFor();
    await look('carol,,,\n');
    expect(await desk.getByRole('alert').textContent()).toContain('carol');
  });

  test('watches a line come up and drop, in the list, on its page and in the overview, without a reload', async () => {
    await porch.command('line', 'add', 'bob');
    const open = async (path: string) => {
      const page = await desk.context().newPage();
      await page.goto(new URL(path, desk.url()).href);
      await page.evaluate(() => Reflect.set(globalThis, 'isFirstLoad', true));
      return page;
    };
    const [list, line, overview] = [await open('/lines?q=bob'), await open('/lines/bob'), await open('/')];
    const pill = (page: Page, state: string) => page.locator(`.pill.${state}`).first();
    await pill(list, 'unknown').waitFor();
    const agent = await porch.router('bob', '127.0.30.1');
    await pill(list, 'live').waitFor();
    await pill(line, 'live').waitFor();
    await picture(line, 'console-line-live');
    agent.signal('SIGKILL');
    await pill(list, 'offline').waitFor();
    await pill(line, 'offline').waitFor();
    await line.getByText('the gateway, which answers in its place').waitFor();
    await line.locator('.timeline').getByText('The name leads to the gateway').waitFor();
    await overview
      .getByText(/off-line/i)
      .first()
      .waitFor();
    await picture(line, 'console-line-dropped');
    await picture(overview, 'console-overview-dropped');
    for (const page of [list, line, overview]) {
      expect(await page.evaluate(() => Reflect.get(globalThis, 'isFirstLoad'))).toBe(true);
      await page.close();
    }
  });
});
