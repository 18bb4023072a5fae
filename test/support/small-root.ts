import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryFolder } from './agent-temporary-folder.ts';

/** A root folder that dpkg can install into and chroot(2) can run in: a shell, these programs, and the libraries of all. */
export function smallRoot(programs: readonly string[]): string {
  const root = temporaryFolder();
  chmodSync(root, 0o755);
  for (const program of ['/bin/busybox', ...programs])
    for (const file of [program, ...librariesOf(program)]) bring(root, file);
  mkdirSync(join(root, 'bin'), { recursive: true });
  for (const name of ['sh', 'sleep']) symlinkSync('busybox', join(root, 'bin', name));
  for (const folder of ['var/lib/dpkg/info', 'var/lib/dpkg/updates', 'etc', 'run', 'tmp', 'proc'])
    mkdirSync(join(root, folder), { recursive: true });
  mkdirSync(join(root, 'dev'));
  execFileSync('mknod', ['-m', '666', join(root, 'dev/null'), 'c', '1', '3']);
  writeFileSync(join(root, 'var/lib/dpkg/status'), '');
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n');
  return root;
}

export function bring(root: string, file: string): void {
  if (existsSync(join(root, file))) return;
  mkdirSync(dirname(join(root, file)), { recursive: true });
  copyFileSync(file, join(root, file));
}

/** The shared libraries that a program is linked with. */
export function librariesOf(program: string): string[] {
  const told = execFileSync('ldd', [program], { encoding: 'utf8' });
  return [...told.matchAll(/(\/\S+) \(0x/g)].flatMap(([, file]) => file ?? []);
}
