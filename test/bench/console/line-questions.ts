import { setImmediate } from 'node:timers/promises';
import { LinePages, type LineWish } from '../../../gateway-server/operator/line-pages.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { subscriber } from '../dns/bench-zone.ts';
import type { Part } from '../dns/part.ts';
import type { Figure } from '../report/figure.ts';
import { Crowd } from './crowd.ts';

const LINES = 100_000;
const ROWS = 50;
const ALL: LineWish = { search: '', state: null, sort: 'id', isDescending: false };

interface Question {
  readonly words: string;
  readonly wish: Partial<LineWish>;
  /** From 0. */
  readonly page?: number;
  /** How many lines fit at least, or none at all. */
  readonly fits: 'none' | number;
}

const QUESTIONS: readonly Question[] = [
  { words: 'search, one line fits', wish: { search: subscriber(54_321) }, fits: 1 },
  { words: 'search, no line fits', wish: { search: 'nobody' }, fits: 'none' },
  { words: 'search, every line fits', wish: { search: 's00' }, fits: LINES },
  { words: 'search by a part of an address', wish: { search: '20.0.212.' }, fits: 200 },
  { words: 'search by two words', wish: { search: 'mwebpages 0077' }, fits: 1_000 },
  {
    words: 'search by name and address, off-line, by time',
    wish: { search: 's00', state: 'offline', sort: 'since' },
    fits: 9_000,
  },
  { words: 'off-line lines', wish: { state: 'offline' }, fits: 9_000 },
  { words: 'by id, last first', wish: { isDescending: true }, fits: LINES },
  { words: 'by state', wish: { sort: 'state' }, fits: LINES },
  { words: 'by address', wish: { sort: 'address' }, fits: LINES },
  { words: 'by time', wish: { sort: 'since', isDescending: true }, fits: LINES },
  { words: 'by last signal', wish: { sort: 'heard' }, fits: LINES },
  { words: 'by agent', wish: { sort: 'agent' }, fits: LINES },
  { words: 'page 1,500 by address', wish: { sort: 'address' }, page: 1_499, fits: LINES },
];

/** What an operator waits for a page of the table of lines, and for how long that holds up everybody else. */
export async function lineQuestions(part: Part): Promise<Figure[]> {
  const clock = new ManualClock(1_000);
  const crowd = await Crowd.of(LINES, clock);
  part.say(`${LINES} lines are set up`);
  const turns = new Turns();
  const pages = new LinePages({ registry: crowd.registry, othersTurn: () => turns.othersTurn(), clock });
  const first = await turns.timed(() => pages.page(ALL, 0, ROWS));
  const rounds = part.isShort ? 5 : 30;
  const figures: Figure[] = [];
  let longestMs = 0;
  for (const question of QUESTIONS) {
    const samples: number[] = [];
    for (let round = 0; round < rounds; round++) {
      await crowd.livesOn();
      const { result, tookMs, heldMs } = await turns.timed(() =>
        pages.page({ ...ALL, ...question.wish }, question.page ?? 0, ROWS),
      );
      if (question.fits === 'none' ? result.total > 0 : result.total < question.fits)
        throw new Error(`${question.words}: ${result.total} lines fit`);
      samples.push(tookMs);
      longestMs = Math.max(longestMs, heldMs);
    }
    figures.push({ name: `${LINES} lines, ${question.words}`, unit: 'ms', samples, target: { median: 20 } });
  }
  return [
    { name: `${LINES} lines, the first question since the start`, unit: 'ms', samples: [first.tookMs] },
    { name: 'longest time without a turn for others: first question', unit: 'ms', samples: [first.heldMs] },
    ...figures,
    {
      name: 'longest time without a turn for others: all further questions',
      unit: 'ms',
      samples: [longestMs],
    },
  ];
}

/** The event loop's turns as a question gives them away. */
class Turns {
  #since = 0;
  #heldMs = 0;

  async othersTurn(): Promise<void> {
    this.#note();
    await setImmediate();
    this.#since = performance.now();
  }

  async timed<T>(work: () => Promise<T>): Promise<{ result: T; tookMs: number; heldMs: number }> {
    await setImmediate();
    const startedAt = performance.now();
    this.#since = startedAt;
    this.#heldMs = 0;
    const result = await work();
    this.#note();
    return { result, tookMs: performance.now() - startedAt, heldMs: this.#heldMs };
  }

  #note(): void {
    this.#heldMs = Math.max(this.#heldMs, performance.now() - this.#since);
  }
}
