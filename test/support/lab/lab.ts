import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Agent, type Subscription, type WanSettings } from './agent.ts';
import { makeCertificates } from './certificates.ts';
import { DhcpServer, type Pool } from './dhcp-server.ts';
import type { SimulatedLine } from './fleet.ts';
import { Gateway, merged, type Settings, ZONE } from './gateway.ts';
import { Home } from './home.ts';
import { labSettings } from './lab-settings.ts';
import type { Namespace } from './namespace.ts';
import { GATEWAY_ADDRESS, layOut } from './network.ts';
import { run } from './program.ts';
import { Visitor } from './visitor.ts';

/** The provider's two pools; moving from one to the other changes everybody's address. */
export const POOL: Pool = { first: '198.51.100.50', last: '198.51.100.99' };
export const OTHER_POOL: Pool = { first: '203.0.113.50', last: '203.0.113.99' };

export interface LabWishes {
  /** Sections of gateway.toml that differ from the lab's. */
  readonly gateway?: Settings;
  /** False leaves the caching resolver out. */
  readonly resolver?: boolean;
}

export interface LineWishes {
  readonly domain?: string;
  readonly names?: readonly string[];
  readonly hasDomain?: boolean;
}

export interface AgentWishes {
  /** Default: what the home's udhcpc writes. */
  readonly wan?: WanSettings;
  readonly settings?: Readonly<Record<string, unknown>>;
}

export interface LiveLine {
  readonly home: Home;
  readonly subscription: Subscription;
  readonly agent: Agent;
  readonly address: string;
}

/** A small provider with real parts, in network namespaces of its own; several labs run side by side. */
export class Lab {
  readonly folder: string;
  readonly isp: Namespace;
  readonly visitor: Visitor;
  readonly dhcp: DhcpServer;
  readonly gateway: Gateway;
  readonly caFile: string;
  readonly #prefix: string;
  readonly #homes: Home[] = [];

  private constructor(parts: Pick<Lab, 'folder' | 'isp' | 'visitor' | 'gateway' | 'caFile'>, prefix: string) {
    this.folder = parts.folder;
    this.isp = parts.isp;
    this.visitor = parts.visitor;
    this.gateway = parts.gateway;
    this.caFile = parts.caFile;
    this.dhcp = new DhcpServer(parts.isp, parts.folder);
    this.#prefix = prefix;
  }

  /** The network, the certificates and the visitor's resolver stand; gateway and DHCP server are not started yet. */
  static async open({ gateway: settings = {}, resolver = true }: LabWishes = {}): Promise<Lab> {
    const folder = mkdtempSync(join(labFolder(), 'lab-'));
    const prefix = folder.slice(-6);
    const { isp, visitor: host } = await layOut(prefix);
    const certificates = await makeCertificates(join(folder, 'certificates'), [
      `IP:${GATEWAY_ADDRESS}`,
      `DNS:*.${ZONE}`,
      `DNS:${ZONE}`,
    ]);
    const all = merged(labSettings(certificates), settings);
    const gateway = new Gateway({ host: isp, folder: join(folder, 'gateway'), settings: all });
    const visitor = new Visitor(host);
    if (resolver) await visitor.startResolver(ZONE, join(folder, 'unbound'));
    return new Lab({ folder, isp, visitor, gateway, caFile: certificates.caFile }, prefix);
  }

  /** A lab whose DHCP server leases from the first pool and whose gateway serves. */
  static async running(wishes?: LabWishes): Promise<Lab> {
    const lab = await Lab.open(wishes);
    try {
      await lab.startServing();
      return lab;
    } catch (error) {
      await lab.close();
      throw error;
    }
  }

  async startServing(): Promise<void> {
    await this.dhcp.lease(POOL);
    await this.gateway.start();
  }

  /** A new line, live on a home of its own that is named after it. */
  async liveLine(id: string, wishes: LineWishes & AgentWishes = {}): Promise<LiveLine> {
    return await this.goLive(await this.addLine(id, wishes), wishes);
  }

