import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runCommandLine } from '../../../../gateway-server/io/command-line.ts';

describe('usage', () => {
  test('help and version are no failure', async () => {
    expect(await run('--version')).toEqual({ code: 0, out: '0.1.0\n', err: '' });
    const { code, out } = await run('--help');
    expect([code, out.split('\n')[0]]).toEqual([0, 'Usage: porchlight-gateway [options] [command]']);
    expect((await run('line', 'add', '--help')).out).toContain('--secret-file');
  });

  test.each([
    [[]],
    [['bogus']],
    [['line']],
    [['line', 'add']],
    [['status', '--bogus']],
    [['explain', 'a', 'b']],
  ])('wrong usage such as %j ends with 2 and points to the help', async (words) => {
    const { code, out, err } = await run(...words);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/Usage: |\(see porchlight-gateway.* --help\)/);
  });

  test('--json and --config may stand before and after the command', async () => {
    const config = configured();
    const ways = [
      ['--config', config, '--json', 'line', 'list'],
      ['--config', config, 'line', '--json', 'list'],
      ['line', 'list', '--json', '--config', config],
      ['line', '--config', config, 'list', '--json'],
    ];
    for (const words of ways) expect(await run(...words)).toEqual({ code: 0, out: '[]\n', err: '' });
  });

  test('serve is handed the settings file', async () => {
    const config = configured();
    const served: string[] = [];
    const terminal = { out: () => undefined, err: () => undefined, isInteractive: false };
    const serve = async (file: string) => void served.push(file);
    expect(await runCommandLine(['serve', '--config', config], terminal, serve)).toBe(0);
    expect(served).toEqual([config]);
  });
});

describe('settings', () => {
  test('a file that is well is said to be well, to people and to scripts', async () => {
    const config = configured();
    expect(await run('check', '--config', config)).toEqual({ code: 0, out: `${config} is well.\n`, err: '' });
    expect(JSON.parse((await run('check', '--config', config, '--json')).out)).toMatchObject({
      settings: 'well',
    });
  });

  test.each(['check', 'status', 'line list'])(
    '%s tells all mistakes at once and ends with 2',
    async (command) => {
      const config = configured('[alive]\ntimeout = 0\n[update]\nevery = 0\n');
      const { code, out, err } = await run(...command.split(' '), '--config', config);
      expect([code, out]).toEqual([2, '']);
      expect(err).toBe(
        `bad settings in ${config}\n` +
          '  alive.timeout = 0: give seconds from 1 to 3600\n' +
          '  update.every = 0: give seconds from 0.1 to 3600\n',
      );
    },
  );
});

describe('commands on the store alone', () => {
  test('a secret can be taken from a file', async () => {
    const config = configured();
    const file = join(config, '..', 'secret');
    writeFileSync(file, 'the-provider-drew-this-one\n');
    const { out } = await run('line', 'add', 'alice', '--secret-file', file, '--json', '--config', config);
    expect(JSON.parse(out)).toMatchObject({ id: 'alice', secret: 'the-provider-drew-this-one' });
  });

  test('names, words and the want of a domain come through', async () => {
    const config = configured();
    const add = ['line', 'add', '--config', config];
    await run(...add, 'alice', '--domain', 'al.mwebpages.test', '--names', 'www,ftp', '--words', 'Hi there');
    await run(...add, 'bob', '--no-domain');
    const { out } = await run('line', 'export', '--json', '--config', config);
    expect(JSON.parse(out)).toMatchObject([
      {
        ...{ id: 'alice', domain: 'al.mwebpages.test', words: 'Hi there' },
        names: ['www.al.mwebpages.test', 'ftp.al.mwebpages.test'],
      },
      { id: 'bob', domain: null, names: [] },
    ]);
  });

  test('what was exported can be imported elsewhere', async () => {
    const [here, there] = [configured(), configured()];
    await run('line', 'add', 'alice', '--config', here);
    const file = join(there, '..', 'lines.csv');
    writeFileSync(file, (await run('line', 'export', '--config', here)).out);
    expect(await run('line', 'import', file, '--config', there)).toEqual({
      ...{ code: 0, out: 'Imported 1 line.\n', err: '' },
    });
    const [exported, imported] = await Promise.all(
      [here, there].map(async (config) => (await run('line', 'export', '--config', config)).out),
    );
    expect(imported).toBe(exported);
  });

  test('an import with a bad row imports nothing and names the row of the file', async () => {
    const config = configured();
    const file = join(config, '..', 'lines.csv');
    writeFileSync(file, 'id,names\n\nalice,www\nmail,\n');
    expect(await run('line', 'import', file, '--config', config)).toEqual({
      ...{ code: 1, out: '' },
      err: 'nothing was imported:\n  row 4: "mail" is a reserved name: choose another domain\n',
    });
    expect((await run('line', 'list', '--json', '--config', config)).out).toBe('[]\n');
  });

  test('a file that is not there, and a store that cannot be, are told with exit code 1', async () => {
    const config = configured();
    expect(await run('line', 'import', 'nowhere.csv', '--config', config)).toMatchObject({
      ...{ code: 1, err: 'cannot read nowhere.csv: there is no such file\n' },
    });
    writeFileSync(join(config, '..', 'data'), 'in the way');
    const { code, err } = await run('status', '--config', config);
    expect(code).toBe(1);
    expect(err).toMatch(/^cannot use the store .*\/data\/gateway\.sqlite: .*\n$/);
  });

  test('the store that a command makes lies beside the settings file and is the owner’s alone', async () => {
    const config = configured();
    await run('status', '--config', config);
    expect(statSync(join(config, '..', 'data')).mode & 0o777).toBe(0o700);
    expect(statSync(join(config, '..', 'data', 'gateway.sqlite')).mode & 0o777).toBe(0o600);
  });
});

function configured(more = ''): string {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-commands-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const config = join(folder, 'gateway.toml');
  writeFileSync(config, `[zone]\nname = "mwebpages.test"\n${more}`);
  return config;
}

async function run(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: '', err: '' };
  const terminal = {
    out: (text: string) => {
      said.out += text;
    },
    err: (text: string) => {
      said.err += text;
    },
    isInteractive: false,
  };
  const code = await runCommandLine(words, terminal, () => Promise.reject(new Error('served')));
  return { code, ...said };
}
