import type { LogLine } from '../../support/lab/program-log.ts';
import { summaryOf } from '../report/figure.ts';

/** What was logged about one event; times in milliseconds of the wall clock, which is what log lines carry. */
interface Course {
  readonly at: number;
  readonly servedAt: number;
  readonly agent: readonly LogLine[];
  readonly gateway: readonly LogLine[];
}

/** From each stage to the next; named after what has happened at its end. */
const STAGES = [
  ['agent', 400, 'seen'],
  ['agent', 404, 'connected'],
  ['agent', 408, 'registration sent'],
  ['gateway', 512, 'queued on disk'],
  ['gateway', 530, 'swapped'],
] as const;

/** Where the time of an event goes, by the log lines of both programs: whole milliseconds, medians. */
export class Stages {
  readonly #spent = new Map<string, number[]>();
  #secondTries = 0;

  add(course: Course): void {
    let before = course.at;
    for (const [who, block, what] of STAGES) {
      const line = course[who].findLast((logged) => logged.block === block);
      const now = line ? Date.parse(String(line['time'])) : before;
      this.#note(what, now - before);
      before = now;
    }
    this.#note('answer seen', course.servedAt - before);
    if (course.agent.some(({ event }) => event === 'not connected')) this.#secondTries += 1;
  }

  text(): string {
    const medians = [...this.#spent].map(
      ([what, samples]) => `${what} +${summaryOf(samples).median.toFixed(0)}`,
    );
    const tries = this.#secondTries > 0 ? `; in ${this.#secondTries} the first connection failed` : '';
    return `medians: ${medians.join(', ')} ms${tries}`;
  }

  #note(what: string, ms: number): void {
    this.#spent.set(what, [...(this.#spent.get(what) ?? []), Math.max(0, ms)]);
  }
}
