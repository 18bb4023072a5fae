// What a release consists of: each file with its target, and the proof that belongs to it.
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { AGENT_VERSION } from '../agent/version.ts';
import { buildCompact } from './compact/build.mjs';
import { buildNodeBinaries } from './node-binary/build.mjs';

const NAME = `porchlight-agent-${AGENT_VERSION}`;

/** How each of the compact agents is proven. */
const COMPACT = {
  x86_64: { proof: 'contract', how: 'every word of the contract, over TLS, run here' },
  aarch64: { proof: 'emulated', how: 'live over TLS under qemu-user' },
  armel: { proof: 'emulated', how: 'live over TLS under qemu-user' },
  mipsel: { how: 'demonstration: built for the processor, not run; hard float' },
};
const NODE = {
  x64: { proof: 'contract', how: 'every word of the contract, over TLS, run here' },
  arm64: { proof: 'node-emulated', how: 'live over TLS under qemu-user' },
};

/** Builds all into `dist`, lays what is shipped into `release`, and lists it. */
export async function artefacts({ dist, release }) {
  const ship = (file, name) => {
    const shipped = join(release, name);
    copyFileSync(file, shipped);
    return shipped;
  };
  const compact = await buildCompact({
    targets: Object.keys(COMPACT),
    outdir: join(dist, 'compact'),
    forTests: true,
    tarball: true,
  });
  const { built } = await buildNodeBinaries({ archs: Object.keys(NODE), outdir: join(dist, 'node') });
  return [
    ...compact.files.map(({ target, file }) => ({
      file: ship(file, `${NAME}-linux-${target}`),
      target: `${target}, any Linux`,
      ...COMPACT[target],
    })),
    {
      file: ship(compact.tarball, `${NAME}.tar.gz`),
      target: 'sources in C',
      proof: 'tarball',
      how: 'built without Node in an empty folder: the same bytes as x86_64 above',
    },
    ...built.map(({ arch, file }) => ({
      file: ship(file, `${NAME}-node-linux-${arch}`),
      target: `${arch}, glibc`,
      ...NODE[arch],
    })),
  ];
}
