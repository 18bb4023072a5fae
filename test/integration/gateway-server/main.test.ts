import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sqliteAudit } from '../../../gateway-server/store/io/sqlite-audit.ts';
import { openGatewayDatabase } from '../../../gateway-server/store/io/sqlite-store.ts';
import { systemClock } from '../../../runtime/clock.ts';
import { GatewayProgram } from '../../support/gateway-program.ts';

/** Each test starts the program several times, on a machine that may be busy. */
const PATIENT = { timeout: 60_000 };

describe('exit codes', PATIENT, () => {
  test('0 for what went well, 1 for what failed, 2 for wrong usage and for wrong settings', () => {
    const gateway = new GatewayProgram();
    expect(gateway.run('--version')).toEqual({ code: 0, out: '0.1.0\n', err: '' });
    expect(gateway.run('line', 'show', 'nobody')).toEqual({
      code: 1,
      out: '',
      err: 'there is no line "nobody": see "porchlight-gateway line list"\n',
    });
    expect(gateway.run('bogus')).toMatchObject({ code: 2, out: '' });
    gateway.configure('log_level = "loud"\n', '[alive]\ntimeout = 0\n');
    const { code, err } = gateway.run('serve');
    expect(code).toBe(2);
    expect(err).toMatch(
      /^bad settings in gateway\.toml\n {2}log_level = "loud".*\n {2}alive\.timeout = 0: .*\n$/,
    );
  });
});

describe('commands', PATIENT, () => {
  test('what is done on the store alone is there when the gateway serves, and the other way round', async () => {
    const gateway = new GatewayProgram();
    expect(gateway.run('line', 'add', 'alice', '--names', 'www,ftp')).toMatchObject({ code: 0, err: '' });
    const serving = await gateway.serve();
    expect(gateway.ask('line', 'show', 'alice')).toMatchObject({
      names: ['www.alice.mwebpages.test', 'ftp.alice.mwebpages.test'],
    });
    expect(gateway.ask('status')).toMatchObject({ running: true });
    gateway.ask('line', 'add', 'bob', '--no-domain');
    gateway.ask('line', 'suspend', 'alice');
    await serving.end('SIGTERM');
    expect(gateway.ask('status')).toMatchObject({ running: false });
    expect(gateway.ask('line', 'list')).toMatchObject([
      { id: 'alice', domain: 'alice.mwebpages.test' },
      { id: 'bob', domain: null },
    ]);
    expect(gateway.ask('line', 'show', 'alice')).toMatchObject({ suspended: true });
  });

  test('are noted with the system account that gave them, with and without a gateway', async () => {
    const gateway = new GatewayProgram();
    gateway.ask('line', 'add', 'alice');
    const serving = await gateway.serve();
    gateway.ask('line', 'suspend', 'alice');
    await serving.end('SIGTERM');
    const database = openGatewayDatabase(join(gateway.dataDir, 'gateway.sqlite'));
    const audit = sqliteAudit(database, systemClock);
    const entries = await audit.entries({ before: null, most: 10, subject: 'alice' });
    await database.store.close();
    const by = `command line of ${userInfo().username}`;
    expect(entries.map(({ actor, action }) => [actor, action])).toEqual([
      [by, 'line suspend'],
      [by, 'line add'],
    ]);
  });

  test('a secret is printed once and stands in no file and no log', async () => {
    const gateway = new GatewayProgram();
    const serving = await gateway.serve();
    const { secret: first } = gateway.ask('line', 'add', 'alice') as { secret: string };
    const { secret: second } = gateway.ask('line', 'secret', 'alice') as { secret: string };
    await serving.end('SIGTERM');
    const files = readdirSync(gateway.dataDir).map((name) =>
      readFileSync(join(gateway.dataDir, name), 'latin1'),
    );
    expect(first).not.toBe(second);
    for (const secret of [first, second]) expect([...files, serving.log].join()).not.toContain(secret);
  });
});

describe('serve', PATIENT, () => {
  test('SIGTERM ends it in order within 2 s: exit code 0, no control socket, nothing waits', async () => {
    const gateway = new GatewayProgram();
    const serving = await gateway.serve();
    const socket = join(gateway.dataDir, 'control.sock');
    expect(statSync(socket).mode & 0o777).toBe(0o600);
    expect(statSync(gateway.dataDir).mode & 0o777).toBe(0o700);
    const askedAt = performance.now();
    expect(await serving.end('SIGTERM')).toBe(0);
    expect(performance.now() - askedAt).toBeLessThan(2_000);
    expect(existsSync(socket)).toBe(false);
    expect(serving.log).toContain('"event":"gateway stopped"');
  });

  test('it tells the real ports when the system has chosen them', async () => {
    const serving = await new GatewayProgram().serve();
    const told = JSON.stringify(await serving.says('gateway listens'));
    expect(told.match(/127\.0\.0\.1:[1-9]\d+/g)).toHaveLength(3);
  });

  test('a second one in the same folder is refused with a sentence, and the first one goes on', async () => {
    const gateway = new GatewayProgram();
    await gateway.serve();
    const { code, err } = gateway.run('serve');
    expect([code, err]).toEqual([
      1,
      `another gateway is serving already: it holds ${gateway.dataDir}/control.sock\n`,
    ]);
    expect(gateway.ask('status')).toMatchObject({ running: true });
  });

  test('what a killed gateway has left behind is in nobody’s way', async () => {
    const gateway = new GatewayProgram();
    const killed = await gateway.serve();
    gateway.ask('line', 'add', 'alice');
    await killed.end('SIGKILL');
    expect(existsSync(join(gateway.dataDir, 'control.sock'))).toBe(true);
    expect(gateway.ask('status')).toMatchObject({ running: false, lines: { unknown: 1 } });
    await gateway.serve();
    expect(gateway.ask('status')).toMatchObject({ running: true, lines: { unknown: 1 } });
  });

  test('a port that another program has is told by address and port', async () => {
    const gateway = new GatewayProgram();
    const told = JSON.stringify(await (await gateway.serve()).says('gateway listens'));
    const [, port] = /127\.0\.0\.1:(\d+)/.exec(told) ?? [];
    const other = new GatewayProgram();
    writeFileSync(other.config, `[zone]\nname = "a.test"\n[dns]\nlisten = ["127.0.0.1:${port}"]\n`);
    const { code, err } = other.run('serve');
    expect(code).toBe(1);
    expect(err).toMatch(new RegExp(`^cannot .*127\\.0\\.0\\.1:? ?(port )?${port}: another program .*\\n$`));
  });

  test('SIGHUP takes over what may change, names what has to wait, and survives a file with mistakes', async () => {
    const gateway = new GatewayProgram();
    const serving = await gateway.serve();
    gateway.configure('log_level = "debug"\n', '[alive]\ntimeout = 0\n');
    serving.child.kill('SIGHUP');
    expect(await serving.says('settings not reloaded, the old ones stay')).toMatchObject({
      level: 'error',
      reason: expect.stringContaining('alive.timeout = 0: give seconds from 1 to 3600'),
    });
    gateway.configure('log_level = "debug"\n', '[alive]\ntimeout = 3\n');
    serving.child.kill('SIGHUP');
    await serving.says('settings reloaded');
    expect(await serving.says('changed settings wait for the next start')).toMatchObject({
      keys: 'log_level',
    });
    expect(gateway.ask('status')).toMatchObject({ running: true });
    expect(await serving.end('SIGTERM')).toBe(0);
  });
});
