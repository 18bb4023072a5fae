import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { assemble } from '../../../../gateway-server/io/assembly.ts';
import { readSettingsFile } from '../../../../gateway-server/io/settings-file.ts';
import type { LineId } from '../../../../protocol/line-id.ts';
import { MemoryLog } from '../../../support/memory-log.ts';
import { ANSWERED, lineNamed } from '../../../support/stored-lines.ts';

const KEY = '[[key]]\nname = "xfr"\nsecret_file = "xfr.key"\n';

function written(files: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-zone-settings-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return join(folder, 'gateway.toml');
}

test('all mistakes of the files that the settings name are told at once, those of the zone file with their lines', () => {
  const file = written({
    'gateway.toml': `[zone]\nname = "mwebpages.test"\nfile = "static.zone"\n${KEY}`,
    'static.zone': '@ MX ten mail\nwww A 192.0.2.300\n',
    'xfr.key': 'not base64!\n',
  });
  expect(() => readSettingsFile(file)).toThrow(/key\[0\]\.secret_file = .*openssl rand -base64 32/);
  expect(() => readSettingsFile(file)).toThrow(/static\.zone line 1: /);
  expect(() => readSettingsFile(file)).toThrow(/static\.zone line 2: /);
});

test('a secret shorter than anybody hands out is refused', () => {
  const files = (secret: string) => ({
    'gateway.toml': `[zone]\nname = "mwebpages.test"\n${KEY}`,
    'xfr.key': `${secret}\n`,
  });
  expect(() => readSettingsFile(written(files('c2hvcnQ=')))).toThrow(/secret_file/);
  const { companions } = readSettingsFile(written(files(Buffer.alloc(32, 7).toString('base64'))));
  expect(companions.tsigKeys.get('xfr')).toMatchObject({ name: 'xfr', algorithm: 'hmac-sha256' });
});

test('a zone file that takes the names of lines is told with the lines, and nothing is opened', async () => {
  const file = written({
    'gateway.toml': '[zone]\nname = "mwebpages.test"\nfile = "static.zone"\n',
    'static.zone': '',
  });
  const assembly = await assemble(() => readSettingsFile(file), new MemoryLog());
  await assembly.store.putLine(lineNamed('alice' as LineId), ANSWERED);
  await assembly.store.close();
  writeFileSync(
    join(file, '..', 'static.zone'),
    'alice A 192.0.2.1\nx.alice A 192.0.2.1\nother A 192.0.2.1\n',
  );
  const refused = assemble(() => readSettingsFile(file), new MemoryLog());
  await expect(refused).rejects.toThrow(
    /static\.zone\n {2}alice\..*line alice.*\n {2}x\.alice\..*line alice/,
  );
});
