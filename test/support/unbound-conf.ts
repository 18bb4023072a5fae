interface UnboundWish {
  readonly zone: string;
  /** Who is asked for the zone. */
  readonly servers: readonly { readonly address: string; readonly port: number }[];
  /** The DS of the zone, for a resolver that validates. */
  readonly trustAnchor?: string | undefined;
  readonly port: number;
  readonly folder: string;
}

/** For unbound on loopback. It answers for "test." itself and asks nobody on loopback unless told otherwise (RFC 6761 §6.2). */
export function unboundConf({ zone, servers, trustAnchor, port, folder }: UnboundWish): string {
  const trust = trustAnchor ? `  trust-anchor: "${trustAnchor}"\n` : '';
  return `server:
  directory: "${folder}"
  username: ""
  chroot: ""
  pidfile: ""
  use-syslog: no
  logfile: ""
  interface: 127.0.0.1
  port: ${port}
  do-ip6: no
  do-not-query-localhost: no
  num-threads: 1
  module-config: "${trustAnchor ? 'validator iterator' : 'iterator'}"
  local-zone: "test." nodefault
${trust}remote-control:
  control-enable: no
stub-zone:
  name: "${zone}."
${servers.map(({ address, port: at }) => `  stub-addr: ${address}@${at}\n`).join('')}`;
}
