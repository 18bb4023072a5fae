import type { Logger } from '../../../runtime/log.ts';

/** What is wrong with one backup, in words that follow its name; told in the log once, and once more when it is over. */
export class Trouble {
  readonly #backup: string;
  readonly #log: Logger;
  readonly #problems = { questions: null as string | null, notifications: null as string | null };

  constructor(backup: string, log: Logger) {
    this.#backup = backup;
    this.#log = log;
  }

  /** A server that cannot be asked cannot be notified either: that is one problem and not two. */
  get problem(): string | null {
    return this.#problems.questions ?? this.#problems.notifications;
  }

  /** Notes how the latest try of a kind has gone: null for well. */
  note(kind: 'questions' | 'notifications', problem: string | null): void {
    const before = this.problem;
    this.#problems[kind] = problem;
    const now = this.problem;
    if (now === before) return;
    const fields = { block: 536, backup: this.#backup };
    if (now === null) this.#log.info('backup name server is well again', { ...fields, was: before });
    else this.#log.warn('backup name server is not as it should be', { ...fields, problem: now });
  }
}
