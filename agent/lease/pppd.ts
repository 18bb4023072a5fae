import { parseEnvironment } from './environment.ts';
import { type Lease, type LeaseContent, type LeaseReading, NO_LEASE, nothingOn, writtenAt } from './lease.ts';
import { addressAndPrefix } from './netmask.ts';
import { Problems } from './problems.ts';

const DOWN = /^ip(v6)?-(down|pre-up)\b|^(down|ifdown)$/;

/** The environment of pppd's ip-up and ip-down scripts (pppd(8), SCRIPTS): an address that has no end but the connection's. */
export function parsePppd(content: LeaseContent): LeaseReading {
  const problems = new Problems();
  const environment = parseEnvironment(content.text, problems);
  const { values, ranAt } = environment;
  const event = environment.event ?? eventOf(environment.note) ?? (isOver(values) ? 'ip-down' : 'ip-up');
  const name = values.get('IFNAME') ?? values.get('PPP_IFACE') ?? values.get('interface') ?? null;
  const held = addressAndPrefix(values.get('IPLOCAL') ?? values.get('PPP_LOCAL'));
  const isDown = DOWN.test(event);
  if (!held && !isDown) problems.inLine(environment.lineOf('IPLOCAL'), `"${event}" without an address`);
  const up: Lease[] = held
    ? [
        {
          ...NO_LEASE,
          ...held,
          prefix: 32,
          start: ranAt ?? writtenAt(content),
          state: 'active',
          interface: name,
        },
      ]
    : [];
  return {
    format: 'pppd',
    leases: isDown ? [{ ...nothingOn(name), old: held?.address ?? null }] : up,
    problems: problems.all,
    event,
    isUnfinished: false,
    speaksOf: ['ipv4'],
  };
}

function eventOf(note: string): string | undefined {
  return /\bip(v6)?-(up|down|pre-up)\b/.exec(note)?.[0];
}

/** Only ip-down is told how long the connection stood. */
function isOver(values: ReadonlyMap<string, string>): boolean {
  return values.has('CONNECT_TIME');
}
