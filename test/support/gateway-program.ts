import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, vi } from 'vitest';

const MAIN = fileURLToPath(new URL('../../gateway-server/main.ts', import.meta.url));
const LEAST = `
[zone]
name = "mwebpages.test"
[dns]
listen = ["127.0.0.1:0"]
[mqtt]
listen = "127.0.0.1:0"
[answering]
listen = ["127.0.0.1:0"]
`;
const NO_CONSOLE = '[console]\nlisten = ""\n';

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** The gateway's program with a folder and a gateway.toml of its own, which go with the test. */
export class GatewayProgram {
  readonly folder = mkdtempSync(join(tmpdir(), 'porchlight-gateway-'));
  readonly config = join(this.folder, 'gateway.toml');
  readonly dataDir = join(this.folder, 'data');
  readonly #serving: Serving[] = [];

  constructor() {
    this.configure();
    onTestFinished(async () => {
      await Promise.all(this.#serving.map((serving) => serving.end('SIGKILL')));
      rmSync(this.folder, { recursive: true });
    });
  }

  /** Settings that need no fixed port, and these ones. */
  configure(top = '', sections = ''): void {
    const rest = sections.includes('[console]') ? sections : `${NO_CONSOLE}${sections}`;
    writeFileSync(this.config, `${top}${LEAST}${rest}`);
  }

  /** Runs one command to its end. */
  run(...words: readonly string[]): Ended {
    const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...words], {
      cwd: this.folder,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] },
      timeout: 20_000,
    });
    return { code: status, out: stdout, err: stderr };
  }

  /** What a command that must succeed tells a script. */
  ask(...words: readonly string[]): unknown {
    const { code, out, err } = this.run(...words, '--json');
    expect(code, err).toBe(0);
    return JSON.parse(out);
  }

  /** Starts `serve` and waits until it listens. */
  async serve(nodeOptions: readonly string[] = []): Promise<Serving> {
    const serving = new Serving(
      spawn(process.execPath, [...nodeOptions, MAIN, 'serve', '--config', this.config]),
    );
    this.#serving.push(serving);
    await serving.says('gateway listens');
    return serving;
  }
}

/** A gateway that serves, and its log. */
export class Serving {
  readonly child: ChildProcess;
  readonly #ended: Promise<number | null>;
  log = '';

  constructor(child: ChildProcess) {
    this.child = child;
    this.#ended = new Promise((resolve) => child.once('exit', resolve));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.log += text;
    });
  }

  /** Resolves with the fields of the first event of this name. */
  async says(event: string): Promise<Readonly<Record<string, unknown>>> {
    return vi.waitFor(
      () => {
        const events = this.log.split('\n').filter((line) => line.startsWith('{') && line.endsWith('}'));
        const found = events.map((line) => JSON.parse(line)).find((fields) => fields.event === event);
        expect(found, `"${event}" in the log:\n${this.log}`).toBeDefined();
        return found;
      },
      { timeout: 20_000, interval: 20 },
    );
  }

  /** Gives the exit code. */
  end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill(signal);
    return this.#ended;
  }
}
