// Makes .ipk packages without a buildroot, for those who add the agent to a finished image. The same content makes the same bytes.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { AGENT_VERSION, RELEASED_AT } from '../../agent/version.ts';
import { asProcess, isStarted, ROOT } from '../commands.mjs';
import { run } from '../compact/sources.mjs';
import { withTree } from '../linux/deb.mjs';

const FEED = join(ROOT, 'openwrt');
const FILES = join(FEED, 'porchlight-agent', 'files');
const VERSION = `${AGENT_VERSION}-r1`;

/** OpenWrt's names of the processors that the static programs run on. armel: those without a floating point unit. */
export const OPENWRT_NAMES = {
  x86_64: 'x86_64',
  aarch64: 'aarch64_generic',
  armel: 'arm_arm926ej-s',
};

/** The agent's package for one processor; gives its path. */
export function agentIpk({ target, program, licences, outdir }) {
  const files = [
    ['usr/bin/porchlight-agent', { from: program }, 0o755],
    ['etc/config/porchlight', { from: join(FILES, 'porchlight.config') }, 0o600],
    ['etc/init.d/porchlight', { from: join(FILES, 'porchlight.init') }, 0o755],
    ['etc/hotplug.d/iface/95-porchlight', { from: join(FILES, 'porchlight.hotplug') }, 0o644],
    ['etc/uci-defaults/95-porchlight', { from: join(FILES, 'porchlight.defaults') }, 0o755],
    ['lib/upgrade/keep.d/porchlight', { from: join(FILES, 'porchlight.keep') }, 0o644],
    ['usr/lib/porchlight/identity', { from: join(FILES, 'identity') }, 0o755],
    ['usr/share/licenses/porchlight-agent/LICENSE', { from: join(ROOT, 'LICENSE') }, 0o644],
    ['usr/share/licenses/porchlight-agent/THIRD-PARTY-LICENCES', licences, 0o644],
  ];
  const about = {
    Package: 'porchlight-agent',
    Version: VERSION,
    Depends: 'ca-bundle',
    'Require-User': 'porchlight:porchlight',
    Section: 'net',
    Architecture: OPENWRT_NAMES[target],
    Description: 'Keeps the name of this line on the address that it holds.',
  };
  return writeIpk({ about, files, conffiles: ['/etc/config/porchlight'], outdir });
}

/** LuCI's page; it runs on every processor. */
export function luciIpk({ outdir }) {
  const app = join(FEED, 'luci-app-porchlight');
  const laid = [
    ['htdocs', 'www'],
    ['root', ''],
  ];
  const files = laid.flatMap(([from, to]) =>
    filesUnder(join(app, from)).map((file) => [
      join(to, relative(join(app, from), file)),
      { from: file },
      0o644,
    ]),
  );
  const about = {
    Package: 'luci-app-porchlight',
    Version: VERSION,
    Depends: 'luci-base, porchlight-agent',
    Section: 'luci',
    Architecture: 'all',
    Description: 'Status and settings of the Porchlight agent in LuCI.',
  };
  return writeIpk({ about, files, conffiles: [], outdir });
}

function filesUnder(folder) {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile())
    .sort();
}

/** A gzip'd tar of debian-binary, data.tar.gz and control.tar.gz, as opkg wants it. */
function writeIpk({ about, files, conffiles, outdir }) {
  const size = files.reduce(
    (sum, [, content]) => sum + (typeof content === 'string' ? content.length : statSync(content.from).size),
    0,
  );
  const control = Object.entries({ ...about, 'Installed-Size': size });
  const fields = `${control.map(([key, value]) => `${key}: ${value}`).join('\n')}\n`;
  const name = `${about.Package}_${about.Version}_${about.Architecture}.ipk`;
  const file = join(outdir, name);
  const inside = [
    ...files.map(([path, ...rest]) => [join('data', path), ...rest]),
    ['control/control', fields, 0o644],
    ...(conffiles.length === 0 ? [] : [['control/conffiles', `${conffiles.join('\n')}\n`, 0o644]]),
    ...SCRIPTS,
    ['debian-binary', '2.0\n', 0o644],
  ];
  withTree(inside, (tree) => {
    const tar = `tar --sort=name --mtime=@${RELEASED_AT / 1_000} --numeric-owner --owner=0 --group=0 -cf -`;
    const pack = (folder) => `(cd ${folder} && ${tar} .) | gzip -n9 > ${folder}.tar.gz`;
    const parts = './debian-binary ./data.tar.gz ./control.tar.gz';
    const all = `${pack('data')} && ${pack('control')} && ${tar} ${parts} | gzip -n9 > "$1"`;
    run('sh', ['-ec', all, 'sh', file], tree);
  });
  return file;
}

/** As the buildroot writes them: the user, the defaults and the service are seen to by functions of the system's own. */
const SCRIPTS = ['postinst', 'prerm'].map((name) => [
  `control/${name}`,
  `#!/bin/sh\n[ -s "$IPKG_INSTROOT/lib/functions.sh" ] || exit 0\n. "$IPKG_INSTROOT/lib/functions.sh"\ndefault_${name} "$0" "$@"\n`,
  0o755,
]);

/** Both packages for this machine, for the tests. */
async function main(args) {
  const { dist, outdir } = parseArgs({
    args,
    options: { dist: { type: 'string' }, outdir: { type: 'string' } },
  }).values;
  const licences = readFileSync(join(dist, 'compact', 'THIRD-PARTY-LICENCES'), 'utf8');
  const program = join(dist, 'compact', 'x86_64', 'porchlight-agent');
  agentIpk({ target: 'x86_64', program, licences, outdir });
  luciIpk({ outdir });
  return 0;
}

if (isStarted(import.meta.url)) await asProcess(() => main(process.argv.slice(2)));
