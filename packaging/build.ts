import { stat } from 'node:fs/promises';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { bundleIslands } from '../gateway-server/web/io/bundle-islands.ts';

/** Bundled CommonJS packages ask for Node's modules by `require` and for their own folder. */
const COMMONJS_BRIDGE = [
  "import { createRequire as createRequireForBundle } from 'node:module';",
  'const require = createRequireForBundle(import.meta.url);',
  'const __dirname = import.meta.dirname;',
  'const __filename = import.meta.filename;',
].join('\n');

const PROGRAMS = { 'porchlight-gateway': 'gateway-server/main.ts', 'porchlight-agent': 'agent/main.ts' };

/** Each program becomes one file that starts with `node FILE`; the licences of what is inside stand beside it. */
async function buildPrograms(folder: string): Promise<void> {
  await build({
    entryPoints: Object.entries(PROGRAMS).map(([out, source]) => ({ in: source, out })),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'linked',
    define: { BUNDLED_ISLANDS: JSON.stringify(await bundleIslands()) },
    banner: { js: `#!/usr/bin/env node\n${COMMONJS_BRIDGE}` },
    logLevel: 'warning',
  });
}

async function tellSizes(folder: string): Promise<void> {
  for (const name of Object.keys(PROGRAMS)) {
    const { size } = await stat(`${folder}/${name}.mjs`);
    process.stdout.write(
      `${`${folder}/${name}.mjs`.padEnd(32)} ${(size / 1024).toFixed(0).padStart(6)} KiB\n`,
    );
  }
}

const { outdir } = parseArgs({ options: { outdir: { type: 'string', default: 'dist' } } }).values;
await buildPrograms(outdir);
await tellSizes(outdir);
