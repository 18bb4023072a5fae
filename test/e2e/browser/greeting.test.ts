import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasChromium, Porch, picture } from '../../support/browser/porch.ts';

const SECONDS = { voice: 6, video: 4 };

describe.skipIf(!hasChromium)('an owner who records a greeting', () => {
  let porch: Porch;
  let owner: Page;
  beforeAll(async () => {
    porch = await Porch.open();
    const { url } = await porch.command('line', 'portal', 'alice');
    owner = await porch.enter(await porch.person(), url);
  });
  afterAll(() => porch?.end());

  async function record(button: string, seconds: number): Promise<void> {
    await owner.goto(new URL('/files', owner.url()).href);
    await owner.getByRole('button', { name: button }).click();
    await owner.getByText(`0:0${seconds} /`).waitFor();
    await owner.getByRole('button', { name: 'Stop' }).click();
    await owner.getByRole('button', { name: 'Discard the recording' }).waitFor();
    await owner.getByRole('button', { name: 'Keep greeting' }).click();
    await owner.waitForURL(/done=/);
  }

  /** Plays what is on the page, seeks, and tells where it stood; and which parts were asked for. */
  async function listened(element: 'audio' | 'video', seekTo: number) {
    const visitor = await (await porch.person()).newPage();
    const answers: number[] = [];
    visitor.on('response', (response) => {
      if (response.url().includes('/.porchlight/file/')) answers.push(response.status());
    });
    await visitor.goto(porch.visitorUrl);
    const player = visitor.locator(`.greeting ${element}`);
    await player.evaluate((media, at) => {
      const [set, play] = [Reflect.set, Reflect.get(media, 'play')];
      set(media, 'muted', true);
      return play.call(media).then(() => set(media, 'currentTime', at));
    }, seekTo);
    const place = () => player.evaluate((media) => Number(Reflect.get(media, 'currentTime')));
    await expect.poll(place, { timeout: 10_000 }).toBeGreaterThan(seekTo + 0.2);
    const isSeeking = await player.evaluate((media) => Reflect.get(media, 'seeking'));
    await picture(visitor, `visitor-greeting-${element}`);
    return { place: await place(), isSeeking, answers };
  }

  test('by voice is heard on the page, from where the visitor seeks to', async () => {
    await record('Record your voice', SECONDS.voice);
    const { place, isSeeking, answers } = await listened('audio', 4);
    expect([isSeeking, place < SECONDS.voice + 2]).toEqual([false, true]);
    expect(answers[0]).toBe(206);
    await picture(owner, 'portal-greeting');
  });

  test('by camera is seen in its place, and the voice is gone', async () => {
    await record('Record a video', SECONDS.video);
    const { isSeeking, answers } = await listened('video', 2);
    expect([isSeeking, answers[0]]).toEqual([false, 206]);
    const visitor = await (await porch.person()).newPage();
    await visitor.goto(porch.visitorUrl);
    expect(await visitor.locator('.greeting audio').count()).toBe(0);
  });
});
