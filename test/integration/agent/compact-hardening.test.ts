import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../runtime/clock.ts';
import { compactProgram } from '../../support/agent-engines.ts';
import { obligingGateway } from '../../support/agent-obliging-gateway.ts';
import { pki, secureAgent } from '../../support/agent-secure.ts';
import { temporaryFolder } from '../../support/agent-temporary-folder.ts';

const sanitized = compactProgram('agent-sanitized', 'hardening');
const forValgrind = compactProgram('agent-for-valgrind', 'hardening');
const fuzzer = compactProgram('fuzz-tls', 'hardening');
const isBuilt = existsSync(fuzzer);
const ROUNDS = process.env['PORCHLIGHT_TEST_LONG'] ? 100_000 : 400;
const VALGRIND = [
  '--quiet',
  '--error-exitcode=99',
  '--leak-check=full',
  '--errors-for-leak-kinds=definite',
  '--show-leak-kinds=definite',
] as const;

describe.each([
  { name: 'the sanitizers', words: [sanitized] as const, limitMs: 20_000 },
  { name: 'valgrind', words: ['valgrind', ...VALGRIND, forValgrind] as const, limitMs: 60_000 },
])('the compact agent under $name', ({ name, words, limitMs }) => {
  test.runIf(isBuilt)(
    'lives through log-ins, a new lease, new settings, a lost connection and a farewell without a mistake',
    async () => {
      const { authority, tls } = await pki();
      const { port, heard, sockets } = await obligingGateway(tls);
      const { child, log, file } = secureAgent({ engine: { name, words, isBuilt }, port, authority });
      const within = { timeout: limitMs / 2 };
      const registrations = () => heard.filter(({ kind }) => kind === 'register').length;
      await expect.poll(log, within).toContain('the name is live');
      file('lease', 'event=bound\ninterface=wan\nip=127.0.7.2\nmask=8\nlease=60\n');
      await expect.poll(registrations, within).toBe(2);
      child.kill('SIGHUP');
      await expect.poll(registrations, within).toBe(3);
      for (const socket of sockets) socket.destroy();
      await expect.poll(registrations, within).toBe(4);
      child.kill('SIGTERM');
      await expect.poll(() => child.exitCode, within).toBe(0);
      expect(log()).not.toMatch(/AddressSanitizer|LeakSanitizer|host\/\S+ runtime error|^==\d+==/m);
    },
    limitMs * 3,
  );
});

/** Keeps what a server of this version says to the driver's client, whose chance and time stand still. */
async function recorded(version: 'TLSv1.2' | 'TLSv1.3') {
  const { authority, tls } = await pki();
  const server = createServer({ ...tls, minVersion: version, maxVersion: version }, (socket) => {
    socket.on('error', () => undefined).end('the first words of a broker');
  });
  server.on('tlsClientError', () => undefined).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const folder = temporaryFolder();
  const [ca, file] = [join(folder, 'ca.pem'), join(folder, 'answer')];
  writeFileSync(ca, authority.certificate);
  const env = { ...process.env, FUZZ_NOW: String(Math.floor(systemClock.now() / 1_000)) };
  const { port } = server.address() as AddressInfo;
  await finished([fuzzer, 'record', String(port), ca, file], env);
  return { ca, file, env };
}

function finished([program = '', ...args]: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { env, encoding: 'utf8' }, (error, out, err) => {
      if (error) reject(new Error(`${error.message}\n${err}`));
      else resolve(out);
    });
  });
}

describe('the TLS of the compact agent', () => {
  test.runIf(isBuilt).each(['TLSv1.2', 'TLSv1.3'] as const)(
    'survives a %s server that says anything at all',
    async (version) => {
      const { ca, file, env } = await recorded(version);
      const seed = String(systemClock.now() % 1_000_000);
      const said = await finished([fuzzer, 'replay', ca, file, String(ROUNDS), seed], env);
      expect(said).toMatch(new RegExp(`^${ROUNDS} rounds`));
    },
    ROUNDS * 50 + 10_000,
  );
});
