import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type AgentEngine, nodeBinary } from '../../support/agent-engines.ts';
import { obligingGateway } from '../../support/agent-obliging-gateway.ts';
import { pki, secureAgent } from '../../support/agent-secure.ts';

const EMULATOR = 'qemu-aarch64-static';
/** Where Debian lays glibc for programs of that processor. */
const LIBRARIES = '/usr/aarch64-linux-gnu';
const emulated: AgentEngine = {
  name: 'Node for arm64, emulated',
  words: [EMULATOR, '-L', LIBRARIES, nodeBinary('arm64')],
  isBuilt:
    existsSync(nodeBinary('arm64')) &&
    existsSync(LIBRARIES) &&
    spawnSync(EMULATOR, ['--version']).status === 0,
};

test.runIf(emulated.isBuilt)(
  'the arm64 binary with Node inside goes live over TLS, emulated, and says farewell',
  async () => {
    const { authority, tls } = await pki();
    const { port, heard } = await obligingGateway(tls);
    const { child, log } = secureAgent({ engine: emulated, port, authority });
    await expect.poll(log, { timeout: 50_000 }).toContain('the name is live');
    child.kill('SIGTERM');
    await expect.poll(() => child.exitCode, { timeout: 20_000 }).toBe(0);
    expect(heard.at(-1)).toMatchObject({ kind: 'offline', reason: 'stop' });
  },
  90_000,
);

const own = nodeBinary(process.arch);
test.runIf(existsSync(own))('the binary with Node inside is 110 MB at most, its bundle 200 KB', () => {
  expect(statSync(own).size).toBeLessThanOrEqual(110_000_000);
  expect(statSync(join(own, '..', 'porchlight-agent.cjs')).size).toBeLessThanOrEqual(200_000);
  expect(execFileSync(own, ['--version'], { encoding: 'utf8' })).toBe('0.1.0\n');
});
