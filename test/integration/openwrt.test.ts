import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compactProgram } from '../support/agent-engines.ts';
import { temporaryFolder } from '../support/agent-temporary-folder.ts';
import { agentCheck, openWrtRouter } from '../support/openwrt/router.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const FILES = join(ROOT, 'openwrt', 'porchlight-agent', 'files');
const SCRIPTS = ['identity', 'porchlight.init', 'porchlight.hotplug', 'porchlight.defaults'].map((name) =>
  join(FILES, name),
);
const HOOKS = readdirSync(join(ROOT, 'packaging', 'hooks')).map((name) =>
  join(ROOT, 'packaging', 'hooks', name),
);

const isHere = (program: string) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

const SET_UP = {
  UCI_agent_enabled: '1',
  UCI_agent_gateway: 'mqtts://gw.example:8883',
  UCI_agent_wan: 'wan wanb',
  UCI_identity_line: 'alice',
  UCI_identity_secret: 's3cret',
  UCI_identity_domain: 'alice.example.test',
  DEVICE_wan: 'pppoe-wan',
  DEVICE_wanb: 'eth1.7',
};

test.runIf(isHere('shellcheck'))('no script for routers has a slip that shellcheck knows', () => {
  // variables come from the client or from rc.common; "local" is known to every ash
  const words = ['-s', 'dash', '-e', 'SC3043,SC2154,SC2015', ...SCRIPTS, ...HOOKS];
  const { stdout } = spawnSync('shellcheck', words, { encoding: 'utf8' });
  expect(stdout).toBe('');
});

describe.runIf(isHere('busybox'))('the init script', () => {
  test('turns UCI into settings that the agent takes, and that its user alone can read', () => {
    const router = openWrtRouter();
    const { status } = router.run('porchlight.init', 'start_service', SET_UP);
    expect(status).toBe(0);
    expect(router.settings()).toBe(
      [
        'gateway = "mqtts://gw.example:8883"',
        'line = "alice"',
        'secret = "s3cret"',
        'domain = "alice.example.test"',
        'log_level = "info"',
        'status_file = "/var/run/porchlight/status.json"',
        '',
        '[wan]',
        'source = "interface"',
        'interfaces = ["pppoe-wan", "eth1.7"]',
        '',
      ].join('\n'),
    );
    expect(agentCheck(router.at('var/run/porchlight/agent.toml'))).toContain('the settings are right');
    expect(statSync(router.at('var/run/porchlight/agent.toml')).mode & 0o777).toBe(0o600);
    expect(router.heard()).toEqual([
      'chown porchlight:porchlight',
      'chown porchlight:porchlight',
      'open',
      'set command /usr/bin/porchlight-agent run --config /var/run/porchlight/agent.toml',
      'set user porchlight',
      'set group porchlight',
      'set no_new_privs 1',
      'set respawn 3600 5 0',
      'set stderr 1',
      'set term_timeout 5',
      'close',
    ]);
  });

  test.each([
    ['is not enabled', { UCI_agent_enabled: '0' }, undefined],
    ['has no gateway', { UCI_agent_gateway: '' }, 'no gateway is set'],
    [
      'has no network with a device',
      { DEVICE_wan: '', DEVICE_wanb: '' },
      'no network of porchlight.agent.wan',
    ],
    ['has a secret that would end its string', { UCI_identity_secret: 'x"\ny' }, 'secret holds signs'],
    ['has a name with a line feed', { UCI_identity_domain: 'a\nstatus_file = 1' }, 'domain holds signs'],
    ['does not know its line', { UCI_identity_source: 'auto' }, 'no source knows this line yet'],
  ])('starts nothing and says why when the router %s', (_, settings, why) => {
    const router = openWrtRouter();
    const { status } = router.run('porchlight.init', 'start_service', { ...SET_UP, ...settings });
    expect(status).toBe(0);
    expect(router.heard()).not.toContain('open');
    if (why !== undefined) expect(router.heard().join('\n')).toContain(why);
    expect(existsSync(router.at('var/run/porchlight/agent.toml'))).toBe(false);
    expect(existsSync(router.at('var/run/porchlight/agent.toml.new'))).toBe(false);
    expect(router.heard().join('\n')).not.toContain('s3cret');
  });

  test('reloads with SIGHUP and without a farewell, and keeps the old settings when the new are wrong', () => {
    const router = openWrtRouter();
    const running = { ...SET_UP, RUNNING: '1' };
    router.run('porchlight.init', 'reload_service', running);
    expect(router.heard().at(-1)).toBe('signal porchlight * HUP');
    const before = router.settings();
    router.run('porchlight.init', 'reload_service', { ...running, UCI_agent_gateway: '' });
    expect(router.heard().filter((word) => word.startsWith('signal'))).toHaveLength(1);
    expect(router.heard()).not.toContain('stop');
    expect(router.settings()).toBe(before);
  });

  test('a reload starts what does not run, and stops what was disabled', () => {
    const router = openWrtRouter();
    router.run('porchlight.init', 'reload_service', SET_UP);
    expect(router.heard()).toEqual(['start']);
    router.run('porchlight.init', 'reload_service', { ...SET_UP, UCI_agent_enabled: '0', RUNNING: '1' });
    expect(router.heard()).toEqual(['start', 'stop', 'start']);
  });

  test('wants to be told when its settings change', () => {
    const router = openWrtRouter();
    router.run('porchlight.init', 'service_triggers');
    expect(router.heard()).toEqual(['trigger porchlight']);
  });
});