  /** Connects a home for a line that the gateway knows, and starts DHCP client and agent there. */
  async goLive(subscription: Subscription, wishes: AgentWishes = {}): Promise<LiveLine> {
    const home = await this.connectHome(subscription.id);
    const agent = this.agent(home, subscription, wishes);
    const address = await home.dial('udhcpc');
    await agent.startAndGoLive();
    return { home, subscription, agent, address };
  }

  /** A home whose name is also its port at the provider: at most 15 characters. */
  async connectHome(name: string): Promise<Home> {
    const home = await Home.connect({ isp: this.isp, prefix: this.#prefix, name, folder: this.folder });
    this.#homes.push(home);
    return home;
  }

  /** Creates a line at the gateway and gives what its subscriber is told. */
  async addLine(id: string, wishes: LineWishes = {}): Promise<Subscription> {
    const subscription = this.subscription(id, wishes.domain);
    const names = wishes.names ? ['--names', wishes.names.join(',')] : [];
    const domain = wishes.hasDomain === false ? ['--no-domain'] : ['--domain', subscription.domain];
    await this.gateway.ask('line', 'add', id, ...domain, ...names, '--secret-file', subscription.secretFile);
    return subscription;
  }

  /** Many lines that a Fleet speaks for, each with an address of its own on the home's WAN port. */
  async addSimulatedLines(home: Home, count: number): Promise<SimulatedLine[]> {
    const lines = Array.from({ length: count }, (_, index) => {
      const id = `s${index + 1}`;
      return { id, secret: this.secretOf(id), domain: `${id}.${ZONE}`, from: `198.51.100.${100 + index}` };
    });
    for (const { from } of lines) await home.take(from);
    const file = join(this.folder, 'lines.csv');
    const rows = lines.map(({ id, secret, domain }) => `${id},${domain},,${secret}`);
    writeFileSync(file, `id,domain,names,secret\n${rows.join('\n')}\n`);
    await this.gateway.ask('line', 'import', file);
    return lines;
  }

  /** A subscriber's papers: as they would be if the gateway knew the line. */
  subscription(
    id: string,
    domain = `${id}.${ZONE}`,
    secret = `the-secret-of-${id}-0123456789`,
  ): Subscription {
    const secretFile = join(this.folder, `${id}-${domain}.secret`);
    writeFileSync(secretFile, `${secret}\n`, { mode: 0o600 });
    return { id, domain, secretFile };
  }

  secretOf(id: string): string {
    return `the-secret-of-${id}-0123456789`;
  }

  /** An agent on the home's router; not started yet. */
  agent(home: Home, subscription: Subscription, wishes: AgentWishes = {}): Agent {
    const { wan = home.dhcpSource('udhcpc'), settings = {} } = wishes;
    const folder = join(home.folder, `agent-${subscription.id}`);
    return new Agent({ host: home.host, folder, caFile: this.caFile, subscription, wan, settings });
  }

  /** Ends every program and removes every namespace and file of this lab. */
  async close(): Promise<void> {
    const hosts = [this.isp, this.visitor.host, ...this.#homes.map(({ host }) => host)];
    await Promise.all(hosts.map((host) => host.remove()));
    await this.#keepFiles(hosts);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** For somebody who looks for a fault: PORCHLIGHT_KEEP names a folder that gets a copy of all files of the lab. */
  async #keepFiles(hosts: readonly Namespace[]): Promise<void> {
    const { PORCHLIGHT_KEEP } = process.env;
    if (!PORCHLIGHT_KEEP) return;
    mkdirSync(PORCHLIGHT_KEEP, { recursive: true });
    for (const host of hosts) host.keepLogs(this.folder);
    await run(['cp', '-r', this.folder, PORCHLIGHT_KEEP]);
  }
}

function labFolder(): string {
  const { PORCHLIGHT_LAB } = process.env;
  if (!PORCHLIGHT_LAB) throw new Error('a lab needs namespaces: start it by packaging/namespaces.mjs');
  return PORCHLIGHT_LAB;
}
