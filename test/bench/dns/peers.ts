import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Endpoint } from '../../../gateway-server/endpoint.ts';
import type { Words } from '../../support/lab/program.ts';
import type { TsigSecret } from '../../support/secondaries/tsig-secret.ts';
import { ZONE } from './bench-zone.ts';

/** What a name server of the bench is given. */
export interface Place {
  /** Its own. */
  readonly folder: string;
  readonly endpoint: Endpoint;
  readonly zoneFile: string;
  readonly names: number;
  /** Whoever has it may update and transfer the zone. */
  readonly key: TsigSecret;
  /** Who is told of every change. */
  readonly backups: readonly Endpoint[];
}

/** A name server that is measured. */
export interface Peer {
  readonly name: string;
  /** What must be installed. */
  readonly program: string;
  /** Writes its settings and gives the command that starts it in the foreground, on one core. */
  readonly prepare: (place: Place) => Words;
}

export const OURS: Peer = {
  name: 'porchlight',
  program: process.execPath,
  prepare: (place) => ownProgram(new URL('zone-server.ts', import.meta.url), place),
};

/** A Map behind the server of its README. */
export const DNS2: Peer = {
  name: 'dns2',
  program: process.execPath,
  prepare: (place) => ownProgram(new URL('dns2-server.ts', import.meta.url), place),
};

export const BIND: Peer = {
  name: 'BIND',
  program: 'named',
  prepare: ({ folder, endpoint, zoneFile, key, backups }) => {
    const told = backups.map(({ address, port }) => `${address} port ${port} key "${key.name}";`).join(' ');
    const config = written(folder, 'named.conf', [
      `key "${key.name}" { algorithm ${key.algorithm}; secret "${key.secret}"; };`,
      `options { directory "${folder}"; pid-file "pid"; listen-on port ${endpoint.port} { ${endpoint.address}; };`,
      '  listen-on-v6 { none; }; recursion no; minimal-responses yes; dnssec-validation no;',
      // its default waits 5 s before it tells anybody
      '  notify explicit; notify-delay 0; notify-rate 1000; startup-notify-rate 1000; };',
      'controls { };',
      `zone "${ZONE}" { type primary; file "${zoneFile}"; also-notify { ${told} };`,
      `  allow-update { key "${key.name}"; }; allow-transfer { key "${key.name}"; }; };`,
    ]);
    return ['named', '-g', '-n', '1', '-c', config];
  },
};

export const KNOT: Peer = {
  name: 'Knot',
  program: 'knotd',
  prepare: ({ folder, endpoint, zoneFile, key }) => {
    const config = written(folder, 'knot.conf', [
      ...['server:', `  rundir: "${folder}"`, `  listen: ${endpoint.address}@${endpoint.port}`],
      ...['  udp-workers: 1', '  tcp-workers: 1', '  background-workers: 1'],
      ...['database:', `  storage: "${folder}"`],
      ...['key:', `  - id: ${key.name}`, `    algorithm: ${key.algorithm}`, `    secret: ${key.secret}`],
      ...['acl:', '  - id: updates', `    key: ${key.name}`, '    action: update'],
      ...['template:', '  - id: default', `    storage: "${folder}"`, '    zonefile-sync: -1'],
      ...['zone:', `  - domain: ${ZONE}`, `    file: "${zoneFile}"`, '    acl: updates'],
    ]);
    return ['knotd', '-c', config];
  },
};

export const NSD: Peer = {
  name: 'NSD',
  program: 'nsd',
  prepare: ({ folder, endpoint, zoneFile }) => {
    const config = written(folder, 'nsd.conf', [
      ...[
        'server:',
        '  server-count: 1',
        `  ip-address: ${endpoint.address}@${endpoint.port}`,
        '  username: ""',
      ],
      ...['  database: ""', `  zonesdir: "${folder}"`, `  pidfile: "${join(folder, 'pid')}"`],
      ...[`  xfrdfile: "${join(folder, 'xfrd')}"`, `  zonelistfile: "${join(folder, 'list')}"`],
      ...[`  xfrdir: "${folder}"`, `  logfile: "${join(folder, 'log')}"`, '  rrl-ratelimit: 0'],
      ...['remote-control:', '  control-enable: no'],
      ...['zone:', `  name: "${ZONE}"`, `  zonefile: "${zoneFile}"`],
    ]);
    return ['nsd', '-d', '-c', config];
  },
};

export const POWERDNS: Peer = {
  name: 'PowerDNS',
  program: 'pdns_server',
  prepare: ({ folder, endpoint, zoneFile }) => {
    const zones = written(folder, 'zones.conf', [`zone "${ZONE}" { type master; file "${zoneFile}"; };`]);
    written(folder, 'pdns.conf', [
      ...['launch=bind', `bind-config=${zones}`, `socket-dir=${folder}`, 'receiver-threads=1'],
      ...['distributor-threads=1', 'zone-cache-refresh-interval=0', 'loglevel=3'],
      ...[`local-address=${endpoint.address}`, `local-port=${endpoint.port}`],
    ]);
    return ['pdns_server', `--config-dir=${folder}`, '--daemon=no', '--guardian=no'];
  },
};

function written(folder: string, file: string, rows: readonly string[]): string {
  const path = join(folder, file);
  writeFileSync(path, `${rows.join('\n')}\n`);
  return path;
}

function ownProgram(url: URL, { endpoint, names }: Place): Words {
  return [process.execPath, fileURLToPath(url), endpoint.address, String(endpoint.port), String(names)];
}
