import type { Endpoint } from '../../../gateway-server/endpoint.ts';
import { DnsTcpClient, framed } from '../dns-client.ts';
import { dnsQuery } from '../dns-message.ts';
import { until } from '../lab/waiting.ts';
import { ixfrQuestion, recordsIn, replicaAfter } from '../transfer-zone.ts';

const ANSWER_MS = 5_000;
const AXFR = 252;

/** The zone as of one serial: its names' addresses, IPv4 first. */
export interface SeenZone {
  readonly serial: number;
  readonly addresses: ReadonlyMap<string, readonly string[]>;
}

/** A backup that outlives the gateways: it remembers all serials that were ever told, and what the zone was under them. */
export class ZoneWitness {
  readonly #records = new Map<number, string>();
  #replica: ReadonlySet<string> = new Set();
  #newest = 0;
  /** How often the zone was brought up to date by differences alone. */
  differences = 0;

  /** The newest serial that anybody was told. */
  get newest(): number {
    return this.#newest;
  }

  /** A serial by whatever way it was told. */
  told(serial: number): void {
    this.#newest = Math.max(this.#newest, serial);
  }

  /** Fetches the whole zone; throws when the serial went back, or when it stands for another zone than before. */
  async look(dns: Endpoint): Promise<SeenZone> {
    const newest = this.#newest;
    const records = await transfer(dns, dnsQuery({ name: 'mwebpages.test', type: AXFR }));
    return this.#saw(new Set(records), newest);
  }

  /** Fetches what has changed since the last look; throws as `look` does, and when the differences lead elsewhere. */
  async follow(dns: Endpoint): Promise<void> {
    if (this.#replica.size === 0) return;
    const newest = this.#newest;
    const before = serialOf(this.#replica);
    const records = await transfer(dns, ixfrQuestion(before));
    const isDifference = records.length > 2 && records[1]?.split(' ')[2] === '6';
    if (isDifference) this.differences += 1;
    else if (records.length > 1)
      throw new Error(`serial ${before} is forgotten: the whole zone came in its place`);
    const { serial } = this.#saw(replicaAfter(this.#replica, records), newest);
    if (serial !== Number(soaIn(records).split(' ')[5])) throw new Error('the differences end elsewhere');
  }

  #saw(records: ReadonlySet<string>, newest: number): SeenZone {
    const serial = serialOf(records);
    if (serial < newest) throw new Error(`serial ${serial} after ${newest}`);
    const content = [...records].sort().join('\n');
    const before = this.#records.get(serial) ?? content;
    if (before !== content) throw new Error(`two zones under serial ${serial}:\n${before}\n--\n${content}`);
    this.#records.set(serial, content);
    this.told(serial);
    if (this.#replica.size === 0 || serial >= serialOf(this.#replica)) this.#replica = records;
    return { serial, addresses: addressesOf(records) };
  }
}

async function transfer(dns: Endpoint, question: Buffer): Promise<readonly string[]> {
  const client = await DnsTcpClient.open(dns);
  try {
    client.socket.write(framed(question));
    return await until('the zone is transferred', ANSWER_MS, () => {
      if (client.isClosed) throw new Error('the gateway broke off');
      return wholeTransfer(recordsIn(client.messages()), question);
    });
  } finally {
    client.close();
  }
}

/** RFC 5936 §2.2 and RFC 1995 §4: the last record is the first one once more; differences have the SOA in between, too. */
function wholeTransfer(records: readonly string[], question: Buffer): readonly string[] | undefined {
  const [first] = records;
  const times = records.filter((record) => record === first).length;
  const [, second = ''] = records;
  if (records.length === 1) return isIxfr(question) ? records : undefined;
  const expected = second.split(' ')[2] === '6' ? 3 : 2;
  return times === expected && records.at(-1) === first ? records : undefined;
}

const IXFR = 251;

function isIxfr(question: Buffer): boolean {
  return question.includes(Buffer.from([0, IXFR, 0, 1]));
}

function soaIn(records: Iterable<string>): string {
  const soa = [...records].find((record) => record.split(' ')[2] === '6');
  if (!soa) throw new Error('no SOA in the zone');
  return soa;
}

function serialOf(records: ReadonlySet<string>): number {
  return Number(soaIn(records).split(' ')[5]);
}

function addressesOf(records: ReadonlySet<string>): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const record of [...records].sort()) {
    const [name = '', , type, rdata = ''] = record.split(' ');
    if (type === '1' || type === '28') found.set(name, [...(found.get(name) ?? []), rdata]);
  }
  return found;
}
