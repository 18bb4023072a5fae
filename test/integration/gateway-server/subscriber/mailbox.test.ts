import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MOST_MESSAGES, type NewMessage, UNDO_MS } from '../../../../gateway-server/subscriber/mailbox.ts';
import { brokenAfter, bytes, gathered, KeepingLab } from '../../../support/keeping-lab.ts';
import { ALICE, ANSWERED, BOB } from '../../../support/stored-lines.ts';

const PAGE = { before: null, most: 50 };
const NEVER = new AbortController().signal;
const voice = (source: AsyncIterable<Uint8Array>) =>
  ({ kind: 'voice', mediaType: 'audio/webm;codecs=opus', source }) as const;

function message(change: Partial<NewMessage> = {}): NewMessage {
  return {
    line: ALICE,
    at: 12,
    name: 'Zoë',
    contact: '',
    text: 'call me\nplease',
    recording: null,
    ...change,
  };
}

/** A message with a recording of so many bytes, or what came in its way. */
async function leaveRecorded(lab: KeepingLab, count: number, line = ALICE) {
  const taken = await lab.mailbox.takeIn(line, voice(bytes(count)));
  if (taken.kind !== 'taken-in') return taken.kind;
  return lab.mailbox.keep(message({ line, recording: taken.recording }));
}

