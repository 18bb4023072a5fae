// npm test: sets up what is missing, runs every check and test, and counts what really ran.
//   node packaging/test.mjs [--long]
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { asProcess, ROOT, shown } from './commands.mjs';
import { whyNoCompact } from './compact/targets.mjs';
import { insideWherePermitted, whyNoNamespaces } from './namespaces.mjs';
import { whyNoNodeBinary } from './node-binary/targets.mjs';
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

async function runProject(name, folder, env, files = []) {
  heading(`vitest: ${name}${env.AGENT_PROGRAM ? ' with the compact agent' : ''}`);
  const file = join(folder, `${name}${files.length}.json`);
  const args = [
    'run',
    ...files,
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

/** The small engine's programs, where the compilers for them are; what needs them is skipped without. */
async function buildCompact(folder) {
  heading('build: the compact agent');
  const reason = whyNoCompact();
  if (reason !== undefined) {
    process.stdout.write(`${reason}: tests of the compact agent are skipped\n`);
    total.skipped++;
    return false;
  }
  const outdir = join(folder, 'dist', 'compact');
  const words = [
    join(ROOT, 'packaging', 'compact', 'build.mjs'),
    '--outdir',
    outdir,
    '--for-tests',
    '--tarball',
  ];
  const isBuilt = (await shown('node', words)) === 0;
  count(isBuilt);
  return isBuilt;
}

/** The binary with Node inside, where npm has the Node for it; what needs it is skipped without. */
async function buildNodeBinary(folder) {
  heading('build: the agent with Node inside');
  const reason = whyNoNodeBinary(process.arch);
  if (reason !== undefined) {
    process.stdout.write(`${reason}: tests of this binary are skipped\n`);
    total.skipped++;
    return;
  }
  const script = join(ROOT, 'packaging', 'node-binary', 'build.mjs');
  count((await shown('node', [script, '--outdir', join(folder, 'dist', 'node')])) === 0);
}

/** Stories in which the agent is what matters, told with the compact one. */
const AGENT_STORIES = ['a-lease-goes-live', 'off-line-and-back', 'refusals', 'the-address-of-another'];

async function runAll(folder, env) {
  await runChecks();
  await runProject('unit', folder, env);
  const built = { ...env, ...(await buildPrograms(folder)) };
  const hasCompact = await buildCompact(folder);
  await buildNodeBinary(folder);
  await runProject('integration', folder, built);
  await runProject('e2e', folder, built);
  if (hasCompact) {
    const AGENT_PROGRAM = join(folder, 'dist', 'compact', 'x86_64', 'porchlight-agent');
    await runProject('e2e', folder, { ...built, AGENT_PROGRAM }, AGENT_STORIES);
  }
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
