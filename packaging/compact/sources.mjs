// Fetches the C sources and musl from Debian, each by its pinned version and SHA-256, into the cache.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { quietly, ROOT } from '../commands.mjs';

const HERE = join(ROOT, 'packaging', 'compact');
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

export const SOURCES = JSON.parse(readFileSync(join(HERE, 'sources.json'), 'utf8'));

/** Where all that is fetched and compiled is kept between builds. */
export const CACHE =
  process.env.PORCHLIGHT_CACHE ?? join(ROOT, 'node_modules', '.cache', 'porchlight-compact');

/** The folder that has the unpacked source packages, by their names in sources.json. */
export function fetchSources() {
  const folder = join(CACHE, `sources-${digest(JSON.stringify(SOURCES.packages)).slice(0, 12)}`);
  return made(folder, (aside) => {
    const env = aptState('deb-src', SOURCES.suite, 'amd64');
    for (const { name, version, folder: unpacked, files } of SOURCES.packages) {
      run('apt-get', ['-q=2', 'source', '--download-only', `${name}=${version}`], aside, env);
      verify(aside, files);
      const [dsc] = Object.keys(files).filter((file) => file.endsWith('.dsc'));
      run('dpkg-source', ['--no-check', '-x', dsc, unpacked], aside, env);
    }
  });
}

/** The folder of musl for another architecture of Debian's, unpacked. */
export function fetchMusl(architecture) {
  const { suite, version, files } = SOURCES.musl;
  const file = `musl-dev_${version}_${architecture}.deb`;
  return made(join(CACHE, `musl-${version}-${architecture}`), (aside) => {
    const env = aptState('deb', suite, architecture);
    run('apt-get', ['-q=2', 'download', `musl-dev:${architecture}=${version}`], aside, env);
    verify(aside, { [file]: files[file] });
    run('dpkg-deb', ['-x', file, '.'], aside, env);
  });
}

export function digest(content) {
  return createHash('sha256').update(content).digest('hex');
}

/** Runs a program that must succeed. */
export function run(program, args, folder, env = {}) {
  const { status, error, stdout, stderr } = quietly(program, args, env, folder);
  if (status === 0) return stdout;
  throw new Error(`${program} ${args.join(' ')}: ${error ? error.message : `${stdout}${stderr}`.trim()}`);
}

/** A folder is there whole or not at all: what is made goes aside first. */
export function made(folder, make) {
  if (existsSync(folder)) return folder;
  const aside = `${folder}.${process.pid}.new`;
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(aside, { recursive: true });
  make(aside);
  renameSync(aside, folder);
  return folder;
}

function verify(folder, files) {
  for (const [file, expected] of Object.entries(files)) {
    const found = readdirSync(folder).includes(file)
      ? digest(readFileSync(join(folder, file)))
      : '(no such file)';
    if (found !== expected) throw new Error(`${file} has the SHA-256 ${found}, not the pinned ${expected}`);
  }
}

/** A state of apt's own, so that the system's stays as it is. */
function aptState(kind, suite, architecture) {
  const folder = join(CACHE, `apt-${kind}-${suite}-${architecture}`);
  const env = { APT_CONFIG: join(folder, 'apt.conf') };
  made(folder, (aside) => {
    for (const part of ['lists/partial', 'cache/archives/partial'])
      mkdirSync(join(aside, part), { recursive: true });
    writeFileSync(join(aside, 'sources.list'), `${kind} [signed-by=${KEYRING}] ${mirror()} ${suite} main\n`);
    writeFileSync(join(aside, 'apt.conf'), aptSettings(aside, architecture));
    run('apt-get', ['-q=2', 'update'], aside, { APT_CONFIG: join(aside, 'apt.conf') });
    writeFileSync(join(aside, 'apt.conf'), aptSettings(folder, architecture));
  });
  return env;
}

function aptSettings(folder, architecture) {
  const own = ['amd64', architecture].map((name) => `"${name}";`).join(' ');
  return [
    `Dir::Etc::SourceList "${folder}/sources.list";`,
    'Dir::Etc::SourceParts "/dev/null";',
    `Dir::State::Lists "${folder}/lists";`,
    `Dir::Cache "${folder}/cache";`,
    `APT::Architectures { ${own} };`,
    'APT::Sandbox::User "root";',
    'Acquire::Languages "none";\n',
  ].join('\n');
}

/** The mirror that this machine uses already. */
function mirror() {
  const known = run('apt-get', [
    'indextargets',
    '--format',
    '$(REPO_URI)',
    'Identifier: Packages',
    'Origin: Debian',
  ]);
  const [first] = known.split('\n');
  if (!first) throw new Error('apt knows no mirror of Debian: run apt-get update first');
  return first;
}
