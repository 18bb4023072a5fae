import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type AgentEngine, compactProgram } from '../../support/agent-engines.ts';
import { obligingGateway } from '../../support/agent-obliging-gateway.ts';
import { pki, secureAgent } from '../../support/agent-secure.ts';

const LEASES = new URL('../../fixtures/leases/', import.meta.url).pathname;
const EMULATORS = [
  { target: 'aarch64', emulator: 'qemu-aarch64-static' },
  { target: 'armel', emulator: 'qemu-arm-static' },
  { target: 's390x', emulator: 'qemu-s390x-static' },
];
/** ELF: where the kind of processor stands, and MIPS. */
const MACHINE_OFFSET = 18;
const MIPS = 8;

describe.each(EMULATORS)('the compact agent for $target, emulated', ({ target, emulator }) => {
  const program = compactProgram('porchlight-agent', target);
  const words: AgentEngine['words'] = [emulator, program];
  const isBuilt = existsSync(program) && spawnSync(emulator, ['--version']).status === 0;

  test.runIf(isBuilt)('tells its version, and reads a lease file as every other', () => {
    const said = (...more: string[]) => execFileSync(emulator, [program, ...more], { encoding: 'utf8' });
    expect(said('--version')).toBe('0.1.0\n');
    expect(said('leases', `${LEASES}dhclient/04-expired.leases`)).toContain('203.0.113.102/24  expired');
  });

  test.runIf(isBuilt)(
    'goes live over TLS, and says farewell',
    async () => {
      const { authority, tls } = await pki();
      const { port, heard } = await obligingGateway(tls);
      const { child, log } = secureAgent({
        engine: { name: target, words, isBuilt },
        port,
        authority,
      });
      await expect.poll(log, { timeout: 9_000 }).toContain('the name is live');
      child.kill('SIGTERM');
      await expect.poll(() => child.exitCode, { timeout: 9_000 }).toBe(0);
      expect(heard.at(-1)).toMatchObject({ kind: 'offline', reason: 'stop' });
    },
    20_000,
  );
});

const mipsel = compactProgram('porchlight-agent', 'mipsel');
test.runIf(existsSync(mipsel))(
  'the compact agent for mipsel is a program for that processor, and no more is shown',
  () => {
    expect(readFileSync(mipsel).readUInt16LE(MACHINE_OFFSET)).toBe(MIPS);
  },
);
