import { spawnSync } from 'node:child_process';
import type { Words } from '../lab/program.ts';

/** A name server that stands in front of the gateway. */
export interface Software {
  readonly name: string;
  readonly template: string;
  /** Starts it in the foreground. */
  readonly start: (config: string) => Words;
  readonly check: (config: string) => Words;
  /** Has it write the zone to disk, where it does not do so by itself before it ends. */
  readonly keep?: (config: string) => Words;
  /** Has it take the whole zone whatever its serial; BIND needs its control channel for that. */
  readonly anew?: (config: string, zone: string) => Words;
  /** What only a private machine needs, behind the template's own words. */
  readonly more: string;
}

export const NSD: Software = {
  name: 'nsd',
  template: 'nsd.conf',
  start: (config) => ['nsd', '-d', '-c', config],
  check: (config) => ['nsd-checkconf', config],
  keep: (config) => ['nsd-control', '-c', config, 'write'],
  anew: (config, zone) => ['nsd-control', '-c', config, 'force_transfer', zone],
  // stays the user who has started it; one asker may ask as often as it likes
  more: '\nserver:\n  username: ""\n  rrl-ratelimit: 0\n',
};

export const KNOT: Software = {
  name: 'knot',
  template: 'knot.conf',
  start: (config) => ['knotd', '-c', config],
  check: (config) => ['knotc', '-c', config, 'conf-check'],
  anew: (config, zone) => ['knotc', '-c', config, 'zone-retransfer', zone],
  more: '',
};

export const SIGNING_KNOT: Software = { ...KNOT, name: 'knot-signing', template: 'knot-signing.conf' };

export const BIND: Software = {
  name: 'bind',
  template: 'named.conf',
  start: (config) => ['named', '-g', '-n', '1', '-c', config],
  check: (config) => ['named-checkconf', config],
  // no port 953, which a name server of the machine itself may have
  more: '\ncontrols { };\n',
};

/** True when every program of these can be started here. */
export function areInstalled(...programs: readonly (Software | string)[]): boolean {
  const names = programs.map((one) => (typeof one === 'string' ? one : one.start('')[0]));
  return names.every((name) => spawnSync(name, ['-h'], { timeout: 5_000 }).error === undefined);
}
