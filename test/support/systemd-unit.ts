import { readFileSync } from 'node:fs';

/** A unit of packaging/linux, and how to run its command with its rights where no systemd is. */
export interface Unit {
  readonly file: string;
  readonly command: readonly string[];
  /** For setpriv(1): nobody's user, the capabilities of the unit, and none to be gained. */
  readonly rights: readonly string[];
}

/** Reads the settings of a unit that matter here; each is given once. */
export function readUnit(name: string): Unit {
  const file = new URL(`../../packaging/linux/${name}.service`, import.meta.url).pathname;
  const text = readFileSync(file, 'utf8');
  const value = (key: string) => new RegExp(`^${key}=(.*)$`, 'm').exec(text)?.[1] ?? '';
  const listed = (key: string) =>
    [
      '-all',
      ...(value(key)
        .toLowerCase()
        .match(/cap_\w+/g)
        ?.map((cap) => `+${cap.slice(4)}`) ?? []),
    ].join(',');
  const ambient = listed('AmbientCapabilities');
  return {
    file,
    command: value('ExecStart').split(' '),
    rights: [
      '--reuid=65534',
      '--regid=65534',
      '--clear-groups',
      `--bounding-set=${listed('CapabilityBoundingSet')}`,
      `--inh-caps=${ambient}`,
      `--ambient-caps=${ambient}`,
      ...(value('NoNewPrivileges') === 'yes' ? ['--no-new-privs'] : []),
    ],
  };
}
