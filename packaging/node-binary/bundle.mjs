// Bundles the agent for the single binary of Node: one file of CommonJS, with Node's own modules where npm has copies of them.
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import { ROOT } from '../commands.mjs';
import { SMALL_PACKAGES } from '../small-packages.mjs';

const NODES_OWN = { 'readable-stream': 'stream' };

const replacements = {
  name: 'replacements',
  setup(bundler) {
    bundler.onResolve({ filter: /^[a-z]/ }, ({ path }) => {
      const name = path.replace(/\/$/, '');
      if (name in SMALL_PACKAGES) return { path: name, namespace: 'written' };
      const own = NODES_OWN[name] ?? name.replace(/^node:/, '');
      return isBuiltin(own) ? { path: `node:${own}`, external: true } : undefined;
    });
    bundler.onLoad({ filter: /.*/, namespace: 'written' }, ({ path }) => ({
      contents: SMALL_PACKAGES[path],
      resolveDir: ROOT,
    }));
  },
};

/** Writes the bundle, for the Node that the binary holds; gives the files that are inside. */
export async function bundleForNode(outfile) {
  const { metafile } = await build({
    entryPoints: [join(ROOT, 'agent', 'main.ts')],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    legalComments: 'none',
    plugins: [replacements],
    logLevel: 'error',
    metafile: true,
  });
  return Object.keys(metafile.inputs);
}
