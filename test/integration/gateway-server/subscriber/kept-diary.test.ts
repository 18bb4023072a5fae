import { expect, test } from 'vitest';
import { LineBook } from '../../../../gateway-server/line/line-book.ts';
import { newsOf } from '../../../../gateway-server/line/line-news.ts';
import { type Standing, standingAfter, standingAtLogOn } from '../../../../gateway-server/line/standing.ts';
import { sqliteDiary } from '../../../../gateway-server/store/io/sqlite-diary.ts';
import { DIARY_MS } from '../../../../gateway-server/subscriber/diary.ts';
import { KeptDiary } from '../../../../gateway-server/subscriber/kept-diary.ts';
import type { Update } from '../../../../gateway-server/zone/update.ts';
import type { LineId } from '../../../../protocol/line-id.ts';
import type { OfflineReason } from '../../../../protocol/message.ts';
import { KeepingLab } from '../../../support/keeping-lab.ts';
import { ALICE, BOB, lineNamed, standingAt, updateTo } from '../../../support/stored-lines.ts';

const NO_ABSENCE = { absence: null } as const;

/** A diary of alice and bob, who are both live at first. */
class DiaryLab {
  readonly book = new LineBook();
  readonly lab: KeepingLab;
  diary: KeptDiary;

  private constructor(lab: KeepingLab) {
    this.lab = lab;
    this.book.set({ line: lineNamed(ALICE), standing: standingAt('198.51.100.7', NO_ABSENCE) });
    this.book.set({ line: lineNamed(BOB), standing: standingAt('198.51.100.8', NO_ABSENCE) });
    this.diary = this.#opened();
  }

  static async open(): Promise<DiaryLab> {
    return new DiaryLab(await KeepingLab.open());
  }

  goesOff(line: LineId, reason: OfflineReason): void {
    this.#enters({ line, askedAt: 0, kind: 'to-gateway', reason });
  }

  comesBack(line: LineId): void {
    this.#enters(updateTo(line, '198.51.100.9'));
  }

  change(line: LineId, change: (standing: Standing) => Standing): void {
    this.book.setStanding(line, change(this.standingOf(line)));
  }

  visited(line: LineId, hits: number): void {
    this.change(line, (standing) => ({
      ...standing,
      absence: standing.absence && { ...standing.absence, hits },
    }));
  }

  /** Everything that the diary has seen is on disk. */
  async written(): Promise<void> {
    await this.lab.gateway.writes.add(() => undefined);
  }

  /** The standings come from the store as they were; the diary starts anew. */
  async restarted(): Promise<void> {
    await this.written();
    await this.lab.reopen();
    this.diary = this.#opened();
  }

  standingOf(line: LineId): Standing {
    const record = this.book.get(line);
    if (!record) throw new Error(`there is no line ${line}`);
    return record.standing;
  }

  #opened(): KeptDiary {
    const { clock, log, gateway } = this.lab;
    return new KeptDiary({ store: sqliteDiary(gateway), book: this.book, clock, log });
  }

  /** As a batch does it. */
  #enters(update: Update): void {
    const before = this.standingOf(update.line);
    const after = standingAfter(update, before, before.published.serial + 1, this.lab.clock.now());
    this.book.setStanding(update.line, after);
    const news = newsOf(update.line, before, after);
    if (news) this.diary.sees(news);
  }
}

test('a time off-line is remembered with its reason and its visits, for its line alone', async () => {
  const here = await DiaryLab.open();
  const { clock } = here.lab;
  here.goesOff(ALICE, 'silent');
  here.visited(ALICE, 4);
  await clock.advance(60_000);
  here.comesBack(ALICE);
  await here.restarted();
  const span = { since: 5_000, until: 65_000, reason: 'silent', hits: 4 };
  expect(await here.diary.spans(ALICE, 0)).toEqual([span]);
  expect(await here.diary.spans(BOB, 0)).toEqual([]);
});

test('one that lasts has no end, counts its visits as they come, and ends once after a restart', async () => {
  const here = await DiaryLab.open();
  here.goesOff(ALICE, 'farewell');
  here.visited(ALICE, 1);
  const open = { since: 5_000, until: null, reason: 'farewell', hits: 1 };
  expect(await here.diary.spans(ALICE, 0)).toEqual([open]);
  await here.restarted();
  here.visited(ALICE, 2);
  expect(await here.diary.spans(ALICE, 0)).toEqual([{ ...open, hits: 2 }]);
  await here.lab.clock.advance(1_000);
  here.comesBack(ALICE);
  await here.restarted();
  expect(await here.diary.spans(ALICE, 0)).toEqual([{ ...open, until: 6_000, hits: 2 }]);
});

