// Lays out and writes packages: the same content makes the same bytes.
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { run } from '../compact/sources.mjs';

/**
 * Lays files into a new folder and gives it to `work`. `files` are [path, content or { from: FILE }, mode]; all else about
 * the tree is the same every time.
 */
export function withTree(files, work) {
  const tree = mkdtempSync(join(tmpdir(), 'porchlight-tree-'));
  try {
    chmodSync(tree, 0o755);
    for (const [path, content, mode] of files) {
      const file = join(tree, path);
      mkdirSync(dirname(file), { recursive: true, mode: 0o755 });
      if (typeof content === 'string') writeFileSync(file, content);
      else copyFileSync(content.from, file);
      chmodSync(file, mode);
    }
    return work(tree);
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}

/** Writes NAME_VERSION_ARCH.deb into `outdir` and gives its path; `about` holds the fields of its control file. */
export function writeDeb({ about, files, scripts = {}, conffiles = [], releasedAt, outdir, fast = false }) {
  const { Package: name, Version: version, Architecture: architecture } = about;
  const control = Object.entries({ ...about, 'Installed-Size': installedKib(files) });
  const all = [
    ...files,
    ['DEBIAN/control', `${control.map(([key, value]) => `${key}: ${value}`).join('\n')}\n`, 0o644],
    ...(conffiles.length === 0 ? [] : [['DEBIAN/conffiles', `${conffiles.join('\n')}\n`, 0o644]]),
    ...Object.entries(scripts).map(([script, text]) => [`DEBIAN/${script}`, text, 0o755]),
  ];
  const file = join(outdir, `${name}_${version}_${architecture}.deb`);
  mkdirSync(outdir, { recursive: true });
  withTree(all, (tree) => {
    const packing = fast ? ['-Zgzip', '-z1'] : ['-Zxz', '-z6'];
    const words = ['--root-owner-group', ...packing, '--build', tree, file];
    run('dpkg-deb', words, tree, { SOURCE_DATE_EPOCH: String(releasedAt) });
  });
  return file;
}

/** Writes NAME.tar.xz, everything inside one folder of that name, and gives its path. */
export function writeTarXz({ name, files, releasedAt, outdir }) {
  const file = join(outdir, `${name}.tar.xz`);
  mkdirSync(outdir, { recursive: true });
  const inside = files.map(([path, ...rest]) => [join(name, path), ...rest]);
  withTree(inside, (tree) => {
    const tar = `tar --sort=name --mtime=@${releasedAt} --numeric-owner --owner=0 --group=0 -cf - "$1"`;
    run('sh', ['-c', `${tar} | xz -T1 -6 > "$2"`, 'sh', name, file], tree);
  });
  return file;
}

function installedKib(files) {
  const bytes = files.map(([, content]) =>
    typeof content === 'string' ? Buffer.byteLength(content) : statSync(content.from).size,
  );
  return Math.ceil(bytes.reduce((sum, size) => sum + size, 0) / 1024);
}

/** Every file of a package under its own name in one folder, as a tarball wants it. */
export function flat(files) {
  return files.map(([path, ...rest]) => [basename(path), ...rest]);
}
