import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type AgentEngine, agentEngines } from '../../support/agent-engines.ts';
import { obligingGateway } from '../../support/agent-obliging-gateway.ts';
import { temporaryFolder } from '../../support/agent-temporary-folder.ts';

const LEASES = new URL('../../fixtures/leases/', import.meta.url).pathname;

async function running(start: AgentEngine['words']) {
  const { heard, port } = await obligingGateway();
  const folder = temporaryFolder();
  const config = join(folder, 'agent.toml');
  const lease = join(folder, 'lease');
  const configure = (domain: string) =>
    writeFileSync(
      config,
      `gateway = "mqtt://127.0.0.1:${port}"\nline = "alice"\nsecret = "s3cret"\ndomain = "${domain}"\n` +
        `status_file = "${folder}/status.json"\n[wan]\nsource = "udhcpc"\nlease_file = "${lease}"\n`,
    );
  const bind = (ip: string) =>
    writeFileSync(lease, `event=bound\ninterface=wan\nip=${ip}\nmask=8\nlease=60\n`);
  configure('alice.example.test');
  bind('127.0.7.1');
  const [program, ...words] = [...start, 'run', '--config', config];
  const agent = spawn(program, words, { stdio: ['ignore', 'ignore', 'pipe'] });
  onTestFinished(async () => {
    await ended(agent);
  });
  let log = '';
  agent.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  const last = () => heard.findLast((message) => message.kind === 'register');
  await expect.poll(last, { timeout: 5_000 }).toMatchObject({ ipv4: '127.0.7.1' });
  return {
    agent,
    heard,
    last,
    log: () => log,
    config,
    configure,
    bind,
    status: () => JSON.parse(readFileSync(`${folder}/status.json`, 'utf8')),
  };
}

async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill();
    await once(child, 'exit');
  }
  return child.exitCode;
}

function saidBy(
  [program, ...start]: AgentEngine['words'],
  words: readonly string[],
): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(program, [...start, ...words], (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
  });
}

describe.each(agentEngines())('on $name', ({ words: engine, isBuilt }) => {
  const said = (...words: string[]) => saidBy(engine, words);

  test.runIf(isBuilt)('goes live, follows a new address, and says farewell when it is stopped', async () => {
    const { agent, heard, last, log, bind, status, config } = await running(engine);
    await expect.poll(() => status().state).toBe('live');
    bind('127.0.7.2');
    await expect.poll(last).toMatchObject({ ipv4: '127.0.7.2' });
    await expect.poll(() => status()).toMatchObject({ state: 'live', addresses: { ipv4: '127.0.7.2' } });
    const shown = await said('status', '--config', config);
    expect(shown).toMatchObject({ code: 0, out: expect.stringMatching(/^state +live/) });
    expect(await ended(agent)).toBe(0);
    expect(heard.at(-1)).toMatchObject({ kind: 'offline', reason: 'stop' });
    expect(status().state).toBe('stopped');
    const blocks = log()
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line).block);
    for (const block of [400, 404, 408, 420, 424, 428, 432, 436, 444, 448, 456, 460])
      expect(blocks).toContain(block);
    expect(log()).not.toContain('s3cret');
  });

  test.runIf(isBuilt)(
    'reads its settings again at SIGHUP without farewell, and keeps the old ones when the new are wrong',
    async () => {
      const { agent, heard, last, log, configure } = await running(engine);
      configure('not a name');
      agent.kill('SIGHUP');
      await expect.poll(log).toContain('settings are wrong, the old ones stay');
      configure('bob.example.test');
      agent.kill('SIGHUP');
      await expect.poll(last).toMatchObject({ domain: 'bob.example.test' });
      expect(heard.filter(({ kind }) => kind === 'offline')).toEqual([]);
      expect(agent.exitCode).toBeNull();
    },
  );

  test.runIf(isBuilt)('ends with 2 and all mistakes when used or set up wrongly', async () => {
    const config = join(temporaryFolder(), 'agent.toml');
    writeFileSync(config, 'gateway = "http://gw"\n[wan]\ninterface = ""\n');
    const bad = await said('run', '--config', config);
    expect(bad.code).toBe(2);
    expect(bad.err.split('\n')[0]).toBe(`bad settings in ${config}`);
    expect(bad.err).toContain('gateway = "http://gw": give mqtts://HOST[:PORT]');
    expect(bad.err).toContain('wan.interface = "": give');
    for (const words of [
      ['fly'],
      ['run', '--log-level', 'loud'],
      ['leases'],
      ['leases', 'x', '--at', 'noon'],
    ]) {
      expect((await said(...words)).code).toBe(2);
    }
  });

  test.runIf(isBuilt)('shows each of several interfaces and the one that would be used', async () => {
    const config = join(temporaryFolder(), 'agent.toml');
    const wan = '[wan]\ninterfaces = ["no-such-wan", "lo"]\n';
    writeFileSync(
      config,
      `gateway = "mqtt://127.0.0.1"\nline = "alice"\nsecret = "s"\ndomain = "alice.example.test"\n${wan}`,
    );
    const { code, out } = await said('check', '--config', config);
    expect(code).toBe(0);
    expect(out).toMatch(/interface +no-such-wan, lo\n/);
    expect(out).toMatch(/addresses +no-such-wan: no such interface now; lo: none/);
  });

  test.runIf(isBuilt)('tells version and help, and says how a status is missing', async () => {
    expect(await said('--version')).toMatchObject({ code: 0, out: '0.1.0\n' });
    expect(await said('--help')).toMatchObject({ code: 0, out: expect.stringContaining('leases') });
  });

  test.runIf(isBuilt)('says what it understands of a lease file', async () => {
    const { code, out } = await said(
      'leases',
      `${LEASES}dhclient/04-expired.leases`,
      '--json',
      '--at',
      '1795380732',
    );
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({
      format: 'dhclient',
      leases: [
        {
          address: '203.0.113.102',
          prefix: 24,
          start: 1795380709,
          expiry: 1795380721,
          state: 'expired',
          interface: 'wan',
        },
      ],
      problems: [],
    });
    expect(await said('leases', '/nowhere')).toMatchObject({
      code: 1,
      out: expect.stringContaining('ENOENT'),
    });
  });
});
