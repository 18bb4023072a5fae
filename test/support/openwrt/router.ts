import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryFolder } from '../agent-temporary-folder.ts';

const ROOT = new URL('../../..', import.meta.url).pathname;
const FILES = join(ROOT, 'openwrt', 'porchlight-agent', 'files');
const STAND_INS = join(ROOT, 'test', 'support', 'openwrt');

/** A router's root folder with our files where OpenWrt has them, and stand-ins for what is OpenWrt's own. */
export function openWrtRouter() {
  const root = temporaryFolder();
  const at = (path: string) => join(root, path);
  const lay = (path: string, content: string) => {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), content);
  };
  for (const folder of ['lib/functions', 'etc/init.d', 'usr/lib/porchlight', 'var/run', 'proc', 'dev'])
    mkdirSync(at(folder), { recursive: true });
  copyFileSync(join(STAND_INS, 'functions.sh'), at('lib/functions.sh'));
  copyFileSync(join(STAND_INS, 'network.sh'), at('lib/functions/network.sh'));
  symlinkSync(join(FILES, 'identity'), at('usr/lib/porchlight/identity'));
  const heardFile = at('heard');
  const environment = (settings: Readonly<Record<string, string>>) => ({
    PATH: '/usr/bin:/bin',
    PORCHLIGHT_ROOT: root,
    HEARD: heardFile,
    ...settings,
  });
  return {
    at,
    lay,
    heard: () => (existsSync(heardFile) ? readFileSync(heardFile, 'utf8').trim().split('\n') : []),
    /** Runs these words in busybox's shell, behind the stand-ins and one of our files. */
    run(file: string, words: string, settings: Readonly<Record<string, string>> = {}) {
      const script = `. "$PORCHLIGHT_ROOT/lib/functions.sh"; . ${join(FILES, file)}; ${words}`;
      return spawnSync('busybox', ['ash', '-c', script], { env: environment(settings), encoding: 'utf8' });
    },
    identity(settings: Readonly<Record<string, string>>) {
      return spawnSync('busybox', ['ash', join(FILES, 'identity')], {
        env: environment(settings),
        encoding: 'utf8',
      });
    },
    settings: () => readFileSync(at('var/run/porchlight/agent.toml'), 'utf8'),
  };
}

/** What the agent itself says of a settings file. */
export function agentCheck(file: string): string {
  const words = [join(ROOT, 'agent', 'main.ts'), 'check', '--config', file];
  return execFileSync(process.execPath, words, { encoding: 'utf8' });
}
