import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'smol-toml';
import { gatewayWords } from './our-programs.ts';
import { type Host, type Outcome, type Program, run } from './program.ts';
import type { ProgramLog } from './program-log.ts';
import { until } from './waiting.ts';

/** Sections of gateway.toml; a test's own values take the place of the lab's. */
export type Settings = Readonly<Record<string, Readonly<Record<string, unknown>> | string | number>>;

export const ZONE = 'mwebpages.test';

export interface GatewayParts {
  readonly host: Host;
  readonly folder: string;
  readonly settings: Settings;
}

/** What `line show --json` tells; only what tests look at. */
export interface LineView {
  readonly id: string;
  readonly domain: string | null;
  readonly state: 'live' | 'queued' | 'suspect' | 'offline' | 'unknown';
  readonly presence: string;
  readonly published: {
    readonly kind: string;
    readonly addresses: readonly string[];
    readonly serial: number;
  };
  readonly pending: unknown;
  readonly offlineReason: string | null;
  readonly hits: number;
  readonly messages: number;
}

/** What `status --json` tells; only what tests look at. */
export interface StatusView {
  readonly serial: number;
  readonly lines: Readonly<Record<'live' | 'queued' | 'suspect' | 'offline' | 'unknown', number>>;
  readonly batches: { readonly count: number; readonly lastSize: number; readonly waiting: number };
  readonly brake: boolean;
  readonly probe: { readonly ok: boolean; readonly problem: string | null };
}

/** The real gateway program in the provider's namespace, with its configuration, its log and its command line. */
export class Gateway {
  readonly configFile: string;
  readonly #parts: GatewayParts;
  #program: Program | undefined;
  #startedAt = 0;

  constructor(parts: GatewayParts) {
    this.#parts = parts;
    mkdirSync(parts.folder, { recursive: true });
    this.configFile = join(parts.folder, 'gateway.toml');
    this.configure({});
  }

  /** Writes gateway.toml with these values in the place of those that it was made with; takes effect at the next start. */
  configure(settings: Settings): void {
    const base = { data_dir: join(this.#parts.folder, 'data'), log_level: 'debug', ...this.#parts.settings };
    writeFileSync(this.configFile, stringify(merged(base, settings)));
  }

  /** All that the program has said since its last start. */
  get log(): ProgramLog {
    return this.program.log;
  }

  get program(): Program {
    if (!this.#program) throw new Error('the gateway was not started');
    return this.#program;
  }

  /** Starts the program and waits until it serves. */
  async start(env: Readonly<Record<string, string>> = {}): Promise<void> {
    const words = gatewayWords('serve', '--config', this.configFile);
    const program = this.#parts.host.start('gateway', words, env);
    this.#program = program;
    this.#startedAt = performance.now();
    await until(`the gateway serves\n${program.log}`, 20_000, () => {
      if (!program.isRunning) throw new Error(`the gateway ended\n${program.log}`);
      return READY.every((block) => program.log.has({ block }));
    });
  }

  /** Waits until the time is over in which a gateway that has just started declares nobody off-line. */
  async graceEnds(): Promise<void> {
    const end = this.#startedAt + GRACE_MS;
    await until('the grace after the start is over', GRACE_MS * 2, () => performance.now() > end);
  }

  async stop(): Promise<number | null> {
    return await this.program.stop();
  }

  /** kill -9. */
  async kill(): Promise<void> {
    await this.program.kill();
  }

  /** One command of the gateway's command line. */
  async command(...words: string[]): Promise<Outcome> {
    return await run(gatewayWords(...words, '--config', this.configFile));
  }

  /** One command that must succeed, and what it says with --json. */
  async ask(...words: string[]): Promise<unknown> {
    const { code, stdout, stderr } = await this.command(...words, '--json');
    if (code !== 0) throw new Error(`"${words.join(' ')}" ended with ${code}\n${stdout}${stderr}`);
    return JSON.parse(stdout);
  }

  async line(id: string): Promise<LineView> {
    return (await this.ask('line', 'show', id)) as LineView;
  }

  async status(): Promise<StatusView> {
    return (await this.ask('status')) as StatusView;
  }

  /** The status as soon as nothing waits for a batch, such as the name of a line that was just added. */
  async settledStatus(): Promise<StatusView> {
    return await until('nothing waits for a batch', 20_000, async () => {
      const status = await this.status();
      return status.batches.waiting === 0 && status;
    });
  }
}

const GRACE_MS = 31_000;
/** Blocks 502, 520 and 540: the three loops run. */
const READY = [502, 520, 540];

/** Both, section by section; `own` wins. */
export function merged(base: Settings, own: Settings): Settings {
  const all: Record<string, Settings[string]> = { ...base };
  for (const [key, value] of Object.entries(own)) {
    const old = all[key];
    all[key] = isSection(old) && isSection(value) ? { ...old, ...value } : value;
  }
  return all;
}

function isSection(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
