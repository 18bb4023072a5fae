import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Host, mustRun, type Outcome, Program, type RunOptions, run, type Words } from './program.ts';

/** One network namespace: a host of its own on the lab's network. */
export class Namespace implements Host {
  readonly name: string;
  readonly #started: Program[] = [];

  private constructor(name: string) {
    this.name = name;
  }

  static async create(name: string): Promise<Namespace> {
    await mustRun(['ip', 'netns', 'add', name]);
    const made = new Namespace(name);
    await made.ip('link', 'set', 'lo', 'up');
    return made;
  }

  /** The words that run a command in here. */
  words(words: Words): Words {
    return ['ip', 'netns', 'exec', this.name, ...words];
  }

  async run(words: Words, options?: RunOptions): Promise<Outcome> {
    return await run(this.words(words), options);
  }

  async mustRun(words: Words, options?: RunOptions): Promise<string> {
    return await mustRun(this.words(words), options);
  }

  /** Starts a program that the lab ends at the latest when it closes. */
  start(name: string, words: Words, env?: Readonly<Record<string, string>>): Program {
    const program = new Program(name, this.words(words), env);
    this.#started.push(program);
    return program;
  }

  async ip(...words: string[]): Promise<string> {
    return await mustRun(['ip', '-n', this.name, ...words]);
  }

  /** Writes what each program in here has said, a file a program. */
  keepLogs(folder: string): void {
    for (const { name, pid, log } of this.#started)
      writeFileSync(join(folder, `${this.name}-${name}-${pid}.log`), `${log}\n`);
  }

  /** Ends everything that was started in here, and the namespace itself. */
  async remove(): Promise<void> {
    await Promise.all(this.#started.map((program) => program.kill()));
    await run(['ip', 'netns', 'del', this.name]);
  }
}
