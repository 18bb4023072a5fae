import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { ISLANDS, type Islands } from '../islands.ts';

const FOLDER = fileURLToPath(new URL('../islands/', import.meta.url));

/** Bundles the pages' scripts from their sources: for the built program, and at the start of one that runs from source. */
export async function bundleIslands(): Promise<Islands> {
  const { outputFiles } = await build({
    entryPoints: ISLANDS.map((name) => `${FOLDER}${name}.ts`),
    outdir: FOLDER,
    write: false,
    bundle: true,
    minify: true,
    platform: 'browser',
    target: 'es2022',
    format: 'esm',
    legalComments: 'none',
    logLevel: 'warning',
  });
  const text = (name: string) => outputFiles.find(({ path }) => path.endsWith(`/${name}.js`))?.text ?? '';
  return {
    visitor: text('visitor'),
    portal: text('portal'),
    editor: text('editor'),
    console: text('console'),
  };
}
