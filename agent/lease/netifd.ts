import { parseAddress } from '../../protocol/address.ts';
import { flag, integer, list, optional, read, table, text } from '../../runtime/shape.ts';
import {
  expiryOf,
  type Lease,
  type LeaseContent,
  type LeaseReading,
  NO_LEASE,
  nothingOn,
  stateAt,
} from './lease.ts';
import { Problems } from './problems.ts';
import { linesOf } from './text-lines.ts';

const MOST_SECONDS = 0xffff_ffff;
/** Not a row of values, then. */
const MOST_WRONG_LINES = 20;
const name = optional(
  text<string | null>('a name', (raw) => raw || null),
  null,
);
const lifetime = optional<number | null>(integer(0, MOST_SECONDS), null);
const HELD = optional(
  list(
    table(
      {
        address: text('an address', parseAddress),
        mask: optional<number | null>(integer(0, 128), null),
        valid: lifetime,
      },
      'ignored',
    ),
  ),
  [],
);
const STATUS = table(
  {
    up: flag,
    uptime: lifetime,
    interface: name,
    l3_device: name,
    device: name,
    'ipv4-address': HELD,
    'ipv6-address': HELD,
    'ipv6-prefix': HELD,
  },
  'ignored',
);
type Status = Extract<ReturnType<typeof readStatus>, { readonly kind: 'read' }>['value'];

/** What OpenWrt's `ubus call network.interface.NAME status` prints, or `network.interface dump`, or `ubus listen` line by line. */
export function parseNetifd(content: LeaseContent): LeaseReading {
  const problems = new Problems();
  const { values, isUnfinished } = jsonIn(content.text, problems);
  const leases: Lease[] = [];
  let event: string | null = null;
  for (const { value, line } of values) {
    const happened = eventIn(value);
    if (happened) {
      event = happened.action;
      if (event === 'ifdown') leases.push(nothingOn(happened.interface));
      continue;
    }
    for (const status of statusesIn(value)) {
      const reading = readStatus(status);
      if (reading.kind === 'read') leases.push(...leasesOf(reading.value, content.at));
      else {
        const [mistake] = reading.mistakes;
        problems.inLine(
          line,
          `not the status of an interface: ${mistake?.key} should be ${mistake?.expected}`,
        );
      }
    }
  }
  return { format: 'netifd', leases, problems: problems.all, event, isUnfinished, speaksOf: 'everything' };
}

function readStatus(raw: unknown) {
  return read(STATUS, raw);
}

interface Json {
  readonly value: unknown;
  readonly line: number;
}

/** One value, or one a line. */
function jsonIn(
  text: string,
  problems: Problems,
): { readonly values: readonly Json[]; readonly isUnfinished: boolean } {
  const whole = parsed(text);
  if (whole !== undefined) return { values: [{ value: whole, line: 1 }], isUnfinished: false };
  const values: Json[] = [];
  const wrong: number[] = [];
  for (const { number, text: line } of linesOf(text)) {
    const value = parsed(line);
    if (typeof value === 'object' && value !== null) values.push({ value, line: number });
    else wrong.push(number);
    if (wrong.length > MOST_WRONG_LINES) break;
  }
  const isRow = values.length > 0;
  if (isRow) for (const line of wrong) problems.inLine(line, 'not JSON');
  else
    problems.inLine(text.trimEnd().split('\n').length, 'the JSON is not finished, or wrong before this line');
  return { values, isUnfinished: !isRow };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `{"network.interface": {"action": "ifup", "interface": "wan"}}` */
function eventIn(value: unknown): { readonly action: string; readonly interface: string | null } | undefined {
  const told = isTable(value) ? value['network.interface'] : undefined;
  if (!isTable(told) || typeof told['action'] !== 'string') return undefined;
  return {
    action: told['action'],
    interface: typeof told['interface'] === 'string' ? told['interface'] : null,
  };
}

function statusesIn(value: unknown): readonly unknown[] {
  const all = isTable(value) ? value['interface'] : undefined;
  return Array.isArray(all) ? all : [value];
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** The device of layer 3 is the one that has the addresses: of PPPoE `pppoe-wan`, not `eth0`. */
function leasesOf(status: Status, at: number): Lease[] {
  const device = status.l3_device ?? status.device ?? status.interface;
  const start = status.uptime === null ? null : Math.floor(at) - status.uptime;
  const lease: Lease = { ...NO_LEASE, start, interface: device };
  const leased = (held: Status['ipv4-address'], delegated: boolean) =>
    held.map(({ address, mask, valid }): Lease => {
      const expiry = expiryOf(Math.floor(at), valid);
      return { ...lease, address, prefix: mask, expiry, delegated, state: stateAt(expiry, at) };
    });
  const leases = status.up
    ? [
        ...leased(status['ipv4-address'], false),
        ...leased(status['ipv6-address'], false),
        ...leased(status['ipv6-prefix'], true),
      ]
    : [];
  return leases.length > 0 ? leases : [nothingOn(device)];
}
