// Brings node_modules in line with package-lock.json, and does nothing where it is.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { quietly, ROOT } from './commands.mjs';

/** What npm wrote when it last filled node_modules. */
const INSTALLED = join(ROOT, 'node_modules', '.package-lock.json');
const WANTED = join(ROOT, 'package-lock.json');

/** Installs the locked npm packages when one is missing or of another version; false when that failed. */
export function installNpmPackages(say) {
  if (isUpToDate(packagesIn(WANTED), packagesIn(INSTALLED))) return true;
  say('set-up: installing the npm packages');
  // `npm ci` refuses a lock file that lacks platform packages which the registry at hand does not carry; --no-save keeps
  // to the lock file all the same. No package of ours needs an install script, and none shall run one.
  const npm = quietly(
    'npm',
    ['install', '--no-save', '--ignore-scripts', '--loglevel=error', '--no-audit', '--no-fund'],
    {
      NODE_ENV: 'development',
    },
  );
  if (npm.status === 0) return true;
  say(`set-up: npm install failed\n${npm.error ? npm.error.message : npm.stderr.trim()}`);
  return false;
}

/** True when every locked package that this machine can use lies in node_modules in its locked version. */
function isUpToDate(wanted, installed) {
  if (!installed) return false;
  return Object.entries(wanted ?? {}).every(([place, entry]) => {
    if (place === '') return true;
    const found = installed[place];
    if (found) return found.version === entry.version && found.integrity === entry.integrity;
    return entry.optional === true && !isMadeForThisMachine(entry);
  });
}

/** npm leaves out optional packages that are made for other machines, and what only those need. */
function isMadeForThisMachine({ os, cpu, libc }) {
  if (!os && !cpu) return false;
  return allows(os, process.platform) && allows(cpu, process.arch) && allows(libc, libcHere());
}

function allows(rule, here) {
  if (!rule) return true;
  const list = [rule].flat();
  if (list.includes(`!${here}`)) return false;
  return list.includes(here) || list.every((name) => name.startsWith('!'));
}

function libcHere() {
  if (process.platform !== 'linux') return undefined;
  return process.report.getReport().header.glibcVersionRuntime ? 'glibc' : 'musl';
}

function packagesIn(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}
