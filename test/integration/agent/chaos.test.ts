import { spawn, spawnSync } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Cut, cuttingProxy } from '../../support/agent-cutting-proxy.ts';
import { type AgentEngine, agentEngines } from '../../support/agent-engines.ts';
import { obligingGateway } from '../../support/agent-obliging-gateway.ts';
import { temporaryFolder } from '../../support/agent-temporary-folder.ts';

const WITHIN = { timeout: 20_000 };
const LIVE = 'the name is live';
const isRoot = process.getuid?.() === 0;
const canMount = isRoot && spawnSync('unshare', ['-m', 'true']).status === 0;

interface Setting {
  readonly gateway: string;
  readonly statusFile?: string;
  /** Runs in the place of the agent, with its words behind. */
  readonly wrapper?: readonly string[];
}

/** A running agent whose lease file and settings a test writes. */
function startAgent(
  { words: [program, ...start] }: AgentEngine,
  { gateway, statusFile, wrapper = [] }: Setting,
) {
  const folder = temporaryFolder();
  const at = (name: string) => join(folder, name);
  const configure = (place: string) => {
    const status = statusFile ?? at('status.json');
    const settings = [
      `gateway = "${place}"`,
      'line = "alice"\nsecret = "s3cret"\ndomain = "alice.example.test"',
      `status_file = "${status}"\n[wan]\nlease_file = "${at('lease')}"\n`,
    ];
    writeFileSync(at('agent.toml'), settings.join('\n'));
  };
  const bind = (address: string) => {
    writeFileSync(at('lease.new'), `event=bound\ninterface=wan\nip=${address}\nmask=8\nlease=3600\n`);
    renameSync(at('lease.new'), at('lease'));
  };
  configure(gateway);
  bind('127.0.7.1');
  const [first = program, ...rest] = [...wrapper, program, ...start, 'run', '--config', at('agent.toml')];
  const child = spawn(first, rest, { stdio: ['ignore', 'ignore', 'pipe'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let text = '';
  child.stderr.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  return { child, folder, configure, bind, log: () => text };
}

/** Bytes of the first connection after which it is cut: within CONNECT, CONNACK, SUBACK, the registration, PUBACK and the reply. */
const CUTS: readonly Cut[] = [
  ...[0, 1, 60, 90, 200, 330, 400].map((bytes) => ({ from: 'agent', bytes, ending: 'closes' }) as const),
  ...[0, 1, 4, 5, 9, 14, 30, 120].map((bytes) => ({ from: 'gateway', bytes, ending: 'closes' }) as const),
  { from: 'gateway', bytes: 0, ending: 'writes garbage' },
  { from: 'gateway', bytes: 4, ending: 'writes garbage' },
];
const SILENCES: readonly Cut[] = [
  { from: 'gateway', bytes: 0, ending: 'falls silent' },
  { from: 'gateway', bytes: 4, ending: 'falls silent' },
];

describe.each(agentEngines())('the agent on $name', (engine) => {
  const testIfBuilt = test.runIf(engine.isBuilt);

  testIfBuilt(
    'goes live after the wire was cut at each of seventeen places, in mid-packet too',
    async () => {
      const { port } = await obligingGateway();
      const agents = await Promise.all(
        CUTS.map(async (cut) =>
          startAgent(engine, { gateway: `mqtt://127.0.0.1:${(await cuttingProxy(port, cut)).port}` }),
        ),
      );
      for (const { log } of agents) await expect.poll(log, WITHIN).toContain(LIVE);
    },
    60_000,
  );

  testIfBuilt(
    'gives up a gateway that falls silent while it logs in, and goes live with the next try',
    async () => {
      const { port } = await obligingGateway();
      const agents = await Promise.all(
        SILENCES.map(async (cut) =>
          startAgent(engine, { gateway: `mqtt://127.0.0.1:${(await cuttingProxy(port, cut)).port}` }),
        ),
      );
      for (const { log } of agents) {
        await expect.poll(log, { timeout: 30_000 }).toContain(LIVE);
        expect(log()).toContain('not connected');
      }
    },
    60_000,
  );

  const nobody = 'mqtt://127.0.0.1:9';
  testIfBuilt.each([
    ['nobody listens', async () => nobody, 'not connected'],
    [
      'the gateway says nothing',
      async (port: number) =>
        `mqtt://127.0.0.1:${(await cuttingProxy(port, { from: 'gateway', bytes: 0, ending: 'falls silent' }, 9)).port}`,
      'wan is up',
    ],
    [
      'a registration waits for its reply',
      async (port: number) =>
        `mqtt://127.0.0.1:${(await cuttingProxy(port, { from: 'gateway', bytes: 20, ending: 'falls silent' }, 9)).port}`,
      'registration sent',
    ],
    ['the name is live', async (port: number) => `mqtt://127.0.0.1:${port}`, LIVE],
  ])(
    'ends well at SIGTERM, and goes on at SIGHUP, while %s',
    async (_, placeOf, sign) => {
      // one for each: two agents of one line would put each other out
      const [{ port: one }, { port }] = [await obligingGateway(), await obligingGateway()];
      const stopped = startAgent(engine, { gateway: await placeOf(one) });
      const reloaded = startAgent(engine, { gateway: await placeOf(port) });
      await expect.poll(stopped.log, WITHIN).toContain(sign);
      await expect.poll(reloaded.log, WITHIN).toContain(sign);
      stopped.child.kill('SIGTERM');
      reloaded.configure(`mqtt://127.0.0.1:${port}`);
      reloaded.child.kill('SIGHUP');
      await expect.poll(() => stopped.child.exitCode, WITHIN).toBe(0);
      await expect.poll(() => reloaded.log().split('agent starts').at(2) ?? '', WITHIN).toContain(LIVE);
      expect(reloaded.log()).not.toContain('off-line message');
      expect(stopped.log().includes('off-line message')).toBe([LIVE, 'registration sent'].includes(sign));
      reloaded.child.kill('SIGTERM');
      await expect.poll(() => reloaded.child.exitCode, WITHIN).toBe(0);
    },
    60_000,
  );

  testIfBuilt(
    'goes live when its gateway has a name again',
    async () => {
      const { port } = await obligingGateway();
      const { log, configure, child } = startAgent(engine, {
        gateway: 'mqtts://no-such-gateway.invalid:8883',
      });
      await expect.poll(log, WITHIN).toContain('not connected');
      configure(`mqtt://localhost:${port}`);
      child.kill('SIGHUP');
      await expect.poll(log, WITHIN).toContain(LIVE);
    },
    60_000,
  );

  testIfBuilt('goes live although its status cannot be written', async () => {
    const { port } = await obligingGateway();
    const gateway = `mqtt://127.0.0.1:${port}`;
    const { log } = startAgent(engine, { gateway, statusFile: '/dev/null/status.json' });
    await expect.poll(log, WITHIN).toContain(LIVE);
    expect(log()).toMatch(/status.*(ENOTDIR|EEXIST|EACCES)/);
  });

  test.runIf(engine.isBuilt && canMount)(
    `goes live although the disk is full${canMount ? '' : ' (skipped: no mount)'}`,
    async () => {
      const { port } = await obligingGateway();
      const disk = temporaryFolder();
      const fill = `mount -t tmpfs -o size=16k none ${disk} && { head -c 99999 /dev/zero > ${disk}/fill 2>/dev/null || :; } && exec "$@"`;
      const { log, bind } = startAgent(engine, {
        gateway: `mqtt://127.0.0.1:${port}`,
        statusFile: join(disk, 'status.json'),
        wrapper: ['unshare', '-m', 'sh', '-c', fill, 'sh'],
      });
      await expect.poll(log, WITHIN).toContain(LIVE);
      expect(log()).toContain('ENOSPC');
      bind('127.0.7.2');
      await expect.poll(() => log().split(LIVE).length, WITHIN).toBeGreaterThan(2);
    },
  );

  testIfBuilt('ends at the last address of a lease that flaps', async () => {
    const { port, heard } = await obligingGateway();
    const { log, bind } = startAgent(engine, { gateway: `mqtt://127.0.0.1:${port}` });
    await expect.poll(log, WITHIN).toContain(LIVE);
    for (let flap = 1; flap <= 100; flap++) {
      bind(`127.0.8.${flap}`);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const last = () => heard.findLast((message) => message.kind === 'register')?.ipv4;
    await expect.poll(last, WITHIN).toBe('127.0.8.100');
    await expect
      .poll(
        () =>
          log()
            .trim()
            .split('\n')
            .findLast((line) => line.includes(LIVE)) ?? '',
        WITHIN,
      )
      .toContain('127.0.8.100');
  });
});
