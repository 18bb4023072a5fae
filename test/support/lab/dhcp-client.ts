import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Namespace } from './namespace.ts';
import type { Program } from './program.ts';
import { until } from './waiting.ts';

/** A DHCP client program on a home router's `wan`; it sets the address and leaves a lease file, as on a real one. */
export interface DhcpClient {
  readonly program: Program;
  /** The agent's `wan.source` and `wan.lease_file` that go with this client. */
  readonly source: 'udhcpc' | 'dhclient';
  readonly leaseFile: string;
  /** Asks the server now whether the lease goes on; after a change of pool it will not. */
  renew(): void;
}

const HOOKS = fileURLToPath(new URL('../../../packaging/hooks', import.meta.url));

/** What a router's own script does with a lease; ours runs beside it. */
const UDHCPC_SCRIPT = `#!/bin/sh
case $1 in
deconfig) ip addr flush dev $interface scope global ;;
bound | renew)
  ip addr replace $ip/$mask dev $interface
  ip route replace default via \${router%% *} ;;
esac
`;

const DHCLIENT_SCRIPT = `#!/bin/sh
PATH=/usr/sbin:/usr/bin:/sbin:/bin
case $reason in
PREINIT | EXPIRE | FAIL | RELEASE | STOP) ip addr flush dev $interface scope global ;;
BOUND | RENEW | REBIND | REBOOT)
  [ "$old_ip_address" = "$new_ip_address" ] || ip addr flush dev $interface scope global
  ip addr replace $new_ip_address/$new_subnet_mask dev $interface
  ip route replace default via \${new_routers%% *} ;;
esac
. ${HOOKS}/dhclient
exit 0
`;

/** busybox udhcpc with our hook; SIGUSR1 renews. */
export function startUdhcpc(home: Namespace, folder: string): DhcpClient {
  const leaseFile = leaseFileOf('udhcpc', folder);
  const env = {
    PORCHLIGHT_SCRIPT: script(join(folder, 'udhcpc-script'), UDHCPC_SCRIPT),
    PORCHLIGHT_LEASE_FILE: leaseFile,
  };
  const options = ['-i', 'wan', '-s', join(HOOKS, 'udhcpc'), '-t', '5', '-T', '1', '-A', '1'];
  const program = home.start('udhcpc', ['busybox', 'udhcpc', '-f', ...options], env);
  return { program, source: 'udhcpc', leaseFile, renew: () => program.signal('SIGUSR1') };
}

/** ISC dhclient with our hook; it has no signal for "renew now" and renews when it is started anew on its lease file. */
export function startDhclient(home: Namespace, folder: string): DhcpClient {
  const leaseFile = leaseFileOf('dhclient', folder);
  const hooked = script(join(folder, 'dhclient-script'), DHCLIENT_SCRIPT);
  const told = ['-e', `PORCHLIGHT_LEASE_FILE=${hookFileOf(folder)}`];
  const files = ['-sf', hooked, '-lf', leaseFile, '-pf', join(folder, 'dhclient.pid')];
  if (!existsSync(leaseFile)) writeFileSync(leaseFile, '');
  const start = () => home.start('dhclient', ['dhclient', '-d', ...told, ...files, 'wan']);
  const client = {
    program: start(),
    source: 'dhclient' as const,
    leaseFile,
    renew: () => {
      client.program.signal('SIGKILL');
      client.program = start();
    },
  };
  return client;
}

/** Where our hook for dhclient writes, beside dhclient's own lease file. */
export function hookFileOf(folder: string): string {
  return join(folder, 'dhclient-hook.lease');
}

/** Where the client, or its hook, writes its lease. */
export function leaseFileOf(client: DhcpClient['source'], folder: string): string {
  return join(folder, client === 'udhcpc' ? 'udhcpc.lease' : 'dhclient.leases');
}

/** The home's leased address, once it begins with this. */
export async function leasedAddress(home: Namespace, start = '', limitMs = 15_000): Promise<string> {
  return await until(`${home.name} has an address ${start}*`, limitMs, async () => {
    const shown = await home.ip('-4', '-o', 'addr', 'show', 'dev', 'wan');
    const address = /inet ([\d.]+)/.exec(shown)?.[1];
    return address?.startsWith(start) && address;
  });
}

/** What the client last wrote. */
export function leaseText({ leaseFile }: DhcpClient): string {
  return readFileSync(leaseFile, 'utf8');
}

function script(file: string, text: string): string {
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text, { mode: 0o755 });
  return file;
}