describe.runIf(isHere('busybox'))('zero-touch', () => {
  const AUTO = { UCI_identity_lookup: 'factory tr069 dhcp' };
  const told = (name: string) =>
    `PORCHLIGHT_LINE=${name}\nPORCHLIGHT_SECRET=s3cret-${name}\nPORCHLIGHT_DOMAIN=${name}.example.test\n`;
  const answer = (name: string) => `${name} s3cret-${name} ${name}.example.test\n`;

  test('reads line, secret and domain from a partition of the flash, among what else lies there', () => {
    const router = openWrtRouter();
    router.lay(
      'proc/mtd',
      'dev:    size   erasesize  name\nmtd0: 00020000 00010000 "boot"\nmtd3: 00010000 00010000 "factory-id"\n',
    );
    const filled = Buffer.concat([
      Buffer.from(`mac=02:00:00:00:00:11\n${told('frank')}`),
      Buffer.alloc(60_000, 0xff),
    ]);
    writeFileSync(router.at('dev/mtd3'), filled);
    expect(router.identity(AUTO)).toMatchObject({ status: 0, stdout: answer('frank') });
  });

  test.each([
    ['tr069', 'etc/porchlight/tr069'],
    ['dhcp', 'var/run/porchlight-dhcp'],
  ])('reads them from the file of %s', (_, file) => {
    const router = openWrtRouter();
    router.lay(file, told('gina'));
    expect(router.identity(AUTO)).toMatchObject({ status: 0, stdout: answer('gina') });
  });

  test('looks in the order of the list, and takes none that is incomplete or unsound', () => {
    const router = openWrtRouter();
    router.lay(
      'etc/porchlight/tr069',
      'PORCHLIGHT_LINE=a\nPORCHLIGHT_SECRET=x y\nPORCHLIGHT_DOMAIN=a.example.test\n',
    );
    router.lay('var/run/porchlight-dhcp', told('hugo'));
    expect(router.identity(AUTO).stdout).toBe(answer('hugo'));
    router.lay('etc/porchlight/tr069', told('ida'));
    expect(router.identity(AUTO).stdout).toBe(answer('ida'));
    expect(router.identity({ UCI_identity_lookup: 'dhcp tr069' }).stdout).toBe(answer('hugo'));
  });

  test('says that nobody knows the line, and names a source that there is not', () => {
    const router = openWrtRouter();
    const { status, stderr, stdout } = router.identity({ UCI_identity_lookup: 'star tr069' });
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain('"star" is no source: factory, tr069, dhcp are');
    expect(stderr).toContain('no source knows this line yet');
  });

  test('starts the agent of an image that knows nothing but where to look', () => {
    const router = openWrtRouter();
    router.lay('etc/porchlight/tr069', told('jan'));
    chmodSync(join(FILES, 'identity'), 0o755);
    const settings = {
      ...SET_UP,
      ...AUTO,
      UCI_identity_source: 'auto',
      UCI_identity_line: '',
      UCI_identity_secret: '',
    };
    router.run('porchlight.init', 'start_service', settings);
    expect(router.settings()).toContain('line = "jan"\nsecret = "s3cret-jan"\ndomain = "jan.example.test"\n');
  });

  test("lays the provider's defaults into a router that was never set up, and into no other", () => {
    const router = openWrtRouter();
    router.lay('etc/porchlight/defaults', 'set porchlight.identity.source=auto\n');
    router.lay('etc/init.d/porchlight', '#!/bin/sh\n');
    chmodSync(router.at('etc/init.d/porchlight'), 0o755);
    router.run('porchlight.defaults', '', { UCI_agent_gateway: 'mqtts://own' });
    expect(router.heard()).toEqual(['uci -q get porchlight.agent.gateway']);
    router.run('porchlight.defaults', '');
    expect(router.heard().slice(1)).toEqual([
      'uci -q get porchlight.agent.gateway',
      'uci batch',
      'batch set porchlight.identity.source=auto',
      'uci commit porchlight',
    ]);
  });
});

