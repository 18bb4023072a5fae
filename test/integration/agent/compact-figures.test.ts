import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compactProgram } from '../../support/agent-engines.ts';
import { obligingGateway } from '../../support/agent-obliging-gateway.ts';
import { pki, secureAgent } from '../../support/agent-secure.ts';

const program = compactProgram('porchlight-agent');
const engine = { name: 'the small engine', words: [program], isBuilt: existsSync(program) } as const;
const testIfBuilt = test.runIf(engine.isBuilt);

const statusOf = (pid: number, key: string) =>
  Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);

testIfBuilt('the compact agent is 1.25 MB at most, and 0.6 MB in xz', () => {
  const packed = execFileSync('xz', ['-9e', '-c', program]).length;
  process.stdout.write(`compact agent: ${statSync(program).size} bytes, xz ${packed}\n`);
  expect(statSync(program).size).toBeLessThanOrEqual(1_250_000);
  expect(packed).toBeLessThanOrEqual(600_000);
});

testIfBuilt('the compact agent idles in 3 MiB and one thread', async () => {
  const { authority, tls } = await pki();
  const { port } = await obligingGateway(tls);
  const { child, log } = secureAgent({ engine, port, authority });
  await expect.poll(log, { timeout: 9_000 }).toContain('the name is live');
  // the threads of the resolver end by themselves
  await expect.poll(() => statusOf(child.pid ?? 0, 'Threads'), { timeout: 9_000 }).toBe(1);
  process.stdout.write(`compact agent: resident ${statusOf(child.pid ?? 0, 'VmRSS')} KiB\n`);
  expect(statusOf(child.pid ?? 0, 'VmRSS')).toBeLessThanOrEqual(3_072);
});
