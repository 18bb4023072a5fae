// The processors that the compact agent is built for, and the compilers that do it.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { isInstalled } from '../commands.mjs';
import { CACHE, fetchMusl, run } from './sources.mjs';

/** By the names that routers' makers use; `proof` is how a test shows that the result runs. */
export const TARGETS = {
  x86_64: { proof: 'run here' },
  aarch64: {
    debian: 'arm64',
    gnu: 'aarch64-linux-gnu',
    musl: 'aarch64-linux-musl',
    // its helpers are in a library of glibc's
    flags: '-mno-outline-atomics',
    proof: 'run under qemu-user',
  },
  armel: {
    debian: 'armel',
    gnu: 'arm-linux-gnueabi',
    musl: 'arm-linux-musleabi',
    proof: 'run under qemu-user',
  },
  mipsel: {
    debian: 'mipsel',
    gnu: 'mipsel-linux-gnu',
    musl: 'mipsel-linux-musl',
    proof: 'built only: hard float, which most routers of this kind lack',
  },
  // no router, but the big-endian machine that can be had
  s390x: {
    debian: 's390x',
    gnu: 's390x-linux-gnu',
    musl: 's390x-linux-musl',
    proof: 'run under qemu-user, for big-endian bytecode',
  },
};

/** Why the agent for this machine cannot be compiled here; undefined where it can. */
export function whyNoCompact() {
  if (process.arch !== 'x64') return `no musl compiler is known for ${process.arch}`;
  const missing = ['musl-gcc', 'gcc', 'make', 'dpkg-source', 'apt-get'].filter((tool) => !isInstalled(tool));
  return missing.length === 0 ? undefined : `${missing.join(', ')} not installed`;
}

/** The words for make that compile for a target. */
function compilersFor(name) {
  const { debian, gnu, musl, flags = '' } = TARGETS[name];
  if (gnu === undefined) return ['CC=musl-gcc', 'AR=ar', 'STRIP=strip'];
  const specs = specsFor(debian, musl);
  return [`CC=${gnu}-gcc ${flags} -specs ${specs}`, `AR=${gnu}-ar`, `STRIP=${gnu}-strip`];
}

/** What tells gcc of glibc to use musl, with the paths of the cache in the place of the system's. */
function specsFor(debian, musl) {
  const root = join(fetchMusl(debian), 'usr');
  const original = readFileSync(join(root, 'lib', musl, 'musl-gcc.specs'), 'utf8');
  const folder = join(CACHE, 'specs');
  mkdirSync(folder, { recursive: true });
  const specs = original
    .replaceAll(`/usr/lib/${musl}`, join(root, 'lib', musl))
    .replaceAll(`/usr/include/${musl}`, join(root, 'include', musl));
  writeFileSync(join(folder, debian), specs);
  return join(folder, debian);
}

/** Compiles the program of this name for a target; gives the executable. */
export function compile(tree, program, target, more = []) {
  const out = join('out', target);
  run('make', ['-s', '-j2', `O=${out}`, `NAME=${program}`, ...compilersFor(target), ...more], tree);
  return join(tree, out, program);
}