test('times off-line stand oldest first and stay when the line logs on again', async () => {
  const here = await DiaryLab.open();
  for (const reason of ['silent', 'farewell', 'unproven'] as const) {
    here.goesOff(ALICE, reason);
    await here.lab.clock.advance(1_000);
    here.comesBack(ALICE);
    here.change(ALICE, (standing) => standingAtLogOn(standing, 'agent', here.lab.clock.now()));
    await here.lab.clock.advance(1_000);
  }
  here.goesOff(ALICE, 'suspended');
  const spans = await here.diary.spans(ALICE, 0);
  expect(spans.map(({ since, until, reason }) => [since, until, reason])).toEqual([
    [5_000, 6_000, 'silent'],
    [7_000, 8_000, 'farewell'],
    [9_000, 10_000, 'unproven'],
    [11_000, null, 'suspended'],
  ]);
});

test('only times that reach into what is asked for are given, also those that began before it', async () => {
  const here = await DiaryLab.open();
  here.goesOff(ALICE, 'silent');
  await here.lab.clock.advance(10_000);
  here.comesBack(ALICE);
  expect(await here.diary.spans(ALICE, 10_000)).toHaveLength(1);
  expect(await here.diary.spans(ALICE, 15_000)).toHaveLength(1);
  expect(await here.diary.spans(ALICE, 15_001)).toEqual([]);
});

test('a time off-line is forgotten after 400 days', async () => {
  const here = await DiaryLab.open();
  const offForASecond = async () => {
    here.goesOff(ALICE, 'silent');
    await here.lab.clock.advance(1_000);
    here.comesBack(ALICE);
  };
  await offForASecond();
  await here.lab.clock.advance(DIARY_MS - 2_000);
  await offForASecond();
  expect(await here.diary.spans(ALICE, 0)).toHaveLength(2);
  await here.lab.clock.advance(2_000);
  await offForASecond();
  await here.written();
  expect((await here.diary.spans(ALICE, 0)).map(({ since }) => since)).not.toContain(5_000);
});

test('a time that ended just before a crash is written down at the next start', async () => {
  const here = await DiaryLab.open();
  const absence = { since: 1_000, until: 2_000, reason: 'silent', hits: 3 } as const;
  here.change(ALICE, (standing) => ({ ...standing, absence }));
  await here.diary.catchUp();
  here.change(ALICE, (standing) => standingAtLogOn(standing, 'agent', here.lab.clock.now()));
  expect(await here.diary.spans(ALICE, 0)).toEqual([absence]);
});

test('a new line that goes live for the first time was not off', async () => {
  const here = await DiaryLab.open();
  const published = { kind: 'answering', reason: null, serial: 1, since: 5 } as const;
  here.change(ALICE, (standing) => ({ ...standing, published }));
  here.comesBack(ALICE);
  await here.restarted();
  expect(await here.diary.spans(ALICE, 0)).toEqual([]);
});

test('a line that is removed takes its diary along, and news of it disturb nobody', async () => {
  const here = await DiaryLab.open();
  here.goesOff(ALICE, 'silent');
  here.comesBack(ALICE);
  await here.lab.gateway.store.removeLine(ALICE);
  here.goesOff(ALICE, 'silent');
  here.comesBack(ALICE);
  await here.lab.gateway.store.putLine(lineNamed(ALICE), standingAt('198.51.100.7', NO_ABSENCE));
  here.change(ALICE, (standing) => ({ ...standing, absence: null }));
  expect(await here.diary.spans(ALICE, 0)).toEqual([]);
  expect(here.lab.log.events).toEqual([]);
});

test('a store that cannot be used is told to the operator, and the batch goes on', async () => {
  const here = await DiaryLab.open();
  await here.lab.gateway.store.close();
  here.goesOff(ALICE, 'silent');
  here.comesBack(ALICE);
  await expect
    .poll(() => here.lab.log.events)
    .toEqual([expect.stringMatching(/^warn time off-line not written/)]);
});
