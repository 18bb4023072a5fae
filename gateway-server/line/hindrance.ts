import type { Logger } from '../../runtime/log.ts';

/** What keeps the gateway from verifying lines: told to the operator when it comes and when it goes, not at every turn. */
export class Hindrance {
  readonly #log: Logger;
  #problem: string | null = null;

  constructor(log: Logger) {
    this.#log = log;
  }

  note(problem: string | null): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    if (problem === null) this.#log.info('lines can be verified again');
    else this.#log.error('lines cannot be verified as they should', { problem });
  }
}
