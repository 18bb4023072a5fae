import type { DomainName } from '../../protocol/domain-name.ts';
import { namesOf } from '../line/line-book.ts';
import { ownNamesOf } from '../settings.ts';
import { CommandError, type Desk } from './desk.ts';

type Served = ReadonlyMap<DomainName, readonly string[]>;

/** Every name of every line must lead where its line is published, and no other name may lead anywhere. */
export function checkZone({ registry, zoneName }: Desk) {
  const served = servedAddresses(registry.zone);
  const own = ownNamesOf(zoneName).map((name) => served.get(name) ?? []);
  const answering = own.find((addresses) => addresses.length > 0) ?? [];
  const problems = [...wronglyLed(registry, served, answering), ...strangers(registry, served)].sort();
  if (problems.length > 0) throw new CommandError(`the zone is not well:\n  ${problems.join('\n  ')}`);
  return { zone: 'well', serial: registry.zone.serial, names: served.size };
}

function servedAddresses(zone: Desk['registry']['zone']): Served {
  const served = new Map<DomainName, string[]>();
  for (const { name, type, text } of zone.records()) {
    const addresses = served.get(name) ?? [];
    served.set(name, type === 'A' || type === 'AAAA' ? [...addresses, text] : addresses);
  }
  return served;
}

/** Names whose update still waits are as yet nobody's mistake. */
function wronglyLed(
  { book, queue }: Desk['registry'],
  served: Served,
  answering: readonly string[],
): string[] {
  const settled = [...book.all()].filter(({ line }) => queue.pendingOf(line.id) === undefined);
  return settled.flatMap(({ line, standing: { published } }) => {
    const right =
      published.kind === 'addresses'
        ? [published.addresses.ipv4, published.addresses.ipv6].filter((address) => address !== null)
        : answering;
    return namesOf(line).flatMap((name) => {
      const found = served.get(name);
      if (found === undefined) return [`${name} of line ${line.id} is missing`];
      const isRight = [...found].sort().join(' ') === [...right].sort().join(' ');
      return isRight
        ? []
        : [`${name} of line ${line.id} leads to ${listed(found)} instead of ${listed(right)}`];
    });
  });
}

/** While updates wait, one of them may be about to remove such a name. */
function strangers({ book, queue, zone }: Desk['registry'], served: Served): string[] {
  if (queue.size > 0) return [];
  return [...served.keys()]
    .filter((name) => zone.canHold(name) && !book.byName(name))
    .map((name) => `${name} belongs to no line`);
}

function listed(addresses: readonly string[]): string {
  return addresses.length > 0 ? addresses.join(' and ') : 'nowhere';
}
