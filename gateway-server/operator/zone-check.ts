import { addressesIn } from '../../protocol/address.ts';
import { parseDomainName } from '../../protocol/domain-name.ts';
import type { LineId } from '../../protocol/line-id.ts';
import { namesOf } from '../line/line-book.ts';
import { nextSerial, type Serial } from '../zone/serial.ts';
import type { RecordName } from '../zone/static/record-name.ts';
import { staticMistakes } from '../zone/static/static-zone.ts';
import { CommandError, type Desk } from './desk.ts';
import { batchesBehind } from './secondaries.ts';
import { secondaryText } from './secondary-text.ts';

type Served = ReadonlyMap<RecordName, readonly string[]>;

/**
 * Every name of every line must lead where its line is published, no other name may lead anywhere, the provider's own records
 * must make sense beside them, and the disk must know the serial that is served. What others have to mend is only warned of.
 */
export async function checkZone(desk: Desk) {
  const { registry } = desk;
  const served = servedAddresses(registry.zone);
  const found = [...wronglyLed(registry, served), ...strangers(registry, served), ...conflicts(registry)];
  const own = staticMistakes(registry.zone.identity, (name) => lineAt(registry, name));
  const problems = [...found.sort(), ...own, ...(await serialProblems(desk))];
  const warnings = warningsOf(desk);
  if (problems.length > 0) {
    const list = [...problems, ...warnings.map((warning) => `warning: ${warning}`)];
    throw new CommandError(`the zone is not well:\n  ${list.join('\n  ')}`);
  }
  return { zone: 'well', serial: registry.zone.serial, names: served.size, warnings };
}

function servedAddresses(zone: Desk['registry']['zone']): Served {
  const served = new Map<RecordName, string[]>();
  for (const { name, type, text } of zone.records()) {
    const addresses = served.get(name) ?? [];
    served.set(name, type === 'A' || type === 'AAAA' ? [...addresses, text] : addresses);
  }
  return served;
}

/** Names whose update still waits are as yet nobody's mistake. */
function wronglyLed({ book, queue, zone }: Desk['registry'], served: Served): string[] {
  const settled = [...book.all()].filter(({ line }) => queue.pendingOf(line.id) === undefined);
  return settled.flatMap(({ line, standing: { published } }) => {
    const right = published.kind === 'addresses' ? addressesIn(published.addresses) : zone.identity.answering;
    return namesOf(line)
      .filter((name) => zone.canHold(name))
      .flatMap((name) => {
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
  const own = new Set<string>(zone.head().own.map(({ name }) => name));
  return [...served.keys()]
    .filter((name) => !own.has(name) && lineAt({ book }, name) === undefined)
    .map((name) => `${name} belongs to no line`);
}

/** A line's name that is also the provider's own never gets to the line. */
function conflicts({ book, zone }: Desk['registry']): string[] {
  return [...book.all()].flatMap(({ line }) =>
    namesOf(line)
      .filter((name) => !zone.canHold(name))
      .map((name) => `${name} of line ${line.id} has no place beside the zone's own names`),
  );
}

/** Names that are no host names are no line's. */
function lineAt({ book }: Pick<Desk['registry'], 'book'>, name: RecordName): LineId | undefined {
  const host = parseDomainName(name);
  return host && book.byName(host)?.line.id;
}

/** A batch that is under way is on disk before it is served. */
async function serialProblems({ registry: { book, queue, zone }, serialOnDisk }: Desk): Promise<string[]> {
  const before = zone.serial;
  const onDisk = await serialOnDisk();
  const isUnderWay =
    onDisk === nextSerial(before) && [...book.all()].some(({ line }) => queue.isInBatch(line.id));
  if (onDisk === before || onDisk === zone.serial || isUnderWay) return [];
  return [`serial ${zone.serial} is served, but the disk has ${onDisk}`];
}

function warningsOf({ registry: { zone, queue }, service }: Desk): string[] {
  const views = service?.secondaries() ?? [];
  const late = views.filter(({ serial, problem }) => problem !== null || !hasAll(serial, zone.serial));
  return [
    ...late.map((view) => `secondary ${secondaryText({ ...view }, zone.serial)}`),
    ...(queue.ownRecords ? ['changed records of the zone file wait for their batch'] : []),
  ];
}

/** One that signs by itself counts serials of its own, and may be ahead. */
function hasAll(serial: Serial | null, served: Serial): boolean {
  return serial !== null && batchesBehind(serial, served) === 0;
}

function listed(addresses: readonly string[]): string {
  return addresses.length > 0 ? addresses.join(' and ') : 'nowhere';
}
