import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'smol-toml';
import { onTestFinished } from 'vitest';
import { type Endpoint, endpointText, parseEndpoint } from '../../../gateway-server/endpoint.ts';
import { callGateway, controlSocketOf } from '../../../gateway-server/io/control-socket.ts';
import type { Address } from '../../../protocol/address.ts';
import { GatewayProgram, type Serving } from '../gateway-program.ts';
import { merged, type Settings } from '../lab/gateway.ts';
import { ProgramLog } from '../lab/program-log.ts';
import { until } from '../lab/waiting.ts';
import { Caller } from './caller.ts';
import { freePort } from './free-port.ts';
import { addressesAt, serialAt } from './question.ts';
import { Secondary } from './secondary.ts';
import { BIND, type Software } from './software.ts';
import { newTsigSecret, type TsigSecret } from './tsig-secret.ts';

export const ZONE = 'mwebpages.test';
/** Where the names of off-line lines lead; nobody listens there. */
export const ANSWERING = '127.0.0.80';

interface BackupWish {
  readonly software: Software;
  readonly key?: TsigSecret;
  readonly proof?: boolean;
}

/** A [[secondary]] that no program of ours stands behind. */
export interface Listed {
  readonly address: string;
  readonly key?: TsigSecret;
  readonly proof?: boolean;
  readonly from?: readonly string[];
}

export interface ProviderWish {
  readonly backups?: readonly BackupWish[];
  readonly listed?: readonly Listed[];
  readonly settings?: Settings;
  /** Files beside gateway.toml, by name. */
  readonly files?: Readonly<Record<string, string>>;
}

/** What `status --json` tells of a secondary. */
interface SecondaryStatus {
  readonly address: string;
  readonly serial: number | null;
  readonly lagMs: number | null;
  readonly proof: boolean;
  readonly problem: string | null;
}

export interface Status {
  readonly serial: number;
  readonly secondaries: readonly SecondaryStatus[];
  readonly batches: { readonly count: number; readonly waiting: number };
}

/** The gateway's program as the hidden primary of real name servers; everything ends with the test. */
export class Provider {
  readonly gateway = new GatewayProgram();
  readonly primary: Endpoint;
  readonly backups: readonly Secondary[];
  readonly #wish: ProviderWish;
  #serving: Serving | undefined;

  private constructor(wish: ProviderWish, primary: Endpoint, backups: readonly Secondary[]) {
    this.#wish = wish;
    this.primary = primary;
    this.backups = backups;
    this.configure({});
    for (const [name, text] of Object.entries(wish.files ?? {}))
      writeFileSync(join(this.gateway.folder, name), text);
  }

  /** A provider whose gateway serves; its backups wait for `start`. */
  static async open(wish: ProviderWish): Promise<Provider> {
    const primary = { address: '127.0.0.1' as Address, port: await freePort('127.0.0.1') };
    const backups: Secondary[] = [];
    for (const { software, key = sharedKey } of wish.backups ?? [])
      backups.push(
        await Secondary.prepare({ software, zone: ZONE, primary, key, address: ownAddress(software) }),
      );
    onTestFinished(async () => {
      await Promise.all(backups.map((backup) => backup.close()));
    });
    const provider = new Provider(wish, primary, backups);
    await provider.serve();
    return provider;
  }

