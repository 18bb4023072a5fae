// Everything that the tests and the demo need on a machine with Node 18 or newer and npm. Quiet where nothing is to do.
//   node packaging/set-up.mjs [--packages-only | --for-packaging] [--then COMMAND ...]     sets up, then runs COMMAND on Node 24
import process from 'node:process';
import { asProcess, isStarted, quietly, shown } from './commands.mjs';
import { installDebianPackages } from './debian-packages.mjs';
import { installNpmPackages } from './npm-packages.mjs';

const NODE_MAJOR = 24;

/** False when the project cannot run here; what is merely skipped has been said. */
export function setUp({ packagesOnly = false, forPackaging = false } = {}) {
  const say = (text) => process.stdout.write(`${text}\n`);
  if (!installNpmPackages(say)) return false;
  if (!packagesOnly) installDebianPackages(say, { forPackaging });
  const version = quietly('node', ['--version']).stdout.trim();
  if (Number(/^v(\d+)/.exec(version)?.[1]) >= NODE_MAJOR) return true;
  say(
    `set-up: Node ${NODE_MAJOR} is needed; npm has none for this machine and the one installed is ${version}`,
  );
  return false;
}

async function main(args) {
  const split = args.indexOf('--then');
  const [program, ...rest] = split < 0 ? [] : args.slice(split + 1);
  const packagesOnly = args.includes('--packages-only');
  if (!setUp({ packagesOnly, forPackaging: args.includes('--for-packaging') })) return 1;
  return program === undefined ? 0 : await shown(program, rest);
}

if (isStarted(import.meta.url)) await asProcess(() => main(process.argv.slice(2)));
