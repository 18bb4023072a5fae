// Builds the agent with Node inside: one executable for hosts with glibc, by @yao-pkg/pkg.
//   node packaging/node-binary/build.mjs [--arch x64 ...] [--outdir dist/node]

import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { asProcess, isStarted, ROOT } from '../commands.mjs';
import { CACHE, made, run } from '../compact/sources.mjs';
import { bundleForNode } from './bundle.mjs';
import { STRIP } from './targets.mjs';

const PINNED = JSON.parse(readFileSync(join(ROOT, 'packaging', 'node-binary', 'nodes.json'), 'utf8'));
const NODE = `node-v${PINNED.version}`;
/** pkg looks into this folder of its home, whatever its settings say. */
const PKG_HOME = join(CACHE, 'pkg-home');
const BASES = join(PKG_HOME, '.pkg-cache', 'sea');

/** Builds for these processors; gives each one's file and the size of the bundle inside. */
export async function buildNodeBinaries({ archs, outdir }) {
  const bundle = join(outdir, 'porchlight-agent.cjs');
  const inputs = await bundleForNode(bundle);
  for (const arch of archs) prepareBase(arch);
  const built = archs.map((arch) => ({ arch, file: inject(bundle, arch, outdir) }));
  return { bundle, bundleBytes: statSync(bundle).size, inputs, built };
}

function inject(bundle, arch, outdir) {
  const file = join(outdir, `porchlight-agent-${arch}`);
  const env = { HOME: PKG_HOME, PATH: [dirname(nodeFor('x64')), process.env.PATH].join(delimiter) };
  const pkg = fileURLToPath(import.meta.resolve('@yao-pkg/pkg/lib-es5/bin.js'));
  run(
    nodeFor('x64'),
    [pkg, '--sea', '-t', `node${PINNED.version}-linux-${arch}`, '-o', file, bundle],
    outdir,
    env,
  );
  // pkg says that it is done also where it has injected nothing
  const base = statSync(strippedFor(arch)).size;
  if (statSync(file).size <= base) throw new Error(`${file} holds no program: it is Node alone`);
  return file;
}

/** Node as npm has it. */
function nodeFor(arch) {
  return join(fetchNode(arch), 'package', 'bin', 'node');
}

function fetchNode(arch) {
  return made(join(CACHE, `${NODE}-linux-${arch}`), (aside) => {
    run('npm', ['pack', '--silent', `node-linux-${arch}@${PINNED.version}`], aside);
    const file = join(aside, `node-linux-${arch}-${PINNED.version}.tgz`);
    const found = `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`;
    if (found !== PINNED.packages[arch])
      throw new Error(`${file} has the integrity ${found}, not the pinned ${PINNED.packages[arch]}`);
    run('tar', ['xzf', file], aside);
    rmSync(file);
  });
}

function strippedFor(arch) {
  return join(CACHE, `${NODE}-stripped-${arch}`, NODE, 'bin', 'node');
}

/** Lays the stripped Node where pkg looks for what it would download: 17 MB less, and only before the injection. */
function prepareBase(arch) {
  const name = `${NODE}-linux-${arch}`;
  const folder = made(dirname(dirname(dirname(strippedFor(arch)))), (aside) => {
    const stripped = join(aside, NODE, 'bin', 'node');
    mkdirSync(dirname(stripped), { recursive: true });
    copyFileSync(nodeFor(arch), stripped);
    run(STRIP[arch], [stripped], aside);
  });
  const archive = join(BASES, `${name}.tar.gz`);
  if (existsSync(`${archive}.ok`)) return;
  mkdirSync(BASES, { recursive: true });
  run('tar', ['czf', archive, '--transform', `s,^${NODE},${name},`, NODE], folder);
  writeFileSync(`${archive}.ok`, '');
}

async function main(args) {
  const { arch, outdir: given } = parseArgs({
    args,
    options: {
      arch: { type: 'string', multiple: true, default: ['x64'] },
      outdir: { type: 'string', default: join(ROOT, 'dist', 'node') },
    },
  }).values;
  const outdir = resolve(given);
  const { bundle, bundleBytes, built } = await buildNodeBinaries({ archs: arch, outdir });
  process.stdout.write(`${bundle}: ${bundleBytes} bytes\n`);
  for (const { file } of built) process.stdout.write(`${file}: ${statSync(file).size} bytes\n`);
  return 0;
}

if (isStarted(import.meta.url)) await asProcess(() => main(process.argv.slice(2)));
