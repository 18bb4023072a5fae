// Builds the compact agent: one static executable for each kind of processor, without Node.
//   node packaging/compact/build.mjs [--target x86_64 ...] [--outdir dist/compact]
import { copyFileSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { asProcess, isStarted, ROOT } from '../commands.mjs';
import { bundleCompact } from './bundle.mjs';
import { compile, TARGETS } from './targets.mjs';
import { prepareTree, writeBytecode } from './tree.mjs';

const AGENT = 'porchlight-agent';

/** The tree with the agent's bytecode in it, and what the bundle was made of. */
export async function prepareAgent() {
  const tree = prepareTree();
  const { text, inputs } = await bundleCompact(join(ROOT, 'agent', 'main.ts'));
  writeBytecode(tree, AGENT, text);
  return { tree, inputs };
}

async function main(args) {
  const { target, outdir } = parseArgs({
    args,
    options: {
      target: { type: 'string', multiple: true, default: ['x86_64'] },
      outdir: { type: 'string', default: join(ROOT, 'dist', 'compact') },
    },
  }).values;
  const { tree } = await prepareAgent();
  for (const name of target) {
    const file = join(outdir, name, AGENT);
    mkdirSync(join(outdir, name), { recursive: true });
    copyFileSync(compile(tree, AGENT, name), file);
    process.stdout.write(`${file}: ${statSync(file).size} bytes; ${TARGETS[name].proof}\n`);
  }
  return 0;
}

if (isStarted(import.meta.url)) await asProcess(() => main(process.argv.slice(2)));
