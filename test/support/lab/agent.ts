import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'smol-toml';
import { MQTT_TLS_PORT } from './lab-settings.ts';
import { GATEWAY_ADDRESS } from './network.ts';
import { agentWords } from './our-programs.ts';
import { type Host, type Outcome, type Program, run } from './program.ts';
import type { LogLine, ProgramLog } from './program-log.ts';

/** A line as its subscriber knows it. */
export interface Subscription {
  readonly id: string;
  readonly domain: string;
  readonly secretFile: string;
}

/** Where the agent learns its lease: agent.toml's `[wan]`. */
export type WanSettings = Readonly<Record<string, string>>;

export interface AgentParts {
  readonly host: Host;
  readonly folder: string;
  /** Null for a gateway that is not reached by TLS. */
  readonly caFile: string | null;
  readonly subscription: Subscription;
  readonly wan: WanSettings;
  /** Values of agent.toml that take the place of the lab's. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** The real agent program on a home router. */
export class Agent {
  readonly configFile: string;
  readonly #host: Host;
  readonly #statusFile: string;
  #program: Program | undefined;

  constructor({ host, folder, caFile, subscription, wan, settings = {} }: AgentParts) {
    mkdirSync(folder, { recursive: true });
    this.#host = host;
    this.configFile = join(folder, 'agent.toml');
    this.#statusFile = join(folder, 'status.json');
    const all = {
      gateway: `mqtts://${GATEWAY_ADDRESS}:${MQTT_TLS_PORT}`,
      line: subscription.id,
      secret_file: subscription.secretFile,
      domain: subscription.domain,
      status_file: this.#statusFile,
      ...(caFile === null ? {} : { ca_file: caFile }),
      log_level: 'debug',
      ...settings,
      wan,
    };
    writeFileSync(this.configFile, stringify(all));
  }

  get log(): ProgramLog {
    return this.program.log;
  }

  get program(): Program {
    if (!this.#program) throw new Error('the agent was not started');
    return this.#program;
  }

  start(): void {
    const words = agentWords('run', '--config', this.configFile);
    this.#program = this.#host.start('agent', words);
  }

  /** Starts and waits for "the name is live" (Figure 4, block 444). */
  async startAndGoLive(limitMs = 15_000): Promise<LogLine> {
    this.start();
    return await this.waitForLive(limitMs);
  }

  async waitForLive(limitMs = 15_000, since = 0): Promise<LogLine> {
    return await this.log.waitFor({ block: 444 }, limitMs, since);
  }

  /** An orderly end, with the farewell. */
  async stop(): Promise<number | null> {
    return await this.program.stop();
  }

  /** kill -9. */
  async kill(): Promise<void> {
    await this.program.kill();
  }

  /** One command of the agent's command line. */
  async command(...words: string[]): Promise<Outcome> {
    return await run(agentWords(...words, '--config', this.configFile));
  }

  /** The status file as it is now. */
  status(): unknown {
    return existsSync(this.#statusFile) ? JSON.parse(readFileSync(this.#statusFile, 'utf8')) : undefined;
  }
}
