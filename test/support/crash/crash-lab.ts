import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { type Endpoint, parseEndpoint } from '../../../gateway-server/endpoint.ts';
import { controlSocketOf } from '../../../gateway-server/io/control-socket.ts';
import { hashOfSecret } from '../../../gateway-server/line/secret.ts';
import { openSqliteStore } from '../../../gateway-server/store/io/sqlite-store.ts';
import type { DomainName } from '../../../protocol/domain-name.ts';
import type { LineId } from '../../../protocol/line-id.ts';
import { pause, until } from '../lab/waiting.ts';
import { ANSWERED, lineNamed } from '../stored-lines.ts';
import { type KillPoint, killPointText } from './kill-point.ts';
import { Mover } from './mover.ts';
import { Newcomers } from './newcomers.ts';
import { NotifiedBackup } from './notified-backup.ts';
import { type SeenZone, ZoneWitness } from './zone-witness.ts';

const PROGRAM = fileURLToPath(new URL('./crashing-gateway.ts', import.meta.url));
const MOVERS = 5;
const SERVED_MS = 5_000;
const DEATH_MS = 15_000;

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** A gateway that is running, and where. */
interface Running {
  readonly child: Child;
  readonly dns: Endpoint;
  readonly mqtt: Endpoint;
  /** Aborted when the gateway is dead. */
  readonly gone: AbortSignal;
}

/** One gateway after the other over the same folder; each is killed, and the next has to keep what its predecessors have promised. */
export class CrashLab {
  readonly witness: ZoneWitness;
  readonly newcomers = new Newcomers();
  readonly #folder = mkdtempSync(join(tmpdir(), 'porchlight-crash-'));
  readonly #backup: NotifiedBackup;
  readonly #movers: readonly Mover[];
  #child: Child | undefined;

  private constructor(witness: ZoneWitness, backup: NotifiedBackup, movers: readonly Mover[]) {
    this.witness = witness;
    this.#backup = backup;
    this.#movers = movers;
  }

