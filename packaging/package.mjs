// npm run package: everything that is shipped, into dist/release, each proven as far as this machine can.
// It starts behind the set-up, which brings the compilers and the packages that it imports.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import process from 'node:process';
import { artefacts } from './artefacts.mjs';
import { asProcess, quietly, ROOT, shown } from './commands.mjs';

const DIST = join(ROOT, 'dist');
const RELEASE = join(DIST, 'release');
const INTEGRATION = join('test', 'integration');

/** The test files that show that an artefact works, run on the very files that are shipped. */
const PROOFS = {
  contract: [
    join(INTEGRATION, 'agent', 'main.test.ts'),
    join(INTEGRATION, 'agent', 'secure-gateway.test.ts'),
  ],
  emulated: [join(INTEGRATION, 'agent', 'compact-targets.test.ts')],
  'node-emulated': [join(INTEGRATION, 'agent', 'node-binary.test.ts')],
  openwrt: [join(INTEGRATION, 'openwrt.test.ts')],
  linux: [join(INTEGRATION, 'linux-packages.test.ts')],
  tarball: [join(INTEGRATION, 'agent', 'compact-tarball.test.ts')],
};

async function main() {
  rmSync(RELEASE, { recursive: true, force: true });
  mkdirSync(RELEASE, { recursive: true });
  const made = await artefacts({ dist: DIST, release: RELEASE });
  writeFileSync(
    join(RELEASE, 'SHA256SUMS'),
    made.map(({ file }) => `${sha256(file)}  ${basename(file)}\n`).join(''),
  );
  const outcomes = await prove();
  process.stdout.write(`\n${table(made, outcomes)}\n`);
  return [...outcomes.values()].every((outcome) => outcome.isProven) ? 0 : 1;
}

async function prove() {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-package-'));
  const outcomes = new Map();
  for (const [name, files] of Object.entries(PROOFS)) {
    const report = join(folder, `${name}.json`);
    const words = [
      'run',
      ...files,
      '--project',
      'integration',
      '--reporter=dot',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ];
    const code = await shown('vitest', words, { PORCHLIGHT_DIST: DIST });
    const { numPassedTests = 0 } = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : {};
    outcomes.set(name, { isProven: code === 0 && numPassedTests > 0, passed: numPassedTests });
  }
  rmSync(folder, { recursive: true });
  return outcomes;
}

function table(made, outcomes) {
  const rows = made.map(({ file, target, how, proof }) => {
    const { isProven, passed } = outcomes.get(proof) ?? { isProven: true };
    const tests = passed === undefined ? '' : ` (${passed} tests)`;
    return [
      basename(file),
      target,
      String(statSync(file).size),
      String(xzSize(file)),
      sha256(file),
      isProven ? `${how}${tests}` : `NOT PROVEN: ${how}`,
    ];
  });
  const head = ['artefact', 'target', 'bytes', 'xz', 'sha256', 'how it was proven'];
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function sha256(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/** The fast levels already say what a download costs; the small files are pressed hard, as flash images are. */
function xzSize(file) {
  const level = statSync(file).size < 20_000_000 ? '-9e' : '-6';
  return quietly('sh', ['-c', `xz -T1 ${level} -c "$1" | wc -c`, 'sh', file]).stdout.trim();
}

await asProcess(main);
