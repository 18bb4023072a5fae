import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { AGENT_VERSION } from '../../agent/version.ts';
import { compactProgram } from '../support/agent-engines.ts';
import { obligingGateway } from '../support/agent-obliging-gateway.ts';
import { temporaryFolder } from '../support/agent-temporary-folder.ts';
import { blocksOf } from '../support/guide.ts';
import { agentCheck, openWrtRouter } from '../support/openwrt/router.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const program = compactProgram('porchlight-agent');
const tarball = join(dirname(program), '..', `porchlight-agent-${AGENT_VERSION}.tar.gz`);
const isBuilt = existsSync(program) && existsSync(tarball) && process.arch === 'x64';
const run = promisify(execFile);

/** A folder like the repository's root after `npm run package`. */
function packaged(): string {
  const folder = temporaryFolder();
  const release = join(folder, 'dist', 'release');
  mkdirSync(release, { recursive: true });
  const name = `porchlight-agent-${AGENT_VERSION}.tar.gz`;
  copyFileSync(tarball, join(release, name));
  copyFileSync(program, join(release, `porchlight-agent-${AGENT_VERSION}-linux-x86_64`));
  const sum = createHash('sha256').update(readFileSync(tarball)).digest('hex');
  writeFileSync(join(release, 'SHA256SUMS'), `${sum}  ${name}\n`);
  cpSync(join(ROOT, 'openwrt'), join(folder, 'openwrt'), { recursive: true });
  symlinkSync(join(ROOT, 'packaging'), join(folder, 'packaging'));
  return folder;
}

test.runIf(isBuilt)(
  'docs/agent.md is followed step by step, to a live name and a farewell',
  async () => {
    const { port, heard } = await obligingGateway();
    const folder = packaged();
    const steps = blocksOf('docs/agent.md', 'sh');
    expect(steps).toHaveLength(4);
    const script = steps.join('\n').replace('127.0.0.1:1883', `127.0.0.1:${port}`);
    const env = { PATH: process.env['PATH'] ?? '', SECRET: 's3cret' };
    const { stdout } = await run('sh', ['-eu', '-c', script], { cwd: folder, env, timeout: 30_000 });
    expect(stdout).toContain('the settings are right');
    expect(stdout).toContain('127.0.7.1/8  active');
    expect(stdout).toMatch(/^state +live/m);
    expect(heard[0]).toMatchObject({ kind: 'register', domain: 'alice.mwebpages.test', ipv4: '127.0.7.1' });
    expect(heard.filter(({ kind }) => kind === 'offline')).toHaveLength(1);
  },
  40_000,
);

test.runIf(isBuilt && spawnSync('musl-gcc', ['--version']).status === 0)(
  'openwrt/README.md is followed: the hash of the tarball, and its build',
  async () => {
    const folder = packaged();
    const steps = blocksOf('openwrt/README.md', 'sh');
    expect(steps).toHaveLength(2);
    const env = { PATH: process.env['PATH'] ?? '' };
    const { stdout } = await run('sh', ['-eu', '-c', steps.join('\n')], {
      cwd: folder,
      env,
      timeout: 240_000,
    });
    expect(stdout.trim().split('\n').at(-1)).toBe(AGENT_VERSION);
    const makefile = readFileSync(join(folder, 'openwrt/porchlight-agent/Makefile'), 'utf8');
    const sum = createHash('sha256').update(readFileSync(tarball)).digest('hex');
    expect(makefile).toContain(`PKG_HASH:=${sum}\n`);
  },
  250_000,
);

test.runIf(spawnSync('busybox', ['true']).status === 0)(
  "openwrt/README.md's commands set up a router that the agent takes",
  () => {
    const [typed = ''] = blocksOf('openwrt/README.md', 'router');
    const settings = Object.fromEntries(
      [...typed.matchAll(/^uci set porchlight\.(\w+)\.(\w+)=(.*)$/gm)].map(
        ([, section, option, value = '']) => [`UCI_${section}_${option}`, value],
      ),
    );
    expect(typed).toContain('service porchlight start\n');
    const router = openWrtRouter();
    router.run('porchlight.init', 'start_service', {
      ...settings,
      UCI_agent_wan: 'wan',
      DEVICE_wan: 'eth0.2',
    });
    expect(router.heard().at(-1)).toBe('close');
    expect(agentCheck(router.at('var/run/porchlight/agent.toml'))).toContain('alice.mwebpages.test');
  },
);

test("openwrt/README.md's defaults name options that the settings of the router have", () => {
  const known = readFileSync(join(ROOT, 'openwrt/porchlight-agent/files/porchlight.config'), 'utf8');
  const [defaults = ''] = blocksOf('openwrt/README.md', 'defaults');
  const options = [...defaults.matchAll(/^set porchlight\.(agent|identity)\.(\w+)=/gm)].map(
    ([, , option]) => option,
  );
  expect(options).toHaveLength(defaults.trim().split('\n').length);
  for (const option of options) expect(known).toMatch(new RegExp(`^\toption ${option} `, 'm'));
});
