import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import {
  type CertificateName,
  parseCertificateName,
} from '../../gateway-server/authority/certificate-name.ts';
import {
  makeAuthority,
  makeServerCertificate,
  type Pair,
} from '../../gateway-server/authority/io/certificate-maker.ts';
import { systemClock } from '../../runtime/clock.ts';
import type { AgentEngine } from './agent-engines.ts';
import { temporaryFolder } from './agent-temporary-folder.ts';

const now = systemClock.now();
export const LOOPBACK = ['localhost', '127.0.0.1', '::1'];

/** An authority and a certificate of its for these names, made at these times. */
export async function pki(names: readonly string[] = LOOPBACK, authorityAt = now, serverAt = now) {
  const parsed = names
    .map(parseCertificateName)
    .filter((name): name is CertificateName => name !== undefined);
  const authority = await makeAuthority('test', parsed, authorityAt);
  const server = await makeServerCertificate(authority, parsed, serverAt);
  return { authority, server, tls: { key: server.key, cert: server.certificate } };
}

export interface AgentSetting {
  readonly engine: AgentEngine;
  readonly port: number;
  readonly authority: Pair;
  readonly host?: string;
  readonly more?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the agent against a gateway; gives what it says. */
export function secureAgent({
  engine,
  port,
  authority,
  host = 'localhost',
  more = '',
  env = {},
}: AgentSetting) {
  const folder = temporaryFolder();
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const lease = file('lease', 'event=bound\ninterface=wan\nip=127.0.7.1\nmask=8\nlease=60\n');
  const ca = file('ca.pem', authority.certificate);
  const config = file(
    'agent.toml',
    `gateway = "mqtts://${host}:${port}"\nline = "alice"\nsecret = "s"\ndomain = "alice.example.test"\n` +
      `ca_file = "${ca}"\nstatus_file = "${folder}/status.json"\n${more}[wan]\nsource = "udhcpc"\nlease_file = "${lease}"\n`,
  );
  const [program, ...words] = [...engine.words, 'run', '--config', config];
  const child = spawn(program, words, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...env },
  });
  onTestFinished(async () => {
    child.kill();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  return { child, file, log: () => log };
}
