import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { AGENT_VERSION } from '../../../agent/version.ts';
import { compactProgram } from '../../support/agent-engines.ts';
import { temporaryFolder } from '../../support/agent-temporary-folder.ts';

const program = compactProgram('porchlight-agent');
const tarball = join(dirname(program), '..', `porchlight-agent-${AGENT_VERSION}.tar.gz`);
/** All that a build needs; the compiler finds its own parts. */
const TOOLS = [
  'sh',
  'make',
  'awk',
  'mkdir',
  'cat',
  'musl-gcc',
  'x86_64-linux-gnu-gcc',
  'as',
  'ld',
  'ar',
  'strip',
];
const canBuild =
  existsSync(tarball) && spawnSync('musl-gcc', ['--version']).status === 0 && process.arch === 'x64';

/** A search path with these tools and nothing else. */
function pathWith(tools: readonly string[]): string {
  const folder = join(temporaryFolder(), 'bin');
  mkdirSync(folder);
  for (const tool of tools) {
    const where = execFileSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).trim();
    symlinkSync(where, join(folder, tool));
  }
  return folder;
}

test.runIf(canBuild)(
  'the release tarball makes the same program, byte by byte, with a C compiler and without Node',
  () => {
    const folder = temporaryFolder();
    execFileSync('tar', ['-xzf', tarball, '-C', folder]);
    const sources = join(folder, `porchlight-agent-${AGENT_VERSION}`);
    const PATH = pathWith(TOOLS);
    expect(spawnSync('node', ['--version'], { env: { PATH } }).error).toMatchObject({ code: 'ENOENT' });
    execFileSync('make', ['-s', '-j2', 'CC=musl-gcc', 'AR=ar', 'STRIP=strip'], {
      cwd: sources,
      env: { PATH },
      stdio: 'pipe',
    });
    const made = readFileSync(join(sources, 'out', 'porchlight-agent'));
    expect(made.equals(readFileSync(program))).toBe(true);
  },
  240_000,
);

test.runIf(existsSync(tarball))('the release tarball brings the licences of all that is inside', () => {
  const text = execFileSync(
    'tar',
    ['-xzOf', tarball, `porchlight-agent-${AGENT_VERSION}/THIRD-PARTY-LICENCES`],
    {
      encoding: 'utf8',
    },
  );
  for (const name of ['quickjs', 'mbedtls', 'musl', 'mqtt', 'smol-toml', 'readable-stream'])
    expect(text).toMatch(new RegExp(`^==== ${name} \\d`, 'm'));
  expect(text).toContain('Permission is hereby granted');
  expect(text).toContain('Apache License');
});
