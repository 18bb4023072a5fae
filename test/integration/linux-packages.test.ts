import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { compactProgram } from '../support/agent-engines.ts';
import { obligingGateway } from '../support/agent-obliging-gateway.ts';
import { temporaryFolder } from '../support/agent-temporary-folder.ts';
import { bring, librariesOf, smallRoot } from '../support/small-root.ts';
import { readUnit } from '../support/systemd-unit.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const DIST = process.env['PORCHLIGHT_DIST'] ?? join(ROOT, 'dist');
const NOBODY = 65_534;
/** Nobody else is expected there. */
const PLACE = '127.0.53.53';

const isHere = (program: string) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
const canInstall =
  process.getuid?.() === 0 &&
  process.arch === 'x64' &&
  ['dpkg', 'dpkg-deb', 'setpriv', 'busybox', 'ldd'].every(isHere) &&
  existsSync(compactProgram('porchlight-agent')) &&
  existsSync(join(DIST, 'porchlight-gateway.mjs'));

function packagesIn(outdir: string) {
  const script = join(ROOT, 'packaging', 'linux', 'packages.mjs');
  execFileSync(process.execPath, [script, '--dist', DIST, '--outdir', outdir], { stdio: 'pipe' });
  return {
    agent: join(outdir, 'porchlight-agent_0.1.0_amd64.deb'),
    gateway: join(outdir, 'porchlight-gateway_0.1.0_amd64.deb'),
  };
}

function dpkg(root: string, ...words: string[]): string {
  return execFileSync('dpkg', [`--root=${root}`, '--force-depends', `--log=${root}/dpkg.log`, ...words], {
    encoding: 'utf8',
    stdio: 'pipe',
  });
}

