import { describe, expect, test } from 'vitest';
import { MOST_HTML_BYTES, NO_PAGE } from '../../../../gateway-server/subscriber/shelf.ts';
import { brokenAfter, bytes, gathered, KeepingLab } from '../../../support/keeping-lab.ts';
import { ALICE, BOB } from '../../../support/stored-lines.ts';

const NEVER = new AbortController().signal;
const file = (count: number, name = 'menu.pdf') => ({
  ...({ role: 'file', name, mediaType: 'application/pdf', source: bytes(count) } as const),
});

describe('the owner’s page', () => {
  test('is there after a restart, part by part as it was changed', async () => {
    const lab = await KeepingLab.open({ quotaBytes: 10_000 });
    expect(lab.shelf.page(ALICE)).toEqual(NO_PAGE);
    expect(await lab.shelf.keepPage(ALICE, { kind: 'html', html: '<h1>Hello</h1>' })).toBe('kept');
    await lab.shelf.keepPage(ALICE, { status: 200, showsCopy: true });
    await lab.shelf.keepPage(BOB, { takenDown: 'a complaint' });
    await lab.reopen();
    const changedAt = lab.clock.now();
    expect(lab.shelf.page(ALICE)).toEqual({
      ...{ kind: 'html', html: '<h1>Hello</h1>', status: 200, showsCopy: true, takenDown: null, changedAt },
    });
    expect(lab.shelf.page(BOB).takenDown).toBe('a complaint');
  });

  test('is refused when it is longer than a page may be, or than there is room', async () => {
    const lab = await KeepingLab.open({ quotaBytes: 10 * MOST_HTML_BYTES });
    expect(await lab.shelf.keepPage(ALICE, { html: 'ä'.repeat(MOST_HTML_BYTES / 2 + 1) })).toBe('too-large');
    lab.quotaBytes = 100;
    expect(await lab.shelf.keepPage(ALICE, { html: 'x'.repeat(51) })).toBe('too-large');
    expect(await lab.shelf.keepPage(ALICE, { html: 'x'.repeat(50) })).toBe('kept');
  });
});

test('two changes at once are both kept: an owner who writes does not undo a take-down', async () => {
  const lab = await KeepingLab.open();
  const changes = [{ takenDown: 'a complaint' }, { html: '<p>hello' }, { status: 200 }] as const;
  await Promise.all(changes.map((change) => lab.shelf.keepPage(ALICE, change)));
  const expected = { takenDown: 'a complaint', html: '<p>hello', status: 200 };
  expect(lab.shelf.page(ALICE)).toMatchObject(expected);
  await lab.reopen();
  expect(lab.shelf.page(ALICE)).toMatchObject(expected);
});