  static async open(): Promise<CrashLab> {
    const witness = new ZoneWitness();
    const backup = await NotifiedBackup.open((serial) => witness.told(serial));
    const lines = Array.from({ length: MOVERS }, (_, index) => moving(`mover${index}`));
    const movers = lines.map((line, index) => new Mover(line, index + 1));
    const lab = new CrashLab(witness, backup, movers);
    mkdirSync(lab.#dataDir);
    const store = openSqliteStore(join(lab.#dataDir, 'gateway.sqlite'));
    await store.putLines(lines.map((line) => [line, ANSWERED]));
    await store.close();
    writeFileSync(lab.#config, settingsWith(lab.#dataDir, backup.port));
    return lab;
  }

  /** How many registrations were acknowledged by `queued`. */
  get acknowledged(): number {
    return this.#movers.reduce((sum, { acknowledged }) => sum + acknowledged, 0);
  }

  /** Starts a gateway, proves it against everything known, and keeps it busy until it dies at the point. */
  async diesAt(point: KillPoint): Promise<void> {
    const gateway = await this.#proved(point);
    gateway.child.stdin.write('now\n');
    await this.#busy(gateway);
  }

  /** As `diesAt`, but it is killed so long after it has been proved. */
  async diesAfter(ms: number): Promise<void> {
    const gateway = await this.#proved();
    const busy = this.#busy(gateway);
    await pause(ms);
    gateway.child.kill('SIGKILL');
    await busy;
  }

  /** Killed while it takes up what its predecessor has left. */
  async diesAtItsStart(ms: number): Promise<void> {
    const gateway = await this.#started();
    await pause(ms);
    gateway.child.kill('SIGKILL');
    await dead(gateway);
  }

  /** A last gateway shows that everything was kept. */
  async survives(): Promise<void> {
    const gateway = await this.#proved();
    gateway.child.kill('SIGKILL');
    await dead(gateway);
  }

  async close(): Promise<void> {
    if (this.#child && this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill('SIGKILL');
      await once(this.#child, 'exit');
    }
    this.#backup.close();
    rmSync(this.#folder, { recursive: true });
  }

  get #dataDir(): string {
    return join(this.#folder, 'data');
  }

  get #config(): string {
    return join(this.#folder, 'gateway.toml');
  }

  async #proved(point?: KillPoint): Promise<Running> {
    const gateway = await this.#started(point);
    await this.witness.follow(gateway.dns);
    await until('all that was acknowledged is served', SERVED_MS, async () => {
      const zone = await this.#look(gateway.dns);
      return [...this.#movers, this.newcomers].every((party) => party.isServed(zone));
    });
    return gateway;
  }

  /** Throws on anything in the zone that no whole batch has brought. */
  async #look(dns: Endpoint): Promise<SeenZone> {
    const zone = await this.witness.look(dns);
    for (const party of [...this.#movers, this.newcomers]) {
      const complaint = party.complaint(zone);
      if (complaint) throw new Error(`serial ${zone.serial}: ${complaint}`);
    }
    return zone;
  }

  async #busy(gateway: Running): Promise<void> {
    const told = (serial: number) => this.witness.told(serial);
    await Promise.all([
      ...this.#movers.map((mover) => mover.keepsMoving(gateway.mqtt, told, gateway.gone)),
      this.newcomers.keepComing(controlSocketOf(this.#dataDir), gateway.gone),
      this.#watch(gateway),
      dead(gateway),
    ]);
  }

  async #watch({ dns, gone }: Running): Promise<void> {
    while (!gone.aborted) {
      // what a dying gateway sends is whole or does not count
      await this.#look(dns).catch((error) => (isBrokenOff(error) ? pause(10) : Promise.reject(error)));
      await pause(20);
    }
  }

  async #started(point?: KillPoint): Promise<Running> {
    const words = [PROGRAM, this.#config, point ? killPointText(point) : ''];
    const child = spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child = child;
    child.stdin.on('error', () => undefined);
    let complaints = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaints += text;
    });
    const end = new AbortController();
    child.once('exit', () => end.abort());
    const line = await firstLineOf(child, () => complaints);
    const { dns, mqtt } = JSON.parse(line) as { readonly dns: string; readonly mqtt: string };
    const [dnsAt, mqttAt] = [parseEndpoint(dns), parseEndpoint(mqtt)];
    if (!dnsAt || !mqttAt) throw new Error(`listens nowhere: ${line}`);
    return { child, dns: dnsAt, mqtt: mqttAt, gone: end.signal };
  }
}

async function firstLineOf(child: Child, complaints: () => string): Promise<string> {
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  await until('the gateway listens', DEATH_MS, () => {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`the gateway has ended: ${complaints()}`);
    return said.includes('\n');
  });
  return said;
}

async function dead({ gone }: Running): Promise<void> {
  await until('the gateway has died', DEATH_MS, () => gone.aborted);
}

function isBrokenOff(error: unknown): boolean {
  return /broke off|ECONNREFUSED|ECONNRESET|EPIPE/.test(String(error));
}

function moving(id: string) {
  const domain = `${id}.mwebpages.test`;
  const names = ['www', 'ftp'].map((label) => `${label}.${domain}` as DomainName);
  return lineNamed(id as LineId, { names, secretHash: hashOfSecret('secret') });
}

function settingsWith(dataDir: string, backupPort: number): string {
  return `
data_dir = "${dataDir}"
[zone]
name = "mwebpages.test"
[dns]
listen = ["127.0.0.1:0"]
[[secondary]]
address = "127.0.0.1:${backupPort}"
[mqtt]
listen = "127.0.0.1:0"
[answering]
listen = ["127.0.0.1:0"]
[console]
listen = ""
[alive]
timeout = 30
[verify]
reference = "none"
[update]
every = 0.1
[addresses]
allow = ["127.1.0.0/16", "fd00::/8"]
`;
}