function filesIn(lab: KeepingLab): string[] {
  return readdirSync(join(lab.folder, 'content'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
}

describe('keeping messages', () => {
  test('a message is there after a restart, with its recording, and witnesses and standing are told', async () => {
    const lab = await KeepingLab.open();
    expect(await leaveRecorded(lab, 300)).toBe('kept');
    expect(lab.news).toEqual([{ kind: 'message', line: ALICE, at: 12, number: 1 }]);
    expect(lab.unread.get(ALICE)).toBe(1);
    await lab.reopen();
    const [kept] = await lab.mailbox.list(ALICE, PAGE);
    expect(kept).toMatchObject({
      ...message(),
      number: 1,
      recording: { kind: 'voice', mediaType: 'audio/webm', bytes: 300 },
      readAt: null,
      deletedAt: null,
    });
    expect(await gathered(kept && (await lab.mailbox.play(kept, { first: 10, last: 19 }, NEVER)))).toEqual(
      Buffer.alloc(10, 7),
    );
    expect(await lab.mailbox.count(ALICE)).toEqual({ all: 1, unread: 1, bytes: 300 });
  });

  test('the newest come first, page by page, and another line’s never', async () => {
    const lab = await KeepingLab.open();
    for (const text of ['one', 'two', 'three']) await lab.mailbox.keep(message({ text }));
    await lab.mailbox.keep(message({ line: BOB }));
    const first = await lab.mailbox.list(ALICE, { before: null, most: 2 });
    expect(first.map(({ text }) => text)).toEqual(['three', 'two']);
    const rest = await lab.mailbox.list(ALICE, { before: first.at(-1)?.number ?? 0, most: 2 });
    expect(rest.map(({ text }) => text)).toEqual(['one']);
    expect(await lab.mailbox.get(ALICE, 4)).toBeUndefined();
  });

  test('two hundred texts fit whatever the recordings hold, also when they come at once', async () => {
    const lab = await KeepingLab.open();
    expect(await leaveRecorded(lab, 500)).toBe('kept');
    const answers = await Promise.all(
      Array.from({ length: MOST_MESSAGES }, () => lab.mailbox.keep(message())),
    );
    expect(answers.filter((answer) => answer === 'kept')).toHaveLength(MOST_MESSAGES - 1);
    expect(answers.at(-1)).toBe('full');
    expect((await lab.mailbox.count(ALICE)).all).toBe(MOST_MESSAGES);
  });

  test('a message for a line that is not there is not kept, and nobody is told', async () => {
    const lab = await KeepingLab.open();
    expect(await lab.mailbox.keep(message({ line: 'nobody' as typeof ALICE }))).toBe('unavailable');
    expect([lab.news, await lab.mailbox.count('nobody' as typeof ALICE)]).toEqual([
      [],
      { all: 0, unread: 0, bytes: 0 },
    ]);
  });
});

describe('reading and deleting', () => {
  test('a message is read, and unread again; the standing follows', async () => {
    const lab = await KeepingLab.open();
    await lab.mailbox.keep(message());
    await Promise.all([lab.mailbox.markRead(ALICE, 1, true), lab.mailbox.markRead(ALICE, 1, true)]);
    expect([lab.unread.get(ALICE), (await lab.mailbox.get(ALICE, 1))?.readAt]).toEqual([0, lab.clock.now()]);
    await lab.mailbox.markRead(ALICE, 1, false);
    expect(lab.unread.get(ALICE)).toBe(1);
    await lab.mailbox.markRead(BOB, 1, true);
    expect(lab.unread.get(ALICE)).toBe(1);
  });

  test('a deleted message comes back within a day, and is gone with its recording afterwards', async () => {
    const lab = await KeepingLab.open();
    await leaveRecorded(lab, 300);
    await lab.mailbox.remove(ALICE, 1);
    expect([await lab.mailbox.list(ALICE, PAGE), lab.unread.get(ALICE)]).toEqual([[], 0]);
    expect(await lab.mailbox.count(ALICE)).toEqual({ all: 0, unread: 0, bytes: 0 });
    await lab.mailbox.restore(ALICE, 1);
    expect([(await lab.mailbox.list(ALICE, PAGE)).length, lab.unread.get(ALICE)]).toEqual([1, 1]);
    await lab.mailbox.remove(ALICE, 1);
    const stop = new AbortController();
    const tidying = lab.mailbox.keepTidy(stop.signal);
    await lab.clock.advance(UNDO_MS - 60_000);
    expect(filesIn(lab)).toHaveLength(1);
    await lab.clock.advance(20 * 60_000);
    await expect.poll(() => filesIn(lab)).toEqual([]);
    stop.abort();
    await tidying;
    await lab.mailbox.restore(ALICE, 1);
    expect(await lab.mailbox.count(ALICE)).toEqual({ all: 0, unread: 0, bytes: 0 });
  });

  test('what is deleted makes way for a new recording at once', async () => {
    const lab = await KeepingLab.open();
    await leaveRecorded(lab, 500);
    expect(await leaveRecorded(lab, 100)).toBe('too-large');
    await lab.mailbox.remove(ALICE, 1);
    expect(await leaveRecorded(lab, 500)).toBe('kept');
    expect(filesIn(lab)).toHaveLength(1);
  });

  test('what is deleted stays where a new recording fits beside it', async () => {
    const lab = await KeepingLab.open();
    await leaveRecorded(lab, 300);
    await lab.mailbox.keep(message());
    await lab.mailbox.remove(ALICE, 1);
    await lab.mailbox.remove(ALICE, 2);
    expect(await leaveRecorded(lab, 200)).toBe('kept');
    await lab.mailbox.restore(ALICE, 1);
    await lab.mailbox.restore(ALICE, 2);
    expect(await lab.mailbox.count(ALICE)).toEqual({ all: 3, unread: 3, bytes: 500 });
  });

  test('the number of a message that is gone is not given again', async () => {
    const lab = await KeepingLab.open();
    await leaveRecorded(lab, 500);
    await lab.mailbox.remove(ALICE, 1);
    await leaveRecorded(lab, 500);
    expect((await lab.mailbox.list(ALICE, PAGE)).map(({ number }) => number)).toEqual([2]);
    await lab.mailbox.erase(ALICE);
    await lab.reopen();
    await leaveRecorded(lab, 10);
    expect((await lab.mailbox.list(ALICE, PAGE)).map(({ number }) => number)).toEqual([3]);
  });

  test('what is erased is gone at once with its recordings, deleted or not, and nobody else’s is', async () => {
    const lab = await KeepingLab.open();
    await leaveRecorded(lab, 100);
    await leaveRecorded(lab, 100);
    await leaveRecorded(lab, 100, BOB);
    await lab.mailbox.keep(message());
    await lab.mailbox.markRead(ALICE, 1, true);
    await lab.mailbox.remove(ALICE, 2);
    await lab.mailbox.erase(ALICE);
    expect(await lab.mailbox.count(ALICE)).toEqual({ all: 0, unread: 0, bytes: 0 });
    expect(lab.unread.get(ALICE)).toBe(0);
    await lab.mailbox.restore(ALICE, 2);
    expect(await lab.mailbox.list(ALICE, PAGE)).toEqual([]);
    expect(filesIn(lab)).toHaveLength(1);
    expect(await lab.mailbox.count(BOB)).toEqual({ all: 1, unread: 1, bytes: 100 });
  });

  test('a standing that a crash has left too high is set right at the next start', async () => {
    const lab = await KeepingLab.open();
    await lab.gateway.store.putStandings(new Map([[ALICE, { ...ANSWERED, messages: 1 }]]));
    await lab.reopen();
    expect(lab.unread.get(ALICE)).toBe(0);
  });
});

describe('the quota', () => {
  test('ends a recording that is too long early, and keeps nothing of it', async () => {
    const lab = await KeepingLab.open();
    let asked = 0;
    async function* endless() {
      for (;;) {
        asked += 1;
        yield new Uint8Array(100);
      }
    }
    expect(await lab.mailbox.takeIn(ALICE, voice(endless()))).toEqual({ kind: 'too-large', roomBytes: 500 });
    expect([asked, filesIn(lab)]).toEqual([6, []]);
    expect(await leaveRecorded(lab, 500)).toBe('kept');
  });

  test('leaves what a dawdling recording does not use yet to others', async () => {
    const lab = await KeepingLab.open();
    const [begun, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    async function* dawdling() {
      yield* bytes(100);
      begun.resolve();
      await released.promise;
    }
    const slow = lab.mailbox.takeIn(ALICE, voice(dawdling()));
    await begun.promise;
    expect(await leaveRecorded(lab, 300)).toBe('kept');
    released.resolve();
    expect((await slow).kind).toBe('taken-in');
  });

  test('is given back by a sender who goes away and by a message that is not kept', async () => {
    const lab = await KeepingLab.open();
    expect(await lab.mailbox.takeIn(ALICE, voice(brokenAfter(400)))).toEqual({ kind: 'broken-off' });
    const taken = await lab.mailbox.takeIn(ALICE, voice(bytes(450)));
    if (taken.kind !== 'taken-in') throw new Error(taken.kind);
    await lab.mailbox.discard(ALICE, taken.recording);
    expect([filesIn(lab), await leaveRecorded(lab, 500)]).toEqual([[], 'kept']);
  });

  test('is never exceeded by recordings that come at the same time, and another line’s is its own', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 6 }), async (sizes) => {
        const lab = await KeepingLab.open();
        await Promise.all([...sizes.map((size) => leaveRecorded(lab, size)), leaveRecorded(lab, 500, BOB)]);
        const { bytes: held, all } = await lab.mailbox.count(ALICE);
        expect(held).toBeLessThanOrEqual(500);
        expect((await lab.mailbox.count(BOB)).bytes).toBe(500);
        expect(filesIn(lab)).toHaveLength(all + 1);
      }),
      { numRuns: 10 },
    );
  });
});
