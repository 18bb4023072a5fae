import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type AgentEngine, enginesFor } from '../../../support/agent-engines.ts';

const PROBE = new URL('../../../support/agent-interface-probe.ts', import.meta.url).pathname;
const mayUnshare =
  spawnSync('unshare', ['--net', 'true']).status === 0 && spawnSync('nsenter', ['--version']).status === 0;
// skipped where this user may not make network namespaces: only there can an interface be changed safely
const inNamespace = test.skipIf(!mayUnshare);

interface Seen {
  readonly hasCarrier: boolean;
  readonly addresses: readonly { readonly address: string; readonly isUnfit: boolean }[];
}

async function probe(start: AgentEngine['words'] = [process.execPath, PROBE], ip = 'ip') {
  const setUp = 'ip link add wan type veth peer name isp && ip link set wan up && ip link set isp up';
  const child = spawn('unshare', ['--net', 'sh', '-c', `${setUp} && exec "$0" "$@"`, ...start, 'wan', ip], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => ended(child));
  const lines: (Seen | null)[] = [];
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts.map((line): Seen | null => JSON.parse(line)));
  });
  await expect.poll(() => lines.length, { timeout: 5_000 }).toBeGreaterThan(0);
  const change = (...words: string[]) =>
    execFileSync('nsenter', ['--net', '--target', String(child.pid), 'ip', ...words]);
  const held = () =>
    lines
      .at(-1)
      ?.addresses.filter(({ isUnfit }) => !isUnfit)
      .map(({ address }) => address);
  return { child, lines, change, held };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill();
  await once(child, 'exit');
}

describe.each(enginesFor(PROBE, 'interface-probe'))('on $name', ({ words, isBuilt }) => {
  test.skipIf(!mayUnshare || !isBuilt)(
    'sees addresses come and go within a fraction of a second',
    async () => {
      const { change, held, lines } = await probe(words);
      const within = { timeout: 700, interval: 5 };
      change('address', 'add', '198.51.100.7/24', 'dev', 'wan');
      await expect.poll(held, within).toContain('198.51.100.7');
      change('address', 'add', '198.51.100.8/24', 'dev', 'wan');
      await expect
        .poll(() => lines.at(-1)?.addresses, within)
        .toContainEqual(expect.objectContaining({ address: '198.51.100.8', isSecondary: true }));
      change('address', 'flush', 'dev', 'wan', 'scope', 'global');
      await expect.poll(held, within).not.toContain('198.51.100.7');
    },
  );

  test.skipIf(!mayUnshare || !isBuilt)('sees the carrier and the interface itself go', async () => {
    const { change, lines } = await probe(words);
    change('link', 'set', 'isp', 'down');
    await expect.poll(() => lines.at(-1)?.hasCarrier).toBe(false);
    change('link', 'set', 'isp', 'up');
    await expect.poll(() => lines.at(-1)?.hasCarrier).toBe(true);
    change('link', 'delete', 'wan');
    await expect.poll(() => lines.at(-1), { timeout: 3_000 }).toBeNull();
  });
});

inNamespace('goes on by polling where there is no ip command', async () => {
  const { change, held } = await probe([process.execPath, PROBE], 'no-such-command');
  change('address', 'add', '198.51.100.7/24', 'dev', 'wan');
  await expect.poll(held, { timeout: 3_000 }).toContain('198.51.100.7');
});

inNamespace('ends with its program and leaves no ip behind', async () => {
  const { child } = await probe();
  const children = () =>
    spawnSync('ps', ['--ppid', String(child.pid), '-o', 'pid='], { encoding: 'utf8' }).stdout.trim();
  await expect.poll(children).not.toBe('');
  const monitor = Number(children());
  await ended(child);
  expect(() => process.kill(monitor, 0)).toThrow();
});
