import { join } from 'node:path';
import { AccessLine } from './access-line.ts';
import type { WanSettings } from './agent.ts';
import { type DhcpClient, leasedAddress, leaseFileOf, startDhclient, startUdhcpc } from './dhcp-client.ts';
import type { Namespace } from './namespace.ts';
import { connectHome } from './network.ts';

export interface HomeParts {
  readonly isp: Namespace;
  readonly prefix: string;
  readonly name: string;
  readonly folder: string;
}

/** A subscriber's home: its router, the cable to the provider, and the DHCP client on its WAN port. */
export class Home {
  readonly name: string;
  readonly host: Namespace;
  readonly cable: AccessLine;
  readonly folder: string;
  #client: DhcpClient | undefined;

  private constructor({ isp, name, folder }: HomeParts, host: Namespace) {
    this.name = name;
    this.host = host;
    this.folder = join(folder, name);
    this.cable = new AccessLine(isp, name);
  }

  static async connect(parts: HomeParts): Promise<Home> {
    return new Home(parts, await connectHome(parts.isp, parts.prefix, parts.name));
  }

  /** Starts the DHCP client and gives the address that it was leased. */
  async dial(client: 'udhcpc' | 'dhclient' = 'udhcpc'): Promise<string> {
    const start = client === 'udhcpc' ? startUdhcpc : startDhclient;
    this.#client = start(this.host, this.folder);
    return await this.address();
  }

  /** The agent's `[wan]` for this client, which need not have been started yet. */
  dhcpSource(client: 'udhcpc' | 'dhclient'): WanSettings {
    return { source: client, interface: 'wan', lease_file: leaseFileOf(client, this.folder) };
  }

  /** The address on the WAN port, once there is one that begins like this. */
  async address(start = '', limitMs = 15_000): Promise<string> {
    return await leasedAddress(this.host, start, limitMs);
  }

  /** Sets an address by hand, where no DHCP is part of the story. */
  async take(address: string): Promise<void> {
    const router = address.replace(/\d+$/, '1');
    await this.host.ip('addr', 'add', `${address}/24`, 'dev', 'wan');
    await this.host.ip('route', 'replace', 'default', 'via', router);
  }

  get client(): DhcpClient {
    if (!this.#client) throw new Error(`${this.name} has no DHCP client yet`);
    return this.#client;
  }
}
