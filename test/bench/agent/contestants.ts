import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parseCertificateName } from '../../../gateway-server/authority/certificate-name.ts';
import {
  makeAuthority,
  makeServerCertificate,
} from '../../../gateway-server/authority/io/certificate-maker.ts';
import { systemClock } from '../../../runtime/clock.ts';
import { obligingBroker } from '../../support/agent-obliging-broker.ts';
import type { Part } from '../dns/part.ts';

const ROOT = new URL('../../..', import.meta.url).pathname;

interface Contestant {
  readonly name: string;
  /** The program itself; libraries and interpreters beside it are not counted. */
  readonly program: string;
  readonly isOurs: boolean;
  /** Gives its line another address; only ours watch for that. */
  readonly bind?: (address: string) => void;
  /** Starts it; `told` fulfils when the other side has answered: a CONNACK, or the answer to an update. */
  readonly start: () => { readonly child: ChildProcess; readonly told: Promise<void> };
}

export interface Field {
  readonly contestants: readonly Contestant[];
  readonly broker: Awaited<ReturnType<typeof obligingBroker>>;
  readonly close: () => void;
}

/** All contestants that this machine has, each with something to talk to. */
export async function field(part: Part): Promise<Field> {
  const compact = join(part.folder, 'compact', 'x86_64', 'porchlight-agent');
  const withNode = join(part.folder, 'node', 'porchlight-agent-x64');
  if (!existsSync(compact)) built(part);
  const broker = await obligingBroker(await certificate(part.folder));
  const ours = (name: string, program: string, line: string): Contestant => {
    const { bind, config } = settings(part.folder, broker.port, line);
    const start = () => ({
      told: admitted(broker, line),
      child: spawn(program, ['run', '--config', config], { stdio: 'ignore' }),
    });
    return { name, program, isOurs: true, bind, start };
  };
  const web = await webServer();
  const peers = [inadyn(part.folder, web), ddclient(part.folder, web)].filter(({ name, program }) => {
    if (!existsSync(program)) part.absent(`${name}: not installed`);
    return existsSync(program);
  });
  const contestants = [
    ours('compact agent', compact, 'alice'),
    ours('agent with Node inside', withNode, 'bob'),
    ...peers,
  ];
  const close = () => {
    broker.close();
    web.server.close();
    web.server.closeAllConnections();
  };
  return { contestants, broker, close };
}

function built({ folder, say }: Part): void {
  for (const [script, out] of [
    ['compact/build.mjs', 'compact'],
    ['node-binary/build.mjs', 'node'],
  ] as const) {
    const words = [join(ROOT, 'packaging', script), '--outdir', join(folder, out)];
    execFileSync(process.execPath, words, { stdio: 'pipe' });
    say(`${out} is built`);
  }
}

async function certificate(folder: string) {
  const now = systemClock.now();
  const name = parseCertificateName('localhost');
  if (!name) throw new Error('localhost is a name');
  const authority = await makeAuthority('bench', [name], now);
  const server = await makeServerCertificate(authority, [name], now);
  writeFileSync(join(folder, 'ca.pem'), authority.certificate);
  return { key: server.key, cert: server.certificate, minVersion: 'TLSv1.3' } as const;
}

/** When the broker has let this line's agent in. */
function admitted({ aedes }: Field['broker'], line: string): Promise<void> {
  return new Promise((resolve) => {
    const look = (_packet: unknown, { id }: { readonly id: string }) => {
      if (!id.includes(line)) return;
      aedes.off('connackSent', look);
      resolve();
    };
    aedes.on('connackSent', look);
  });
}

function settings(folder: string, port: number, line: string) {
  const lease = join(folder, `${line}.lease`);
  const config = join(folder, `${line}.toml`);
  const lines = [
    `gateway = "mqtts://localhost:${port}"\nca_file = "${join(folder, 'ca.pem')}"`,
    `line = "${line}"\nsecret = "s3cret"\ndomain = "${line}.example.test"`,
    `status_file = "${join(folder, `${line}.json`)}"\n[wan]\nlease_file = "${lease}"\n`,
  ];
  writeFileSync(config, lines.join('\n'));
  const bind = (address: string) => {
    writeFileSync(`${lease}.new`, `event=bound\ninterface=wan\nip=${address}\nmask=8\nlease=3600\n`);
    renameSync(`${lease}.new`, lease);
  };
  bind('127.0.7.1');
  return { bind, config };
}

interface Web {
  readonly server: ReturnType<typeof createServer>;
  readonly port: number;
  /** Fulfils at the next update. */
  readonly updated: () => Promise<void>;
}

async function webServer(): Promise<Web> {
  const server = createServer((_request, response) => response.end('good 198.51.100.7\n'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const updated = async () => void (await once(server, 'request'));
  return { server, port: (server.address() as AddressInfo).port, updated };
}

function inadyn(folder: string, { port, updated }: Web): Contestant {
  const program = '/usr/sbin/inadyn';
  const file = join(folder, 'inadyn.conf');
  writeFileSync(
    file,
    [
      'period = 300\nallow-ipv6 = false',
      `custom bench {\n  ssl = false\n  username = "alice"\n  password = "s3cret"\n  hostname = "alice.example.test"`,
      `  checkip-command = "echo 198.51.100.7"\n  ddns-server = "127.0.0.1:${port}"\n  ddns-path = "/update?h=%h&ip=%i"\n}\n`,
    ].join('\n'),
  );
  const start = () => {
    const cache = mkdtempSync(join(folder, 'inadyn-'));
    const words = ['--foreground', '--config', file, '--no-pidfile', '--cache-dir', cache];
    return { told: updated(), child: spawn(program, words, { stdio: 'ignore' }) };
  };
  return { name: 'inadyn', program, isOurs: false, start };
}

function ddclient(folder: string, { port, updated }: Web): Contestant {
  const program = '/usr/bin/ddclient';
  const file = join(folder, 'ddclient.conf');
  const conf = `ssl=no\nuse=cmd, cmd='echo 198.51.100.7'\nprotocol=dyndns2, server=127.0.0.1:${port}\nlogin=alice\npassword=s3cret\nalice.example.test\n`;
  writeFileSync(file, conf, { mode: 0o600 });
  const start = () => {
    const words = [
      '-foreground',
      '-daemon=300',
      '-file',
      file,
      '-cache',
      join(mkdtempSync(join(folder, 'ddclient-')), 'cache'),
      '-pid',
      join(folder, 'ddclient.pid'),
    ];
    return { told: updated(), child: spawn(program, words, { stdio: 'ignore' }) };
  };
  return { name: 'ddclient', program, isOurs: false, start };
}

/** Ends a contestant and waits for that. */
export async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** Bytes of what a program cannot be without: its shared libraries, or a script's interpreter with its own. */
export function companionBytes(program: string): number {
  const [, interpreter] = /^#! ?(\S+)/.exec(readFileSync(program, 'latin1').slice(0, 200)) ?? [];
  const linked = interpreter ?? program;
  const { stdout } = spawnSync('ldd', [linked], { encoding: 'utf8' });
  const files = [...stdout.matchAll(/(\/\S+) \(0x/g)].flatMap(([, file]) => file ?? []);
  return [...(interpreter ? [interpreter] : []), ...files].reduce(
    (sum, file) => sum + statSync(file).size,
    0,
  );
}
