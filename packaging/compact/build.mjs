// Builds the compact agent: one static executable for each kind of processor, without Node.
//   node packaging/compact/build.mjs [--target x86_64 ...] [--outdir dist/compact] [--for-tests] [--tarball]
import { copyFileSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { AGENT_VERSION, RELEASED_AT } from '../../agent/version.ts';
import { asProcess, isStarted, ROOT } from '../commands.mjs';
import { bundleCompact } from './bundle.mjs';
import { buildHardened } from './hardening.mjs';
import { licencesText } from './licences.mjs';
import { writeTarball } from './tarball.mjs';
import { compile, TARGETS } from './targets.mjs';
import { prepareTree, writeBytecode } from './tree.mjs';

const AGENT = 'porchlight-agent';
const MAIN = join(ROOT, 'agent', 'main.ts');
const SUPPORT = join(ROOT, 'test', 'support');

/** Programs that only tests run: one part of the agent alone, and the agent with a clock that a test sets. */
const TEST_PROGRAMS = [
  { name: 'chaos-day', main: join(SUPPORT, 'agent-chaos-program.ts') },
  { name: 'interface-probe', main: join(SUPPORT, 'agent-interface-probe.ts') },
  { name: 'resolver-probe', main: join(SUPPORT, 'agent-resolver-probe.ts') },
  {
    name: 'agent-with-test-clock',
    main: MAIN,
    make: [`LDFLAGS=-Wl,--wrap=time -Wl,--wrap=gettimeofday ${join(SUPPORT, 'compact', 'test-clock.c')}`],
  },
];

async function build(tree, { name, main, make = [] }, targets, outdir) {
  const { text, inputs } = await bundleCompact(main);
  writeBytecode(tree, name, text);
  for (const target of targets) {
    const file = join(outdir, target, name);
    mkdirSync(join(outdir, target), { recursive: true });
    copyFileSync(compile(tree, name, target, make), file);
    tell(file, TARGETS[target].proof);
  }
  return inputs;
}

function tell(file, proof) {
  process.stdout.write(`${file}: ${statSync(file).size} bytes; ${proof}\n`);
}

/** Builds the agent for these processors into a folder each; gives what a release needs to know of it. */
export async function buildCompact({ targets, outdir, forTests = false, tarball = false }) {
  const tree = prepareTree();
  const inputs = await build(tree, { name: AGENT, main: MAIN }, targets, outdir);
  const licences = licencesText(tree, inputs);
  writeFileSync(join(outdir, 'THIRD-PARTY-LICENCES'), licences);
  if (forTests) {
    for (const program of TEST_PROGRAMS) await build(tree, program, targets, outdir);
    buildHardened(tree, AGENT, join(outdir, 'hardening'));
  }
  const files = targets.map((target) => ({ target, file: join(outdir, target, AGENT) }));
  if (!tarball) return { files, inputs };
  const written = writeTarball({
    tree,
    version: AGENT_VERSION,
    releasedAt: RELEASED_AT / 1_000,
    licences,
    outdir,
  });
  tell(written, 'built from in an empty folder, without Node');
  return { files, inputs, tarball: written };
}

async function main(args) {
  const { target, outdir, ...more } = parseArgs({
    args,
    options: {
      target: { type: 'string', multiple: true, default: ['x86_64'] },
      outdir: { type: 'string', default: join(ROOT, 'dist', 'compact') },
      'for-tests': { type: 'boolean', default: false },
      tarball: { type: 'boolean', default: false },
    },
  }).values;
  await buildCompact({ targets: target, outdir, forTests: more['for-tests'], tarball: more.tarball });
  return 0;
}

if (isStarted(import.meta.url)) await asProcess(() => main(process.argv.slice(2)));
