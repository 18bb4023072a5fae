// The folder that a C compiler alone makes the agent of: host, engine, TLS, and programs as bytecode for both byte orders.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../commands.mjs';
import { CACHE, digest, fetchSources, run, SOURCES } from './sources.mjs';

const HERE = join(ROOT, 'packaging', 'compact');
const HOST = join(ROOT, 'agent', 'compact', 'host');

/** What of the engine is compiled, and what that includes; the rest of its sources is tests and tools. */
const ENGINE =
  /^((quickjs|libregexp|libunicode|cutils|dtoa|quickjs-libc|list)[a-z-]*\.[ch]|LICENSE|VERSION)$/;

/** Brings the tree in the cache up to date, so that make finds what has changed, and gives its folder. */
export function prepareTree() {
  const [engine, tls] = SOURCES.packages.map(({ folder }) => join(fetchSources(), folder));
  const tree = join(CACHE, `tree-${digest(JSON.stringify(SOURCES.packages)).slice(0, 12)}`);
  const own = ['Makefile', 'tls-config.h'];
  copyNew(HERE, tree, (name) => own.includes(name));
  copyNew(HOST, join(tree, 'host'), (name) => /\.[ch]$/.test(name));
  copyNew(engine, join(tree, 'engine'), (name) => ENGINE.test(name));
  copyNew(join(tls, 'library'), join(tree, 'mbedtls', 'library'), (name) => /\.[ch]$/.test(name));
  for (const part of ['mbedtls', 'psa'])
    copyNew(join(tls, 'include', part), join(tree, 'mbedtls', 'include', part), (name) => /\.h$/.test(name));
  copyNew(tls, join(tree, 'mbedtls'), (name) => name === 'LICENSE');
  mkdirSync(join(tree, 'bytecode'), { recursive: true });
  return tree;
}

/** Compiles a program's bundle to bytecode as C, for both byte orders. */
export function writeBytecode(tree, name, bundle) {
  const source = join(tree, 'bytecode', `${name}.mjs`);
  const imports = [...new Set(bundle.match(/host:[a-z]+/g))].sort();
  writeFileSync(source, bundle);
  const modules = imports.flatMap((module) => ['-M', `${module},${module.replace(':', '_')}`]);
  for (const order of ['little', 'big']) {
    const made = `${name}-${order}.new`;
    const words = ['-m', '-c', '-s', ...modules, '-N', 'program', '-o', made, `${name}.mjs`];
    run(engineCompiler(order), words, join(tree, 'bytecode'));
    replaceIfOther(join(tree, 'bytecode', made), join(tree, 'bytecode', `${name}-${order}.c`));
  }
  rmSync(source);
}

/** qjsc for this machine, which makes what a machine of this byte order would make; its own option for that does nothing. */
function engineCompiler(order) {
  const [{ folder }] = SOURCES.packages;
  const engine = join(fetchSources(), folder);
  const compiler = join(CACHE, `qjsc-${order}-${digest(JSON.stringify(SOURCES.packages)).slice(0, 12)}`);
  if (existsSync(compiler)) return compiler;
  const version = readFileSync(join(engine, 'VERSION'), 'utf8').trim();
  const defined = [`CONFIG_VERSION="${version}"`, 'CONFIG_CC="cc"', 'CONFIG_PREFIX="/usr"', '_GNU_SOURCE'];
  const flags = ['-O1', '-w', '-I.', ...defined.map((name) => `-D${name}`)];
  const patterns = `${compiler}.o`;
  const turned = order === 'big' ? ['-include', join(HERE, 'big-endian.h')] : [];
  run('gcc', [...flags, ...turned, '-c', 'libregexp.c', '-o', patterns], engine);
  const others = ['quickjs', 'libunicode', 'cutils', 'dtoa', 'quickjs-libc', 'qjsc'];
  const files = [patterns, ...others.map((file) => `${file}.c`)];
  run('gcc', [...flags, ...files, '-o', compiler, '-lm', '-lpthread', '-ldl'], engine);
  return compiler;
}

function copyNew(from, to, isWanted) {
  mkdirSync(to, { recursive: true });
  const wanted = readdirSync(from, { withFileTypes: true }).filter(
    (entry) => entry.isFile() && isWanted(entry.name),
  );
  // what is no longer in the sources must not be compiled any more
  const kept = new Set(wanted.map(({ name }) => name));
  for (const { name } of readdirSync(to, { withFileTypes: true }).filter((entry) => entry.isFile())) {
    if (isWanted(name) && !kept.has(name)) rmSync(join(to, name));
  }
  for (const { name } of wanted) {
    if (!isSame(join(from, name), join(to, name))) copyFileSync(join(from, name), join(to, name));
  }
}

function replaceIfOther(made, kept) {
  if (!isSame(made, kept)) copyFileSync(made, kept);
  rmSync(made);
}

function isSame(one, other) {
  return existsSync(other) && readFileSync(one).equals(readFileSync(other));
}
