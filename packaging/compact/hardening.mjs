// Builds that look for mistakes in C: the agent under sanitizers and for valgrind, and the driver that lies to its TLS client.
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../commands.mjs';
import { run } from './sources.mjs';

const DRIVER = join(ROOT, 'test', 'support', 'compact', 'fuzz-tls.c');
const SANITIZED = '-O1 -g -fsanitize=address,undefined';

/** Puts agent-sanitized, agent-for-valgrind and fuzz-tls into the folder; the C library is the system's own. */
export function buildHardened(tree, program, outdir) {
  mkdirSync(outdir, { recursive: true });
  for (const [name, flags] of [
    ['sanitized', SANITIZED],
    ['for-valgrind', '-O1 -g'],
  ]) {
    const out = join('out', name);
    const words = [`O=${out}`, `NAME=${program}`, 'CC=gcc', 'STATIC=', 'STRIP=true', `CFLAGS=${flags}`];
    run('make', ['-s', '-j2', ...words], tree);
    copyFileSync(join(tree, out, program), join(outdir, `agent-${name}`));
  }
  const own = ['certificates.c', 'certificate-dates.c', 'entropy.c'].map((file) => join('host', file));
  const flags = [...SANITIZED.split(' '), '-D_GNU_SOURCE', '-DMBEDTLS_CONFIG_FILE="tls-config.h"'];
  const folders = ['-I.', '-Ihost', '-Imbedtls/include'];
  const wrapped = '-Wl,--wrap=time,--wrap=mbedtls_entropy_func';
  const library = join('out', 'sanitized', 'tls.a');
  run('gcc', [...flags, ...folders, DRIVER, ...own, library, wrapped, '-o', join(outdir, 'fuzz-tls')], tree);
}
