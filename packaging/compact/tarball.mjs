// The release tarball: everything that a C compiler needs, and no Node. OpenWrt's feed builds from it.
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../commands.mjs';
import { run } from './sources.mjs';

const PARTS = ['Makefile', 'tls-config.h', 'host', 'engine', 'mbedtls'];

/** Writes porchlight-agent-VERSION.tar.gz and gives its path; the same content makes the same bytes. */
export function writeTarball({ tree, version, releasedAt, licences, outdir }) {
  const name = `porchlight-agent-${version}`;
  const aside = mkdtempSync(join(tmpdir(), 'porchlight-tarball-'));
  const folder = join(aside, name);
  mkdirSync(join(folder, 'bytecode'), { recursive: true });
  for (const part of PARTS) cpSync(join(tree, part), join(folder, part), { recursive: true });
  for (const order of ['little', 'big']) {
    const file = join('bytecode', `porchlight-agent-${order}.c`);
    cpSync(join(tree, file), join(folder, file));
  }
  cpSync(join(ROOT, 'LICENSE'), join(folder, 'LICENSE'));
  writeFileSync(join(folder, 'THIRD-PARTY-LICENCES'), licences);
  writeFileSync(join(folder, 'README'), readme(name));
  const file = join(outdir, `${name}.tar.gz`);
  mkdirSync(outdir, { recursive: true });
  const tar = `tar --sort=name --mtime=@${releasedAt} --mode=u=rwX,go=rX --numeric-owner --owner=0 --group=0 -cf -`;
  run('sh', ['-c', `${tar} "$1" | gzip -n9 > "$2"`, 'sh', name, file], aside);
  rmSync(aside, { recursive: true });
  return file;
}

function readme(name) {
  return [
    `${name}: the Porchlight agent for routers, as C.`,
    '',
    'Build:    make CC=... AR=... STRIP=... [CFLAGS=...] [LDFLAGS=...] [STATIC=]     out/porchlight-agent',
    '          STATIC= links to the C library of the system in the place of a static one.',
    'Needs:    a C compiler, make and awk. No Node, no network.',
    'Inside:   host/ (ours), engine/ (QuickJS), mbedtls/ (Mbed TLS), bytecode/ (the agent itself, compiled for the engine,',
    '          once for each byte order). Their licences: LICENSE and THIRD-PARTY-LICENCES.',
    '',
  ].join('\n');
}
