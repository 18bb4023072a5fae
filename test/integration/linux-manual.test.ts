import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { expect, test } from 'vitest';
import { parseSettings as parseAgentSettings } from '../../agent/settings.ts';
import { parseSettings as parseGatewaySettings, SettingsError } from '../../gateway-server/settings.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const PAGES = [
  'porchlight-agent.8',
  'porchlight-agent.toml.5',
  'porchlight-gateway.8',
  'porchlight-gateway.toml.5',
];
const hasGroff = spawnSync('groff', ['--version']).status === 0;

function page(name: string): string {
  return readFileSync(join(ROOT, 'docs', 'man', name), 'utf8');
}

/** What the items of the page's lists name with one macro, as `Va` or `Cm`. */
function items(name: string, macro: string): readonly string[] {
  const lines = page(name).split('\n');
  return lines
    .filter((line) => line.startsWith(`.It ${macro} `))
    .flatMap((line) => line.slice('.It '.length).split(' , '))
    .map((item) => item.slice(macro.length + 1));
}

type MistakesOf = (raw: unknown) => readonly { readonly key: string; readonly expected: string }[];

const agentMistakes: MistakesOf = (raw) => {
  const reading = parseAgentSettings(raw);
  return reading.kind === 'wrong' ? reading.mistakes : [];
};

const gatewayMistakes: MistakesOf = (raw) => {
  const reading = readGatewaySettings(raw);
  return [...reading.matchAll(/^ {2}(\S+) = .*: give (.*)$/gm)].map(([, key = '', expected = '']) => ({
    key,
    expected,
  }));
};

function readGatewaySettings(raw: unknown): string {
  try {
    parseGatewaySettings(raw, 'gateway.toml');
    return '';
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
}

/** Every key that a parser knows: it names them itself when it finds one that it does not. */
function knownKeys(mistakesOf: MistakesOf): readonly string[] {
  const keysBelow = (raw: unknown, stranger: string) => {
    const { expected } = mistakesOf(raw).find(({ key }) => key === stranger) ?? { expected: '' };
    return /^one of the keys (.*)$/.exec(expected)?.[1]?.split(', ') ?? [];
  };
  return keysBelow({ stranger: 1 }, 'stranger').flatMap((key) => {
    const inTable = keysBelow({ [key]: { stranger: 1 } }, `${key}.stranger`);
    const inRow = keysBelow({ [key]: [{ stranger: 1 }] }, `${key}[0].stranger`);
    const inside = [...new Set([...inTable, ...inRow])];
    return inside.length === 0 ? [key] : inside.map((name) => `${key}.${name}`);
  });
}

/** Every command that `--help` names, those inside another one with its name before theirs. */
function commands(main: string, ...above: readonly string[]): readonly string[] {
  const said = execFileSync(process.execPath, [join(ROOT, main), ...above, '--help'], { encoding: 'utf8' });
  const [, listed = ''] = said.split('\nCommands:\n');
  const names = [...listed.matchAll(/^ {2}([a-z-]+) /gm)].map(([, name = '']) => name);
  return names.flatMap((name) => {
    if (name === 'help') return above.length === 0 ? [name] : [];
    const inside = above.length === 0 ? commands(main, name) : [];
    return inside.length > 0 ? inside : [[...above, name].join(' ')];
  });
}

test.each([
  { name: 'porchlight-agent.toml.5', mistakesOf: agentMistakes, some: 'wan.interface' },
  { name: 'porchlight-gateway.toml.5', mistakesOf: gatewayMistakes, some: 'secondary.proof' },
])('$name has every setting that the program knows, and no other', ({ name, mistakesOf, some }) => {
  const known = knownKeys(mistakesOf);
  expect(known).toContain(some);
  expect([...items(name, 'Va')].sort()).toEqual([...known].sort());
});

test.each([
  { name: 'porchlight-agent.8', main: 'agent/main.ts', some: 'leases' },
  { name: 'porchlight-gateway.8', main: 'gateway-server/main.ts', some: 'line add' },
])(
  '$name has every command of the program, and no other',
  ({ name, main, some }) => {
    const known = commands(main);
    expect(known).toContain(some);
    const named = items(name, 'Cm').map((item) => item.replace(/ (Ar|Fl) .*/, ''));
    expect([...named].sort()).toEqual([...known].sort());
  },
  60_000,
);

test.each(['agent', 'gateway'])('the example of porchlight-%s.toml(5) is taken by the program', (program) => {
  const [, example = ''] = /\.Bd -literal\n([\s\S]*)\n\.Ed/.exec(page(`porchlight-${program}.toml.5`)) ?? [];
  const mistakesOf = program === 'agent' ? agentMistakes : gatewayMistakes;
  expect(mistakesOf(parse(example))).toEqual([]);
});

test.runIf(hasGroff).each(PAGES)(
  `%s is set without a warning${hasGroff ? '' : ' (skipped: no groff)'}`,
  (name) => {
    const { stderr } = spawnSync('groff', ['-mdoc', '-ww', '-z', '-Tutf8', join(ROOT, 'docs', 'man', name)], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
  },
);
