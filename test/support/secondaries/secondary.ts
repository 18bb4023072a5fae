import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Endpoint } from '../../../gateway-server/endpoint.ts';
import type { Address } from '../../../protocol/address.ts';
import type { DecodedMessage } from '../dns-message.ts';
import { mustRun, Program, run } from '../lab/program.ts';
import { until } from '../lab/waiting.ts';
import { freePort } from './free-port.ts';
import { type AskedType, addressesAt, question, serialAt } from './question.ts';
import type { Software } from './software.ts';
import { filledIn, templateText } from './template.ts';
import type { TsigSecret } from './tsig-secret.ts';

export interface SecondaryWish {
  readonly software: Software;
  readonly zone: string;
  readonly primary: Endpoint;
  readonly key: TsigSecret;
  /** Where it listens, and from where it asks for transfers. */
  readonly address?: Address;
}

const LOOPBACK = '127.0.0.1' as Address;
const START_MS = 15_000;
const STOP_MS = 10_000;
const FOLLOW_MS = 20_000;

/** A real backup name server with a folder of its own, configured by what packaging/secondaries has for it. */
export class Secondary {
  readonly name: string;
  readonly endpoint: Endpoint;
  readonly folder: string;
  readonly config: string;
  readonly #wish: SecondaryWish;
  #program: Program | undefined;

  private constructor(wish: SecondaryWish, endpoint: Endpoint) {
    this.name = wish.software.name;
    this.endpoint = endpoint;
    this.folder = mkdtempSync(join(tmpdir(), `porchlight-${this.name}-`));
    this.config = join(this.folder, wish.software.template);
    this.#wish = wish;
    this.configure();
  }

  /** Chooses a free port and writes the configuration; `start` starts it. */
  static async prepare(wish: SecondaryWish): Promise<Secondary> {
    const address = wish.address ?? LOOPBACK;
    return new Secondary(wish, { address, port: await freePort(address) });
  }

  /** Writes the configuration, with another primary or key where given; takes effect at the next start. */
  configure(change: Partial<Pick<SecondaryWish, 'primary' | 'key'>> = {}): void {
    const { software, zone, primary, key } = { ...this.#wish, ...change };
    const text = filledIn(templateText(software.template), {
      ZONE: zone,
      PRIMARY: primary.address,
      PRIMARY_PORT: String(primary.port),
      ADDRESS: this.endpoint.address,
      PORT: String(this.endpoint.port),
      FOLDER: this.folder,
      TSIG_NAME: key.name,
      ALGORITHM: key.algorithm,
      SECRET: key.secret,
    });
    writeFileSync(this.config, text + software.more, { mode: 0o600 });
  }

  get pid(): number {
    return this.#program?.pid ?? 0;
  }

  get zone(): string {
    return this.#wish.zone;
  }

  /** Starts it, with the state that it had; resolves when it answers, be it only that it has no zone yet. */
  async start(): Promise<void> {
    const { software, zone } = this.#wish;
    const program = new Program(this.name, software.start(this.config));
    this.#program = program;
    await this.#until('answers', START_MS, async () => {
      if (!program.isRunning) throw new Error(`${this.name} has ended`);
      return await question(this.endpoint, zone, 'SOA', { limitMs: 200 });
    });
  }

  /** An orderly end as docs/dns.md tells it; its folder stays. */
  async stop(): Promise<void> {
    const { keep } = this.#wish.software;
    if (keep && this.#program?.isRunning) await run(keep(this.config));
    await this.#end();
  }

  async #end(): Promise<void> {
    const program = this.#program;
    this.#program = undefined;
    if (!program?.isRunning) return;
    try {
      await program.stop(STOP_MS);
    } catch {
      await program.kill();
    }
  }

  /** Takes the whole zone from the gateway, be it older than its own. */
  async takeAnew(): Promise<void> {
    const { software, zone } = this.#wish;
    if (!software.anew) throw new Error(`${this.name} has no command for that`);
    await mustRun(software.anew(this.config, zone));
  }

  /** Ends it and removes its folder. */
  async close(): Promise<void> {
    await this.#end();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Undefined while it has no zone. */
  soaSerial(): Promise<number | undefined> {
    return serialAt(this.endpoint, this.zone);
  }

  ask(name: string, type: AskedType = 'A'): Promise<DecodedMessage | undefined> {
    return question(this.endpoint, name, type);
  }

  addressesOf(name: string): Promise<readonly string[]> {
    return addressesAt(this.endpoint, name);
  }

  /** Resolves when it leads this name to this address and nowhere else. */
  async leads(name: string, address: string): Promise<void> {
    await this.#until(`leads ${name} to ${address}`, FOLLOW_MS, async () => {
      return (await this.addressesOf(name)).join() === address;
    });
  }

  /** Resolves when it serves this very serial; a signing one counts on its own, so ask it for names. */
  async serves(serial: number): Promise<void> {
    await this.#until(`serves ${serial}`, FOLLOW_MS, async () => (await this.soaSerial()) === serial);
  }

  /** All that it has said since it was made. */
  log(): string {
    const files = ['nsd.log', 'knot.log'].map((file) => join(this.folder, file));
    const written = files.filter((file) => existsSync(file)).map((file) => readFileSync(file, 'utf8'));
    return [this.#program?.log.lines.map(({ event }) => event).join('\n') ?? '', ...written].join('\n');
  }

  /** A condition that stays unmet is told with all that the server has said. */
  async #until(what: string, limitMs: number, condition: () => Promise<unknown>): Promise<void> {
    try {
      await until(`${this.name} ${what}`, limitMs, condition);
    } catch (cause) {
      throw new Error(`${String(cause)}\n${this.log()}`, { cause });
    }
  }
}
