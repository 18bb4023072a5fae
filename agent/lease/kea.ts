import { isIpv4 } from '../../protocol/address.ts';
import {
  type EpochSeconds,
  expiryOf,
  type Lease,
  type LeaseContent,
  type LeaseReading,
  NO_LEASE,
  stateAt,
} from './lease.ts';
import { addressAndPrefix, prefixOf } from './netmask.ts';
import { Problems, quoted } from './problems.ts';
import { linesOf, type TextLine } from './text-lines.ts';

/** The columns by their names; a row that is cut short lacks the last ones. */
type Row = (column: string) => string | undefined;

const DELEGATED = '2';
const MAC = /^[0-9a-f]{2}(:[0-9a-f]{2})+$/i;

/** The lease files of Kea's memfile backend: rows are appended, the last one of an address counts. */
export function parseKea(content: LeaseContent): LeaseReading {
  const problems = new Problems();
  const leases = new Map<string, Lease>();
  const rows = [...content.older, content].flatMap(({ name, bytes }) =>
    rowsOf(name, new TextDecoder().decode(bytes)),
  );
  for (const { name, line, row } of rows.filter(({ isTorn }) => !isTorn)) {
    const lease = leaseIn(row, content.at);
    const place = content.older.length > 0 ? `${name} ` : '';
    if (lease) leases.set(`${lease.address}/${lease.delegated ? lease.prefix : ''}`, lease);
    else problems.add(`${place}line ${line.number}: ${quoted(line.text)} is no lease`);
  }
  return {
    format: 'kea',
    leases: [...leases.values()],
    problems: problems.all,
    event: null,
    isUnfinished: rows.some(({ isTorn }) => isTorn),
    speaksOf: 'everything',
  };
}

interface FoundRow {
  readonly name: string;
  readonly line: TextLine;
  readonly row: Row;
  /** The last one, while it is being written. */
  readonly isTorn: boolean;
}

/** The rows of a file, each with the names of the header above it. */
function rowsOf(name: string, text: string): FoundRow[] {
  const rows: FoundRow[] = [];
  let columns: ReadonlyMap<string, number> = new Map();
  for (const line of linesOf(text)) {
    const fields = line.text.split(',');
    if (fields[0] === 'address') {
      columns = new Map(fields.map((column, index) => [column.trim(), index]));
      continue;
    }
    const known = columns;
    const row: Row = (column) => fields[known.get(column) ?? -1]?.trim();
    rows.push({ name, line, row, isTorn: !line.isWhole && fields.length < columns.size });
  }
  return rows;
}

function leaseIn(row: Row, at: EpochSeconds): Lease | undefined {
  const held = addressAndPrefix(row('address'));
  const [lifetime, expire] = [number(row('valid_lifetime')), number(row('expire'))];
  if (!held || lifetime === null || expire === null) return undefined;
  const expiry = expiryOf(expire, lifetime) === 'never' ? 'never' : expire;
  const isReleased = lifetime === 0;
  const mac = row('hwaddr') ?? '';
  const isIpv6 = !isIpv4(held.address);
  return {
    ...NO_LEASE,
    address: held.address,
    prefix: isIpv6 ? prefixOf(row('prefix_len'), 128) : null,
    start: isReleased || expiry === 'never' ? null : expire - lifetime,
    expiry,
    state: isReleased ? 'released' : stateOf(row('state'), expiry, at),
    delegated: row('lease_type') === DELEGATED,
    iaid: number(row('iaid')),
    mac: MAC.test(mac) ? mac.toLowerCase() : null,
  };
}

/** 0 assigned, 1 declined by the client: somebody else has the address; 2 reclaimed, 3 released, 4 registered by the client itself. */
function stateOf(state: string | undefined, expiry: Lease['expiry'], at: EpochSeconds): Lease['state'] {
  if (state === '1') return 'none';
  if (state === '2') return 'expired';
  return state === '3' ? 'released' : stateAt(expiry, at);
}

function number(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,12}$/.test(text) ? Number(text) : null;
}
