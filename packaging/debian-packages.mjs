// Brings the real parts that the tests and the demo work with: DHCP server and clients, resolver, firewall, ping.
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { isInstalled, quietly } from './commands.mjs';

/** Debian package, the program (or file) that shows that it is there, and what is skipped without it. */
const PARTS = [
  ['iproute2', 'ip', 'the namespaces'],
  ['util-linux', 'unshare', 'the namespaces'],
  ['mount', 'mount', 'the namespaces'],
  ['procps', 'sysctl', 'the namespaces'],
  ['nftables', 'nft', 'cut and lossy lines'],
  ['dnsmasq-base', 'dnsmasq', 'real DHCP'],
  ['busybox', 'busybox', 'real DHCP'],
  ['udhcpc', 'udhcpc', 'real DHCP'],
  ['isc-dhcp-client', 'dhclient', 'real DHCP with dhclient'],
  ['unbound', 'unbound', "the visitor's resolver"],
  ['bind9-dnsutils', 'dig', "the visitor's questions"],
  ['curl', 'curl', "the visitor's browser"],
  ['openssl', 'openssl', 'TLS'],
  ['fping', 'fping', 'verification by ping'],
  ['iputils-ping', 'ping', 'verification by ping'],
  ['nsd', 'nsd', 'NSD as a secondary'],
  ['knot', 'knotd', 'Knot as a secondary'],
  ['knot-dnsutils', 'kdig', 'questions by kdig'],
  ['bind9', 'named', 'BIND as a secondary'],
  ['bind9-utils', 'named-checkzone', 'the check of the printed zone'],
  ['pdns-server', 'pdns_server', 'PowerDNS in the bench'],
  // brings a library and no program: what shows that it is there is its own part of the server's settings
  ['pdns-backend-bind', '/etc/powerdns/pdns.d/bind.conf', 'PowerDNS in the bench'],
  ['dnsperf', 'dnsperf', 'the DNS bench'],
  ['chromium', 'chromium', 'the pages in a browser'],
  ['nginx-light', 'nginx', 'nginx in the bench of the pages'],
  ['wrk', 'wrk', 'the bench of the pages'],
  ['gcc', 'gcc', 'the compact agent'],
  ['libc6-dev', '/usr/include/stdio.h', 'the compact agent'],
  ['make', 'make', 'the compact agent'],
  ['musl-tools', 'musl-gcc', 'the compact agent'],
  ['dpkg-dev', 'dpkg-source', "the compact agent's sources"],
  ['xz-utils', 'xz', "the compact agent's sources"],
  ['valgrind', 'valgrind', "the compact agent's memory"],
  ['systemd', 'systemd-analyze', 'the check of the systemd units'],
  ['shellcheck', 'shellcheck', 'the check of the router scripts'],
  ['inadyn', 'inadyn', 'the bench of the agent'],
  ['ddclient', 'ddclient', 'the bench of the agent'],
];

/** What packaging needs beyond these: compilers for other processors, and what runs their programs. */
const PACKAGING_PARTS = [
  ['gcc-aarch64-linux-gnu', 'aarch64-linux-gnu-gcc', 'the compact agent for aarch64'],
  ['libc6-dev-arm64-cross', '/usr/aarch64-linux-gnu/include/stdio.h', 'the compact agent for aarch64'],
  ['gcc-arm-linux-gnueabi', 'arm-linux-gnueabi-gcc', 'the compact agent for armel'],
  ['libc6-dev-armel-cross', '/usr/arm-linux-gnueabi/include/stdio.h', 'the compact agent for armel'],
  ['gcc-mipsel-linux-gnu', 'mipsel-linux-gnu-gcc', 'the compact agent for mipsel'],
  ['libc6-dev-mipsel-cross', '/usr/mipsel-linux-gnu/include/stdio.h', 'the compact agent for mipsel'],
  ['gcc-s390x-linux-gnu', 's390x-linux-gnu-gcc', 'the proof of big-endian bytecode'],
  ['libc6-dev-s390x-cross', '/usr/s390x-linux-gnu/include/stdio.h', 'the proof of big-endian bytecode'],
  ['qemu-user-static', 'qemu-aarch64-static', 'the proof of other processors'],
];

/** Debian asks this file before it starts a service; 101 forbids it. */
const GUARD = '/usr/sbin/policy-rc.d';
const APT = ['-y', '-qq', '-o', 'DPkg::Lock::Timeout=120', 'install', '--no-install-recommends'];

/** What these packages would run from now on, and the program that shows that the owner had it before. */
const SERVICES = [
  ['unbound', 'unbound'],
  ['nftables', 'nft'],
  ['nsd', 'nsd'],
  ['knot', 'knotd'],
  ['named', 'named'],
  ['pdns', 'pdns_server'],
  ['nginx', 'nginx'],
  ['inadyn', 'inadyn'],
  ['ddclient', 'ddclient'],
];

/** Installs what is missing where it may; else says in one line what is missing and what is skipped for it. */
export function installDebianPackages(say, { forPackaging = false } = {}) {
  const parts = forPackaging ? [...PARTS, ...PACKAGING_PARTS] : PARTS;
  const missing = missingIn(parts);
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0) return say(notInstalled('not root', missing));
  if (!isInstalled('apt-get')) return say(notInstalled('no apt-get here', missing));
  const names = missing.map(([name]) => name);
  say(`set-up: installing the Debian packages ${names.join(' ')}`);
  const trouble = withoutServices(() => install(names));
  const left = missingIn(parts);
  if (left.length === 0) return;
  say(`${notInstalled('apt-get failed', left)}\n${trouble}`);
}

function missingIn(parts) {
  return parts.filter(([, sign]) => !(sign.startsWith('/') ? existsSync(sign) : isInstalled(sign)));
}

function notInstalled(why, parts) {
  const names = parts.map(([name]) => name).join(' ');
  const what = [...new Set(parts.map(([, , use]) => use))].join(', ');
  return `set-up: ${why}, so these Debian packages stay missing: ${names}. Skipped without them: ${what}`;
}

/** What apt-get complained of; empty when all went well. */
function install(names) {
  if (hasPackageLists() && apt([...APT, ...names]).status === 0) return '';
  const update = apt(['-qq', '-o', 'DPkg::Lock::Timeout=120', 'update']);
  const again = apt([...APT, ...names]);
  return again.status === 0 ? '' : `${update.stderr}${again.stderr}`.trim();
}

function hasPackageLists() {
  try {
    return readdirSync('/var/lib/apt/lists').some(
      (name) => name.endsWith('Packages') || name.endsWith('.lz4'),
    );
  } catch {
    return false;
  }
}

function apt(args) {
  return quietly('apt-get', args, { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' });
}

/** Runs `work` while no service may start, neither now nor at the next boot; a guard of the owner's own is left alone. */
function withoutServices(work) {
  const isOurs = !existsSync(GUARD);
  const isNew = SERVICES.filter(([, program]) => !isInstalled(program));
  if (isOurs) writeFileSync(GUARD, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    return work();
  } finally {
    if (isOurs) rmSync(GUARD, { force: true });
    keepDisabled(isNew.map(([service]) => service));
  }
}

function keepDisabled(services) {
  if (!existsSync('/run/systemd/system')) return;
  for (const service of services) quietly('systemctl', ['disable', '--quiet', service]);
}
