// Bundles a program of the agent for the small engine: what it wants of Node's modules comes from agent/compact/node.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import { ROOT } from '../commands.mjs';
import { fromMqtt, SMALL_PACKAGES } from '../small-packages.mjs';

const NODE = join(ROOT, 'agent', 'compact', 'node');
const COMPACT = join(ROOT, 'agent', 'compact');

/** Files of the agent that have a twin for the small engine. */
const TWINS = {
  [join(ROOT, 'agent', 'io', 'ip-command.ts')]: join(COMPACT, 'netlink-interfaces.ts'),
  [join(ROOT, 'agent', 'io', 'secure-socket.ts')]: join(COMPACT, 'secure-socket.ts'),
};

/** What the agent and its packages import as `node:NAME`. */
const OURS = {
  child_process: 'child-process.ts',
  'dns/promises': 'dns-promises.ts',
  events: 'events.ts',
  fs: 'fs.ts',
  'fs/promises': 'fs-promises.ts',
  net: 'net.ts',
  path: 'path.ts',
  util: 'util.ts',
};

/** npm's own copies of Node's modules, which the MQTT client's streams bring along. */
const FROM_NPM = {
  buffer: 'buffer/index.js',
  events: 'events/events.js',
  string_decoder: 'string_decoder/lib/string_decoder.js',
  stream: './index.js',
  'readable-stream': './index.js',
};

const fromStreams = createRequire(fromMqtt.resolve('readable-stream'));

/** Besides the small packages: what this engine has as globals. */
const WRITTEN = {
  ...SMALL_PACKAGES,
  process: 'module.exports = globalThis.process;',
  'abort-controller': 'module.exports = globalThis;',
};

function replacementFor(wanted, importer) {
  const name = wanted.replace(/^node:/, '').replace(/\/$/, '');
  if (name in WRITTEN) return { path: name, namespace: 'written' };
  const isNodes = wanted.startsWith('node:') && !importer.startsWith(COMPACT);
  if (isNodes && name in OURS) return { path: join(NODE, OURS[name]), namespace: 'with-default' };
  if (name in FROM_NPM) return { path: fromStreams.resolve(FROM_NPM[name]) };
  return name in OURS ? { path: join(NODE, OURS[name]) } : undefined;
}

/** What imports the default of a module of Node's gets all of it, as Node gives it. */
function withDefault(path) {
  const file = JSON.stringify(path);
  return `import * as all from ${file};\nexport * from ${file};\nexport default all;`;
}

function replacements(twins) {
  return {
    name: 'replacements',
    setup(bundler) {
      bundler.onResolve({ filter: /^host:/ }, ({ path }) => ({ path, external: true }));
      bundler.onResolve({ filter: /^[.].*[.]ts$/ }, ({ path, resolveDir }) => {
        const twin = twins[join(resolveDir, path)];
        return twin ? { path: twin } : undefined;
      });
      bundler.onResolve({ filter: /^[a-z]/ }, ({ path, importer }) => replacementFor(path, importer));
      bundler.onLoad({ filter: /.*/, namespace: 'with-default' }, ({ path }) => ({
        contents: withDefault(path),
        resolveDir: NODE,
      }));
      bundler.onLoad({ filter: /.*/, namespace: 'written' }, ({ path }) => ({
        contents: WRITTEN[path],
        resolveDir: ROOT,
      }));
    },
  };
}

/** A program has ended when its first file has run, and when what that exports as `ended` has. */
function startOf(main) {
  const [globals, program, finish] = [join(NODE, 'globals.ts'), main, join(COMPACT, 'finish.ts')].map(
    (file) => JSON.stringify(file),
  );
  return [
    `import ${globals};`,
    `import * as program from ${program};`,
    `import { finish } from ${finish};`,
    'await program["ended"];',
    'finish();',
  ].join('\n');
}

/** The text of one ES module with the whole program; `main` is its first file. */
export async function bundleCompact(main, twins = TWINS) {
  const result = await build({
    stdin: {
      contents: startOf(main),
      resolveDir: ROOT,
    },
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    target: 'es2023',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['import', 'require', 'default'],
    legalComments: 'none',
    define: { 'process.env.NODE_ENV': '"production"', 'process.env.READABLE_STREAM': '"enable"' },
    plugins: [replacements(twins)],
    logLevel: 'error',
    metafile: true,
  });
  return { text: result.outputFiles[0].text, inputs: Object.keys(result.metafile.inputs) };
}