/** Runs the unit's command inside the root with the unit's rights, until the test is over. */
function start(root: string, unit: ReturnType<typeof readUnit>, env: Record<string, string> = {}) {
  const words = [root, '/usr/bin/setpriv', ...unit.rights, '--', ...unit.command];
  const child = spawn('chroot', words, {
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', ...env },
    stdio: 'pipe',
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return { child, said: () => said };
}

describe.runIf(canInstall)('the Debian packages', () => {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-packages-'));
  let packages: ReturnType<typeof packagesIn>;
  beforeAll(() => {
    packages = packagesIn(folder);
  }, 120_000);
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  test('are the same bytes when they are made again', () => {
    const again = packagesIn(temporaryFolder());
    for (const name of ['agent', 'gateway'] as const)
      expect(readFileSync(again[name]).equals(readFileSync(packages[name]))).toBe(true);
  }, 120_000);

  test('leave nothing behind but the secret that somebody else has laid there', () => {
    const root = smallRoot([]);
    dpkg(root, '--install', packages.agent, packages.gateway);
    expect(readFileSync(join(root, 'etc/porchlight/agent.toml'), 'utf8')).toContain('secret_file = "secret"');
    writeFileSync(join(root, 'etc/porchlight/secret'), 's3cret\n', { mode: 0o600 });
    dpkg(root, '--purge', 'porchlight-agent', 'porchlight-gateway');
    const left = execFileSync('find', [root, '-path', `${root}/*porchlight*`], { encoding: 'utf8' });
    const expected = [join(root, 'etc/porchlight'), join(root, 'etc/porchlight/secret')];
    expect(left.trim().split('\n').sort()).toEqual(expected);
  });

  test("keep the owner's settings when a newer version comes", () => {
    const root = smallRoot([]);
    dpkg(root, '--install', packages.agent);
    writeFileSync(join(root, 'etc/porchlight/agent.toml'), 'mine = true\n');
    dpkg(root, '--force-confold', '--install', packages.agent);
    expect(readFileSync(join(root, 'etc/porchlight/agent.toml'), 'utf8')).toBe('mine = true\n');
  });

  test('bring an agent that goes live with the rights of its unit, and says farewell', async () => {
    const unit = readUnit('porchlight-agent');
    const root = smallRoot(['/usr/bin/setpriv']);
    dpkg(root, '--install', packages.agent);
    const { port, heard } = await obligingGateway();
    const settings = join(root, 'etc/porchlight/agent.toml');
    const text = readFileSync(settings, 'utf8')
      .replace(/^gateway = "[^"]*"/m, `gateway = "mqtt://127.0.0.1:${port}"`)
      .replace(/^ca_file.*$/m, '')
      .replace(/^interface = "wan"/m, 'lease_file = "/run/porchlight/lease"');
    writeFileSync(settings, text);
    mkdirSync(join(root, 'run/credentials'), { recursive: true });
    writeFileSync(join(root, 'run/credentials/secret'), 's3cret\n', { mode: 0o400 });
    chownSync(join(root, 'run/credentials/secret'), NOBODY, NOBODY);
    mkdirSync(join(root, 'run/porchlight'));
    mkdirSync(join(root, 'run/porchlight-agent'));
    chownSync(join(root, 'run/porchlight-agent'), NOBODY, NOBODY);
    mkdirSync(join(root, 'var'), { recursive: true });
    execFileSync('ln', ['-s', '../run', join(root, 'var/run')]);
    writeFileSync(join(root, 'run/porchlight/lease'), 'event=bound\ninterface=wan\nip=127.0.7.1\nmask=8\n');
    const { child, said } = start(root, unit, { CREDENTIALS_DIRECTORY: '/run/credentials' });
    await expect.poll(said, { timeout: 9_000 }).toContain('the name is live');
    const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
    expect(status).toMatch(/^Uid:\t65534\t65534/m);
    for (const set of ['CapPrm', 'CapEff', 'CapBnd', 'CapAmb'])
      expect(status).toMatch(`${set}:\t0000000000000000`);
    expect(status).toMatch(/^NoNewPrivs:\t1/m);
    child.kill('SIGTERM');
    await expect.poll(() => child.exitCode, { timeout: 9_000 }).toBe(0);
    expect(heard.at(-1)).toMatchObject({ kind: 'offline', reason: 'stop' });
  }, 30_000);

  test.runIf(isHere('dig'))(
    'bring a gateway that answers at port 53 and 80 with the rights of its unit',
    async () => {
      const unit = readUnit('porchlight-gateway');
      const root = smallRoot(['/usr/bin/setpriv']);
      dpkg(root, '--install', packages.gateway);
      for (const library of librariesOf(join(root, 'usr/lib/porchlight/node'))) bring(root, library);
      const settings = join(root, 'etc/porchlight/gateway.toml');
      const text = readFileSync(settings, 'utf8')
        .replaceAll('127.0.0.1:5300', `${PLACE}:53`)
        .replaceAll('127.0.0.1:8080', `${PLACE}:80`)
        .replaceAll('127.0.0.1:1883', `${PLACE}:1883`)
        .replaceAll('127.0.0.1:8090', '');
      writeFileSync(settings, text);
      mkdirSync(join(root, 'var/lib/porchlight'), { recursive: true });
      chownSync(join(root, 'var/lib/porchlight'), NOBODY, NOBODY);
      const { child, said } = start(root, unit);
      const ask = () =>
        spawnSync('dig', [`@${PLACE}`, '+short', '+time=1', '+tries=1', 'SOA', 'mwebpages.test'], {
          encoding: 'utf8',
        }).stdout;
      await expect.poll(() => ask() + said(), { timeout: 5_000 }).toContain('mwebpages.test.');
      const page = spawnSync('curl', ['-s', '-o', '/dev/null', '-w', '%{http_code}', `http://${PLACE}/`], {
        encoding: 'utf8',
      });
      expect(page.stdout).toBe('404');
      child.kill('SIGTERM');
      await expect.poll(() => child.exitCode, { timeout: 9_000 }).toBe(0);
    },
    40_000,
  );

  test.runIf(isHere('fping'))('let the gateway send pings although nothing may gain rights', () => {
    const words = [...readUnit('porchlight-gateway').rights, '--', 'fping', '-q', '-c1', '127.0.0.1'];
    const ping = spawnSync('setpriv', words, { encoding: 'utf8' });
    expect(ping.stderr).toContain('1/1/0%');
    expect(ping.status).toBe(0);
  });
});

describe.runIf(isHere('systemd-analyze'))('the systemd units', () => {
  test.each([
    ['porchlight-agent', 1.5],
    ['porchlight-gateway', 2],
  ])('of %s expose little', (name, most) => {
    const words = ['security', '--offline=true', readUnit(name).file];
    const told = execFileSync('systemd-analyze', words, { encoding: 'utf8' });
    const level = Number(/exposure level for \S+: ([\d.]+)/.exec(told)?.[1]);
    process.stdout.write(`${name}.service: exposure ${level}\n`);
    expect(level).toBeLessThanOrEqual(most);
  });

  test.each(['porchlight-agent', 'porchlight-gateway'])(
    'of %s have no word that systemd does not know',
    (name) => {
      const { stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', readUnit(name).file], {
        encoding: 'utf8',
      });
      const own = stderr
        .split('\n')
        .filter((line) => line.includes(name) && !line.includes('is not executable'));
      expect(own).toEqual([]);
    },
  );
});
