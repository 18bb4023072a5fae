// npm test: sets up what is missing, runs every check and test, and counts what really ran.
//   node packaging/test.mjs [--long]
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { asProcess, ROOT, shown } from './commands.mjs';
import { insideWherePermitted, whyNoNamespaces } from './namespaces.mjs';
import { setUp } from './set-up.mjs';

const total = { passed: 0, failed: 0, skipped: 0 };

function count(hasPassed) {
  total[hasPassed ? 'passed' : 'failed']++;
}

function heading(text) {
  process.stdout.write(`\n== ${text}\n`);
}

function scripts() {
  return JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).scripts;
}

/** Each tool of `npm run check` by itself, so that one that fails does not hide the next. */
async function runChecks() {
  for (const command of scripts().check.split('&&')) {
    heading(command.trim());
    count((await shown('sh', ['-c', command])) === 0);
  }
}

async function runProject(name, folder, env) {
  heading(`vitest: ${name}`);
  const file = join(folder, `${name}.json`);
  const args = [
    'run',
    '--project',
    name,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ];
  const run = name === 'e2e' ? insideWherePermitted : shown;
  const code = await run('vitest', args, env);
  addCounts(file, code);
}

/** A run that failed without one failed test (a file that does not load, an unhandled error) is one failure. */
function addCounts(file, code) {
  const { numPassedTests = 0, numFailedTests = 0, numPendingTests = 0, numTodoTests = 0 } = resultsIn(file);
  total.passed += numPassedTests;
  total.failed += numFailedTests;
  total.skipped += numPendingTests + numTodoTests;
  if (code !== 0 && numFailedTests === 0) count(false);
}

function resultsIn(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}

async function runConformance(env) {
  heading('conformance');
  const reason = whyNoNamespaces();
  if (reason !== undefined) {
    process.stdout.write(`no network namespaces here (${reason}): skipped\n`);
    total.skipped++;
    return;
  }
  count((await shown('npm', ['run', '--silent', 'conformance'], env)) === 0);
}

/** The end-to-end tests play with the programs as they are shipped. */
async function buildPrograms(folder) {
  heading('build');
  const dist = join(folder, 'dist');
  const isBuilt = (await shown('node', [join(ROOT, 'packaging', 'build.ts'), '--outdir', dist])) === 0;
  count(isBuilt);
  return isBuilt ? { PORCHLIGHT_DIST: dist } : {};
}

async function runAll(folder, env) {
  await runChecks();
  for (const project of ['unit', 'integration']) await runProject(project, folder, env);
  const built = { ...env, ...(await buildPrograms(folder)) };
  await runProject('e2e', folder, built);
  await runConformance(built);
}

async function main() {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-test-'));
  try {
    if (setUp()) await runAll(folder, process.argv.includes('--long') ? { PORCHLIGHT_TEST_LONG: '1' } : {});
    else count(false);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    process.stdout.write(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
  }
  return total.failed === 0 ? 0 : 1;
}

await asProcess(main);