describe('offers', () => {
  test('are listed newest first with plain names, and read by ranges', async () => {
    const lab = await KeepingLab.open();
    await lab.shelf.put(ALICE, file(100, '../../etc/pass\u0000wd'));
    await lab.clock.advance(1_000);
    await lab.shelf.put(ALICE, { ...file(50, '..'), mediaType: 'image/png; x=y' });
    await lab.reopen();
    const [newest, oldest] = lab.shelf.offers(ALICE);
    expect([newest, oldest]).toMatchObject([
      { name: 'file', mediaType: 'image/png', bytes: 50 },
      { name: 'passwd', mediaType: 'application/octet-stream', bytes: 100 },
    ]);
    if (!newest) throw new Error('no offer');
    expect((await gathered(await lab.shelf.read(newest, { first: 0, last: 9 }, NEVER)))?.length).toBe(10);
    expect(lab.shelf.offer(BOB, newest.id)).toBeUndefined();
  });

  test('a new greeting takes the place of the old one, and only when it is there', async () => {
    const lab = await KeepingLab.open();
    const greeting = (source: AsyncIterable<Uint8Array>) =>
      lab.shelf.put(ALICE, { role: 'greeting', name: 'hello', mediaType: 'audio/webm', source });
    await greeting(bytes(400));
    expect((await greeting(brokenAfter(100))).kind).toBe('broken-off');
    expect(lab.shelf.offers(ALICE)).toMatchObject([{ bytes: 400 }]);
    // there is room for one of this size, not for both
    expect((await greeting(bytes(450))).kind).toBe('kept');
    await lab.reopen();
    expect(lab.shelf.offers(ALICE)).toMatchObject([{ bytes: 450 }]);
  });

  test('stop at the owner’s half of the quota, messages or not', async () => {
    const lab = await KeepingLab.open();
    await lab.shelf.keepPage(ALICE, { html: 'x'.repeat(100) });
    expect(await lab.shelf.put(ALICE, file(401))).toEqual({ kind: 'too-large', roomBytes: 400 });
    expect((await lab.shelf.put(ALICE, file(400))).kind).toBe('kept');
    expect(await lab.shelf.usage(ALICE)).toEqual({
      offered: 500,
      messages: 0,
      mostOffered: 500,
      mostMessages: 500,
    });
    expect(
      (await lab.mailbox.takeIn(ALICE, { kind: 'voice', mediaType: 'audio/ogg', source: bytes(500) })).kind,
    ).toBe('taken-in');
  });

  test('uploads at the same time do not exceed it together', async () => {
    const lab = await KeepingLab.open();
    const results = await Promise.all([1, 2, 3].map(() => lab.shelf.put(ALICE, file(300))));
    expect(results.filter(({ kind }) => kind === 'kept')).toHaveLength(1);
  });

  test('two greetings at once leave one, with one file', async () => {
    const lab = await KeepingLab.open();
    const greeting = (name: string) => ({ ...file(100, name), role: 'greeting' }) as const;
    await Promise.all(['one', 'two'].map((name) => lab.shelf.put(ALICE, greeting(name))));
    expect(lab.shelf.offers(ALICE)).toHaveLength(1);
    expect((await lab.shelf.usage(ALICE)).offered).toBe(100);
    await lab.reopen();
    expect(lab.shelf.offers(ALICE)).toHaveLength(1);
  });

  test('that come side by side each take only what they need', async () => {
    const lab = await KeepingLab.open();
    const results = await Promise.all([1, 2, 3].map(() => lab.shelf.put(ALICE, file(150))));
    expect(results.map(({ kind }) => kind)).toEqual(['kept', 'kept', 'kept']);
  });

  test('have names that any header can carry, however long and odd they came', async () => {
    const lab = await KeepingLab.open();
    for (const name of [`${'a'.repeat(119)}🚪🚪`, '\ud83d', `x\udeaa.png`]) {
      const kept = await lab.shelf.put(ALICE, file(1, name));
      expect(() => encodeURIComponent(kept.kind === 'kept' ? kept.offer.name : '\ud83d')).not.toThrow();
    }
  });

  test('are at most fifty, also when they come at once', async () => {
    const lab = await KeepingLab.open();
    await Promise.all(Array.from({ length: 55 }, () => lab.shelf.put(ALICE, file(1))));
    expect(lab.shelf.offers(ALICE)).toHaveLength(50);
    expect(await lab.shelf.put(ALICE, file(1))).toEqual({ kind: 'too-many' });
  });

  test('one that is removed is gone with its file', async () => {
    const lab = await KeepingLab.open();
    const kept = await lab.shelf.put(ALICE, file(10));
    if (kept.kind !== 'kept') throw new Error(kept.kind);
    await lab.shelf.remove(BOB, kept.offer.id);
    expect(lab.shelf.offers(ALICE)).toHaveLength(1);
    await lab.shelf.remove(ALICE, kept.offer.id);
    expect([lab.shelf.offers(ALICE), await lab.shelf.read(kept.offer, null, NEVER)]).toEqual([[], undefined]);
  });
});
