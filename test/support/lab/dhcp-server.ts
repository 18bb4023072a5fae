import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Namespace } from './namespace.ts';
import type { Program } from './program.ts';

const LEASE_SECONDS = 120;

/** The addresses that the provider leases. */
export interface Pool {
  readonly first: string;
  readonly last: string;
}

/** The provider's DHCP server: dnsmasq on the access network. */
export class DhcpServer {
  readonly #isp: Namespace;
  readonly #leaseFile: string;
  #program: Program | undefined;

  constructor(isp: Namespace, folder: string) {
    this.#isp = isp;
    this.#leaseFile = join(folder, 'dnsmasq.leases');
  }

  /** Leases from this pool from now on: who asks to renew an address of another pool gets a NAK. */
  async lease({ first, last }: Pool): Promise<void> {
    await this.stop();
    // the shortest lease that dnsmasq gives is 120 s; without --no-ping each offer takes 3 s
    this.#program = this.#isp.start('dnsmasq', [
      'dnsmasq',
      '--keep-in-foreground',
      '--conf-file=/dev/null',
      '--port=0',
      '--bind-interfaces',
      '--interface=br0',
      '--dhcp-authoritative',
      '--no-ping',
      '--user=',
      '--group=',
      `--dhcp-range=${first},${last},255.255.255.0,${LEASE_SECONDS}`,
      `--dhcp-leasefile=${this.#leaseFile}`,
      '--pid-file=',
      '--log-facility=-',
      '--log-dhcp',
    ]);
    await this.#program.log.waitForText('started', 5_000);
  }

  /** Lets all leases run out at once, so that their addresses are free for others. */
  async forgetLeases(pool: Pool): Promise<void> {
    await this.stop();
    writeFileSync(this.#leaseFile, '');
    await this.#isp.ip('neigh', 'flush', 'dev', 'br0');
    await this.lease(pool);
  }

  /** How often the server has said so: DHCPACK, DHCPNAK ... */
  count(word: string): number {
    return this.#program?.log.lines.filter((line) => line.event.includes(word)).length ?? 0;
  }

  async stop(): Promise<void> {
    await this.#program?.stop();
    this.#program = undefined;
  }
}