describe.runIf(isHere('busybox'))('the hotplug script', () => {
  function routerWithSlowInit() {
    const router = openWrtRouter();
    router.lay('etc/init.d/porchlight', `#!/bin/sh\nsleep 1\necho "$1" > ${router.at('reloaded')}\n`);
    chmodSync(router.at('etc/init.d/porchlight'), 0o755);
    return router;
  }

  test.each([
    ['ifup', {}],
    ['ifupdate', { IFUPDATE_ADDRESSES: '1' }],
  ])('has the agent look again at %s, and is over before that', async (ACTION, more) => {
    const router = routerWithSlowInit();
    const { status } = router.run('porchlight.hotplug', '', { ...SET_UP, ACTION, INTERFACE: 'wan', ...more });
    expect(status).toBe(0);
    expect(existsSync(router.at('reloaded'))).toBe(false);
    await expect.poll(() => existsSync(router.at('reloaded')), { timeout: 9_000 }).toBe(true);
    await expect.poll(() => readFileSync(router.at('reloaded'), 'utf8')).toBe('reload\n');
  });

  test.each([
    ['another network', { ACTION: 'ifup', INTERFACE: 'lan' }],
    ['an update of routes alone', { ACTION: 'ifupdate', INTERFACE: 'wan', IFUPDATE_ROUTES: '1' }],
    ['a network that goes', { ACTION: 'ifdown', INTERFACE: 'wan' }],
  ])('does nothing for %s', (_, event) => {
    const router = openWrtRouter();
    const init = `#!/bin/sh\ntouch ${router.at('reloaded')}\n`;
    router.lay('etc/init.d/porchlight', init);
    chmodSync(router.at('etc/init.d/porchlight'), 0o755);
    router.run('porchlight.hotplug', 'wait', { ...SET_UP, ...event });
    expect(existsSync(router.at('reloaded'))).toBe(false);
  });
});

const program = compactProgram('porchlight-agent');
describe.runIf(existsSync(program) && process.arch === 'x64')('the .ipk packages', () => {
  const script = join(ROOT, 'packaging', 'openwrt', 'ipk.mjs');
  const made = (outdir: string) => {
    execFileSync(process.execPath, [script, '--dist', join(program, '..', '..', '..'), '--outdir', outdir], {
      stdio: 'pipe',
    });
    return readdirSync(outdir)
      .sort()
      .reverse()
      .map((name) => join(outdir, name));
  };
  const unpacked = (file: string, from: string) => {
    const folder = temporaryFolder();
    execFileSync('tar', ['-xzf', file, '-C', folder]);
    const inside = join(folder, 'inside');
    mkdirSync(inside);
    execFileSync('tar', ['-xzf', join(folder, from), '-C', inside]);
    return inside;
  };

  test('are the same bytes when they are made again', () => {
    const [first, second] = [made(temporaryFolder()), made(temporaryFolder())];
    expect(first.map((file) => readFileSync(file).toString('base64'))).toEqual(
      second.map((file) => readFileSync(file).toString('base64')),
    );
  });

  test('have the parts that opkg wants, in its order, and an agent that runs', () => {
    const [agent = '', luci = ''] = made(temporaryFolder());
    expect(agent).toMatch(/porchlight-agent_0\.1\.0-r1_x86_64\.ipk$/);
    expect(luci).toMatch(/luci-app-porchlight_0\.1\.0-r1_all\.ipk$/);
    for (const file of [agent, luci])
      expect(execFileSync('tar', ['-tzf', file], { encoding: 'utf8' })).toBe(
        './debian-binary\n./data.tar.gz\n./control.tar.gz\n',
      );
    const control = unpacked(agent, 'control.tar.gz');
    expect(readFileSync(join(control, 'control'), 'utf8')).toMatch(
      /^Package: porchlight-agent\nVersion: 0\.1\.0-r1\n/,
    );
    expect(readFileSync(join(control, 'conffiles'), 'utf8')).toBe('/etc/config/porchlight\n');
    const data = unpacked(agent, 'data.tar.gz');
    expect(execFileSync(join(data, 'usr/bin/porchlight-agent'), ['--version'], { encoding: 'utf8' })).toBe(
      '0.1.0\n',
    );
    for (const file of [
      'etc/init.d/porchlight',
      'etc/uci-defaults/95-porchlight',
      'usr/lib/porchlight/identity',
    ])
      expect(statSync(join(data, file)).mode & 0o111).toBe(0o111);
    const page = 'www/luci-static/resources/view/porchlight/status.js';
    expect(existsSync(join(unpacked(luci, 'data.tar.gz'), page))).toBe(true);
  });

  test('have every file that the Makefile of the feed installs', () => {
    const makefile = readFileSync(join(ROOT, 'openwrt', 'porchlight-agent', 'Makefile'), 'utf8');
    const installed = [...makefile.matchAll(/INSTALL_(?:BIN|CONF|DATA)\) \S+ \$\(1\)(\S+)/g)].map(
      ([, to = '']) => to,
    );
    expect(installed.length).toBeGreaterThan(5);
    const [agent = ''] = made(temporaryFolder());
    const data = unpacked(agent, 'data.tar.gz');
    for (const to of installed) expect(existsSync(join(data, to))).toBe(true);
  });
});
