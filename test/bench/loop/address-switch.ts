import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Home } from '../../support/lab/home.ts';
import { monotonicMs } from './monotonic.ts';

/** Gives the line another address; resolves with the moment at which that happened, on the monotonic clock. */
export interface AddressSwitch {
  switchTo(address: string): Promise<number>;
  end(): Promise<void>;
}

/** Changes the interface itself: an `ip` that runs already does old address, new address and route in one go. */
export class InterfaceSwitch implements AddressSwitch {
  readonly #ip: ChildProcess;
  #address: string;

  constructor({ host }: Home, address: string) {
    const [program, ...args] = host.words(['ip', '-batch', '-']);
    this.#ip = spawn(program, args, { stdio: ['pipe', 'ignore', 'inherit'] });
    this.#address = address;
  }

  async switchTo(address: string): Promise<number> {
    const steps = [
      `addr del ${this.#address}/24 dev wan`,
      `addr add ${address}/24 dev wan`,
      `route replace default via ${routerOf(address)}`,
    ];
    this.#address = address;
    const at = monotonicMs();
    this.#ip.stdin?.write(`${steps.join('\n')}\n`);
    return at;
  }

  async end(): Promise<void> {
    if (this.#ip.exitCode !== null) return;
    const ended = once(this.#ip, 'exit');
    this.#ip.stdin?.end();
    await ended;
  }
}

/** Moves the file that a DHCP client's hook writes into its place; the interface has all the addresses already. */
export class LeaseFileSwitch implements AddressSwitch {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
    mkdirSync(dirname(file), { recursive: true });
  }

  async switchTo(address: string): Promise<number> {
    const fresh = `${this.#file}.tmp`;
    const values = Object.entries({ event: 'bound', ...leaseOf(address) });
    writeFileSync(fresh, values.map(([key, value]) => `${key}=${value}\n`).join(''));
    const at = monotonicMs();
    renameSync(fresh, this.#file);
    return at;
  }

  async end(): Promise<void> {}
}

/** What a router's own script does with a lease before it calls our hook. */
const ROUTER_SCRIPT = `#!/bin/sh
case $1 in
deconfig) ip addr flush dev $interface scope global ;;
bound) date +%s%N > $0.began; ip addr replace $ip/$mask dev $interface; ip route replace default via $router ;;
esac
`;
const HOOK = fileURLToPath(new URL('../../../packaging/hooks/udhcpc', import.meta.url));

/** Runs our hook for udhcpc as udhcpc does after a NAK, around a router's script; what counts is when that script sets the address. */
export class HookSwitch implements AddressSwitch {
  readonly #home: Home;
  readonly #leaseFile: string;
  readonly #script: string;

  constructor(home: Home, leaseFile: string) {
    this.#home = home;
    this.#leaseFile = leaseFile;
    this.#script = join(home.folder, 'router-script');
    mkdirSync(home.folder, { recursive: true });
    writeFileSync(this.#script, ROUTER_SCRIPT, { mode: 0o755 });
  }

  async switchTo(address: string): Promise<number> {
    await this.#run('deconfig', address);
    const wallOffset = Date.now() - monotonicMs();
    await this.#run('bound', address);
    return Number(readFileSync(`${this.#script}.began`, 'utf8')) / 1e6 - wallOffset;
  }

  async end(): Promise<void> {}

  async #run(event: string, address: string): Promise<void> {
    const env = {
      ...leaseOf(address),
      PORCHLIGHT_SCRIPT: this.#script,
      PORCHLIGHT_LEASE_FILE: this.#leaseFile,
    };
    await this.#home.host.mustRun([HOOK, event], { env });
  }
}

function leaseOf(address: string): Record<string, string> {
  const router = routerOf(address);
  return { interface: 'wan', ip: address, mask: '24', lease: '3600', router, serverid: router, opt53: '05' };
}

function routerOf(address: string): string {
  return address.replace(/\d+$/, '1');
}
