import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { readSettings, SettingsError } from '../../../../agent/io/settings-file.ts';
import { temporaryFolder } from '../../../support/agent-temporary-folder.ts';

const BASE = 'gateway = "mqtts://gw.example"\ndomain = "alice.example.test"\n';
const WAN = '[wan]\ninterface = "wan"\n';

function written(text: string): string {
  const path = join(temporaryFolder(), 'agent.toml');
  writeFileSync(path, text);
  return path;
}

const mistakesOf = (path: string) =>
  readSettings(path).then(
    () => 'none',
    (error: unknown) => (error instanceof SettingsError ? error.message : `not ours: ${String(error)}`),
  );

test('reads the secret from its file, without the line feed at the end', async () => {
  const secret = written('s3cret\n');
  const settings = await readSettings(written(`${BASE}line = "alice"\nsecret_file = "${secret}"\n${WAN}`));
  expect(settings.ready).toEqual({ line: 'alice', secret: 's3cret', domain: 'alice.example.test' });
});

test('asks a command for line and secret', async () => {
  const settings = await readSettings(
    written(`${BASE}${WAN}[identity]\ncommand = "echo bob; echo geheim"\n`),
  );
  expect(settings.ready).toMatchObject({ line: 'bob', secret: 'geheim' });
});

test('takes the domain from the command where the settings have none', async () => {
  const identity = '[identity]\ncommand = "echo bob geheim bob.example.test"\n';
  const without = BASE.replace(/domain.*\n/, '');
  const settings = await readSettings(written(`${without}${WAN}${identity}`));
  expect(settings.ready).toEqual({ line: 'bob', secret: 'geheim', domain: 'bob.example.test' });
  const both = await readSettings(written(`${BASE}${WAN}${identity}`));
  expect(both.ready.domain).toBe('alice.example.test');
  const none = await mistakesOf(written(`${without}${WAN}[identity]\ncommand = "echo bob geheim"\n`));
  expect(none).toContain('domain = (nothing)');
});

test("looks for files without a folder among the service's credentials", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'secret'), 's3cret\n');
  vi.stubEnv('CREDENTIALS_DIRECTORY', folder);
  const settings = await readSettings(written(`${BASE}line = "alice"\nsecret_file = "secret"\n${WAN}`));
  expect(settings.ready.secret).toBe('s3cret');
  vi.unstubAllEnvs();
});

test.each([
  'exit 3',
  'echo bob',
  'echo admin x',
  'echo bob geheim bob.example.test more',
  'echo bob geheim not_a_name',
  'yes',
])('takes "%s" for no identity, and does not show what it wrote', async (command) => {
  const text = await mistakesOf(written(`${BASE}${WAN}[identity]\ncommand = "${command}"\n`));
  expect(text).toContain('identity.command = ');
  expect(text).not.toContain('geheim');
});

test('lists what is wrong with every file that the settings name', async () => {
  const text = await mistakesOf(
    written(`${BASE}line = "alice"\nsecret_file = "/nowhere/s"\nca_file = "/nowhere/c"\n${WAN}`),
  );
  expect(text).toContain('secret_file = ');
  expect(text).toContain('ca_file = ');
});

test('refuses a CA file that holds no certificate', async () => {
  const text = await mistakesOf(
    written(`${BASE}line = "alice"\nsecret = "x"\nca_file = "${written('x')}"\n${WAN}`),
  );
  expect(text).toContain('give a PEM file with certificates');
});

test('names the place of a slip in the TOML itself, and a file that is missing', async () => {
  expect(await mistakesOf(written('gateway = mqtts'))).toMatch(/^bad settings in .*agent\.toml\n/);
  expect(await mistakesOf('/nowhere/agent.toml')).toContain('ENOENT');
});