  /** Writes gateway.toml anew, with these values in the place of what the test began with. */
  configure(settings: Settings): void {
    const { listed = [] } = this.#wish;
    const secondaries = [...this.backups.map((backup, n) => this.#listed(backup, n)), ...listed];
    const keys = new Map(secondaries.flatMap(({ key }) => (key ? [[key.name, key]] : [])));
    for (const { name, secret } of keys.values())
      writeFileSync(join(this.gateway.folder, `${name}.key`), `${secret}\n`, { mode: 0o600 });
    const parts = {
      key: [...keys.values()].map(({ name, algorithm }) => ({ name, algorithm, secret_file: `${name}.key` })),
      secondary: secondaries.map(({ key, ...rest }) => ({ ...rest, ...(key ? { key: key.name } : {}) })),
    };
    const own = merged(merged(base(this.primary), this.#wish.settings ?? {}), settings);
    writeFileSync(this.gateway.config, stringify({ ...own, ...parts }));
  }

  async serve(): Promise<void> {
    this.#serving = await this.gateway.serve();
  }

  async stop(): Promise<void> {
    await this.#served().end('SIGTERM');
  }

  /** Has the gateway read its files again. */
  reload(): void {
    this.#served().child.kill('SIGHUP');
  }

  /** All that the gateway has said since its last start. */
  get log(): ProgramLog {
    const log = new ProgramLog();
    log.take(this.#served().log);
    return log;
  }

  backup(software: Software): Secondary {
    const found = this.backups.find(({ name }) => name === software.name);
    if (!found) throw new Error(`the test has no ${software.name}`);
    return found;
  }

  /** Starts all backups and waits until they have the zone. */
  async startBackups(): Promise<void> {
    await Promise.all(this.backups.map((backup) => backup.start()));
    await Promise.all(this.backups.map((backup) => backup.leads(`ns1.${ZONE}`, '127.0.0.1')));
  }

  /** A command over the control socket, as the command line gives it. */
  async command(command: string, args: object = {}): Promise<unknown> {
    const reply = await callGateway(controlSocketOf(this.gateway.dataDir), { command, args });
    if (!reply) throw new Error('no gateway serves');
    return reply.result;
  }

  async status(): Promise<Status> {
    return (await this.command('status')) as Status;
  }

  async addLine(id: string): Promise<Caller> {
    const added = await this.command('line add', { id });
    return new Caller(added as { id: string; domain: string; secret: string });
  }

  /** So many batches, one after the other: each brings a line that leads to the gateway. Gives the last one's name. */
  async batches(count: number, prefix: string): Promise<string> {
    for (let n = 1; n <= count; n++) {
      await this.command('line add', { id: `${prefix}-${n}` });
      await this.leads(`${prefix}-${n}.${ZONE}`, ANSWERING);
    }
    return `${prefix}-${count}.${ZONE}`;
  }

  /** Where agents connect. */
  mqtt(): Endpoint {
    const text = this.log.all({ event: 'gateway listens' })[0]?.['mqtt'];
    const endpoint = parseEndpoint(String(text));
    if (!endpoint) throw new Error(`no agent can connect to ${String(text)}`);
    return endpoint;
  }

  /** Registers the line from this address; resolves when the agent is told that its name is live. */
  async goesLive(caller: Caller, address: string) {
    const call = await caller.calls(this.mqtt(), address);
    const live = await call.hears('live');
    await call.hangUp();
    return live;
  }

  /** Resolves when the gateway itself leads this name to this address. */
  async leads(name: string, address: string): Promise<void> {
    await until(`the gateway leads ${name} to ${address}`, 20_000, async () => {
      return (await addressesAt(this.primary, name)).join() === address;
    });
  }

  async serial(): Promise<number> {
    const serial = await serialAt(this.primary, ZONE);
    if (serial === undefined) throw new Error('the gateway serves no zone');
    return serial;
  }

  #served(): Serving {
    if (!this.#serving) throw new Error('the gateway was not started');
    return this.#serving;
  }

  #listed(backup: Secondary, place: number): Listed {
    const { key = sharedKey, proof = false } = this.#wish.backups?.[place] ?? {};
    return { address: endpointText(backup.endpoint), key, proof };
  }
}

/** The key of all backups that have none of their own. */
export const sharedKey = newTsigSecret('xfr');

/** Each its own, so that the gateway can tell them apart; BIND takes only what the interfaces of the machine have. */
function ownAddress({ name }: Software): Address {
  const places = ['nsd', 'knot', 'knot-signing'];
  return (name === BIND.name ? '127.0.0.1' : `127.0.0.${11 + places.indexOf(name)}`) as Address;
}

function base(primary: Endpoint): Settings {
  return {
    log_level: 'debug',
    zone: { name: ZONE },
    dns: { listen: [endpointText(primary)], nameservers: { [`ns1.${ZONE}`]: ['127.0.0.1'] } },
    mqtt: { listen: '127.0.0.1:0' },
    answering: { listen: ['127.0.0.1:0'], addresses: [ANSWERING] },
    console: { listen: '' },
    // lines here do not signal; none of them is doubted
    alive: { timeout: 3_600 },
    update: { every: 0.1 },
    addresses: { allow: ['127.0.0.0/8'] },
  };
}
