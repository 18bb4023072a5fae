import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { LiveSettings } from '../../../../gateway-server/io/live-settings.ts';
import { findSettingsFile, readSettingsFile } from '../../../../gateway-server/io/settings-file.ts';
import { SettingsError } from '../../../../gateway-server/settings.ts';
import { MemoryLog } from '../../../support/memory-log.ts';

const ZONE = '[zone]\nname = "mwebpages.test"\n';

describe('paths', () => {
  test('they count from the folder of the file', () => {
    const { folder, file } = written(
      `${ZONE}[mqtt]\ntls_listen = "127.0.0.1:0"\ncert_file = "c.pem"\nkey_file = "sub/k.pem"\n`,
    );
    writeFileSync(join(folder, 'c.pem'), '');
    mkdirSync(join(folder, 'sub'));
    writeFileSync(join(folder, 'sub', 'k.pem'), '');
    const { data_dir, mqtt, verify } = readSettingsFile(file);
    expect([data_dir, mqtt.cert_file, mqtt.key_file, verify.ping]).toEqual([
      ...[join(folder, 'data'), join(folder, 'c.pem'), join(folder, 'sub', 'k.pem'), 'fping'],
    ]);
  });

  test('absolute ones stay, and a program’s path counts like any other', () => {
    const { folder, file } = written(`data_dir = "/var/lib/p"\n${ZONE}[verify]\nping = "bin/fping"\n`);
    const { data_dir, verify } = readSettingsFile(file);
    expect([data_dir, verify.ping]).toEqual(['/var/lib/p', join(folder, 'bin', 'fping')]);
  });
});

describe('what is wrong with the file', () => {
  test('a slip of syntax is told with its line and column', () => {
    const { file } = written('[zone]\nname = "a.test"\n\nlisten = = 3\n');
    expect(wrongWith(file)).toBe(`bad settings in ${file}\n  line 4, column 10: invalid value: listen = = 3`);
  });

  test('a file that is not there, or is a folder, is told as that', () => {
    const { folder } = written('');
    expect(wrongWith(join(folder, 'none'))).toMatch(/\n {2}the file cannot be read: there is no such file$/);
    expect(wrongWith(folder)).toMatch(/\n {2}the file cannot be read: it is a folder$/);
  });

  test('bytes that are no text are wrong settings and nothing worse', () => {
    const { file } = written('');
    writeFileSync(file, Buffer.from([0, 0xff, 0xfe, 0x3d, 0x0a]));
    expect(wrongWith(file)).toMatch(/^bad settings in .*\n {2}line 1, column \d+: /);
  });

  test('certificates that cannot be read are told together', () => {
    const { folder, file } = written(
      `${ZONE}[answering]\ntls_listen = "127.0.0.1:0"\ncert_file = "c.pem"\nkey_file = "k.pem"\n`,
    );
    const missing = (key: string, name: string) =>
      `  answering.${key} = "${join(folder, name)}" (there is no such file): give a file that can be read`;
    expect(wrongWith(file).split('\n').slice(1)).toEqual([
      missing('cert_file', 'c.pem'),
      missing('key_file', 'k.pem'),
    ]);
  });
});

test('the file named on the command line wins', () => {
  expect(findSettingsFile('mine.toml')).toBe('mine.toml');
});

describe('a reload', () => {
  test('takes over changes only once the whole file is well', async () => {
    const { file } = written(ZONE);
    const [settings, log] = [new LiveSettings(file), new MemoryLog()];
    const seen: number[] = [];
    settings.onReload(async () => void seen.push(settings.current.alive.timeout));
    writeFileSync(file, `${ZONE}[alive]\ntimeout = 3\n[update]\nevery = 0\n`);
    await settings.reload(log);
    expect([settings.current.alive.timeout, seen]).toEqual([10_000, []]);
    expect(log.events[0]).toContain('settings not reloaded, the old ones stay');
    writeFileSync(file, `${ZONE}[alive]\ntimeout = 3\n`);
    await settings.reload(log);
    expect([settings.current.alive.timeout, seen]).toEqual([3_000, [3_000]]);
    expect(log.events[1]).toBe('info settings reloaded');
  });

  test('tells what has to wait for the next start', async () => {
    const { file } = written(ZONE);
    const [settings, log] = [new LiveSettings(file), new MemoryLog()];
    writeFileSync(file, `${ZONE}[dns]\nttl = 60\n`);
    await settings.reload(log);
    expect(log.events).toContain('warn changed settings wait for the next start dns.ttl');
    expect(settings.current.dns.ttl).toBe(30);
  });

  test('a take-over that fails is logged and ends nothing', async () => {
    const { file } = written(ZONE);
    const [settings, log] = [new LiveSettings(file), new MemoryLog()];
    settings.onReload(() => Promise.reject(new Error('no certificate in it')));
    await settings.reload(log);
    expect(log.events.at(-1)).toBe(
      'error not all of the new settings could be taken over no certificate in it',
    );
  });
});

function written(text: string): { folder: string; file: string } {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-settings-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'gateway.toml');
  writeFileSync(file, text);
  return { folder, file };
}

function wrongWith(file: string): string {
  try {
    readSettingsFile(file);
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  return 'nothing';
}
