// What a release consists of: each file with its target, and the proof that belongs to it.
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AGENT_VERSION } from '../agent/version.ts';
import { ROOT } from './commands.mjs';
import { buildCompact } from './compact/build.mjs';
import { run } from './compact/sources.mjs';
import { agentDeb, agentTarball, DEBIAN_NAMES, gatewayDeb, gatewayTarball } from './linux/packages.mjs';
import { inputsOf, sbomOf } from './linux/sbom.mjs';
import { buildNodeBinaries } from './node-binary/build.mjs';
import { agentIpk, luciIpk, OPENWRT_NAMES } from './openwrt/ipk.mjs';

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

const DEB = {
  proof: 'linux',
  how: 'dpkg installs it in a chroot, its ExecStart runs with the rights of its unit',
};
const IPK = {
  proof: 'openwrt',
  how: 'unpacked and compared; its scripts run in busybox ash beside stand-ins of procd and UCI',
};
const LUCI = { proof: 'openwrt', how: 'unpacked; its page is tried in Chromium by npm test' };
const PACKED = { how: 'the same files without dpkg' };

async function programs(compactInputs) {
  return [
    { name: 'porchlight-agent (compact)', inputs: compactInputs, hasEngine: true },
    { name: 'porchlight-agent (Node)', inputs: await inputsOf('agent/main.ts') },
    { name: 'porchlight-gateway', inputs: await inputsOf('gateway-server/main.ts') },
  ];
}

function writeSbom(release, parts) {
  const file = join(release, `porchlight-${AGENT_VERSION}.cdx.json`);
  writeFileSync(file, `${JSON.stringify(sbomOf(parts), null, 2)}\n`);
  return file;
}

/** Builds all into `dist`, lays what is shipped into `release`, and lists it. */
export async function artefacts({ dist, release }) {
  const ship = (file, name) => {
    const shipped = join(release, name);
    copyFileSync(file, shipped);
    return shipped;
  };
  run('node', [join(ROOT, 'packaging', 'build.ts'), '--outdir', dist], ROOT);
  const compact = await buildCompact({
    targets: Object.keys(COMPACT),
    outdir: join(dist, 'compact'),
    forTests: true,
    tarball: true,
  });
  const { built } = await buildNodeBinaries({ archs: Object.keys(NODE), outdir: join(dist, 'node') });
  const licences = readFileSync(join(dist, 'compact', 'THIRD-PARTY-LICENCES'), 'utf8');
  const bundle = join(dist, 'porchlight-gateway.mjs');
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
    ...compact.files
      .filter(({ target }) => target in DEBIAN_NAMES)
      .flatMap(({ target, file: program }) => {
        const what = { target, program, licences, outdir: release };
        return [
          { file: agentDeb(what), target: `Debian ${DEBIAN_NAMES[target]}`, ...DEB },
          { file: agentTarball(what), target: `${target}, any Linux`, ...PACKED },
        ];
      }),
    { file: gatewayDeb({ bundle, outdir: release }), target: 'Debian amd64', ...DEB },
    { file: gatewayTarball({ bundle, outdir: release }), target: 'x64, glibc', ...PACKED },
    ...compact.files
      .filter(({ target }) => target in OPENWRT_NAMES)
      .map(({ target, file: program }) => ({
        file: agentIpk({ target, program, licences, outdir: release }),
        target: `OpenWrt ${OPENWRT_NAMES[target]}`,
        ...IPK,
      })),
    { file: luciIpk({ outdir: release }), target: 'OpenWrt, any', ...LUCI },
    {
      file: writeSbom(release, await programs(compact.inputs)),
      target: 'CycloneDX 1.5',
      how: 'made of the bundles',
    },
  ];
}
