import type { DropReason, Outcome } from './responder.ts';
import type { Transport } from './transfers.ts';
import { HEADER_BYTES } from './wire.ts';

/** What came in over DNS since the start, and what became of it. */
export interface DnsCounters {
  readonly udpQueries: number;
  readonly tcpQueries: number;
  readonly answered: number;
  readonly transfers: number;
  /** Our own mistakes: the client was told SERVFAIL. */
  readonly failed: number;
  readonly truncatedByRate: number;
  readonly dropped: Readonly<Record<DropReason | 'own-endpoint', number>>;
  readonly sendErrors: number;
  /** Open now. */
  readonly tcpConnections: number;
  readonly tcpRefused: number;
  readonly tcpTimedOut: number;
  /** Replies by the type asked for; "other" for all that are asked for rarely. */
  readonly byType: Readonly<Record<string, number>>;
  /** Replies by the response code in their header (RFC 1035 §4.1.1). */
  readonly byRcode: Readonly<Record<string, number>>;
}

/** What several processes have counted together. */
export function summedCounters(first: DnsCounters, others: readonly DnsCounters[]): DnsCounters {
  return others.reduce(
    (sum, one) => ({
      udpQueries: sum.udpQueries + one.udpQueries,
      tcpQueries: sum.tcpQueries + one.tcpQueries,
      answered: sum.answered + one.answered,
      transfers: sum.transfers + one.transfers,
      failed: sum.failed + one.failed,
      truncatedByRate: sum.truncatedByRate + one.truncatedByRate,
      dropped: summedRecord(sum.dropped, one.dropped),
      sendErrors: sum.sendErrors + one.sendErrors,
      tcpConnections: sum.tcpConnections + one.tcpConnections,
      tcpRefused: sum.tcpRefused + one.tcpRefused,
      tcpTimedOut: sum.tcpTimedOut + one.tcpTimedOut,
      byType: summedRecord<string>(sum.byType, one.byType),
      byRcode: summedRecord<string>(sum.byRcode, one.byRcode),
    }),
    first,
  );
}

type Event = 'sendErrors' | 'tcpRefused' | 'tcpTimedOut';

const TYPE_NAMES: ReadonlyMap<number, string> = new Map([
  [1, 'A'],
  [2, 'NS'],
  [5, 'CNAME'],
  [6, 'SOA'],
  [15, 'MX'],
  [16, 'TXT'],
  [28, 'AAAA'],
  [33, 'SRV'],
  [43, 'DS'],
  [48, 'DNSKEY'],
  [65, 'HTTPS'],
  [255, 'ANY'],
  [257, 'CAA'],
]);
const HIGHEST_TYPE = 257;
const OTHER = HIGHEST_TYPE + 1;
/** 7 stands for 23: the upper bits are in the OPT record (RFC 6891 §6.1.3), and of this code alone we use the lower ones. */
const RCODE_NAMES: ReadonlyMap<number, string> = new Map([
  [0, 'NOERROR'],
  [1, 'FORMERR'],
  [2, 'SERVFAIL'],
  [3, 'NXDOMAIN'],
  [4, 'NOTIMP'],
  [5, 'REFUSED'],
  [7, 'BADCOOKIE'],
  [9, 'NOTAUTH'],
]);

/** Counts for the status. */
export class DnsTally {
  readonly #outcomes = { answered: 0, transfer: 0, failed: 0, 'truncated-by-rate': 0 };
  readonly #queries = { udp: 0, tcp: 0 };
  readonly #dropped = {
    short: 0,
    response: 0,
    'bad-port': 0,
    'rate-limited': 0,
    halted: 0,
    'own-endpoint': 0,
  };
  readonly #types = new Float64Array(OTHER + 1);
  readonly #rcodes = new Float64Array(16);
  readonly #events = { sendErrors: 0, tcpRefused: 0, tcpTimedOut: 0 };

  outcome(outcome: Outcome, transport: Transport): void {
    this.#queries[transport]++;
    if (outcome.kind === 'dropped') {
      this.#dropped[outcome.reason]++;
      return;
    }
    this.#outcomes[outcome.kind]++;
    if (outcome.kind !== 'transfer') this.#replied(outcome.reply);
  }

  droppedOwnMessage(): void {
    this.#queries.udp++;
    this.#dropped['own-endpoint']++;
  }

  get udpQueries(): number {
    return this.#queries.udp;
  }

  event(event: Event): void {
    this.#events[event]++;
  }

  counters(tcpConnections: number): DnsCounters {
    return {
      udpQueries: this.#queries.udp,
      tcpQueries: this.#queries.tcp,
      answered: this.#outcomes.answered,
      transfers: this.#outcomes.transfer,
      failed: this.#outcomes.failed,
      truncatedByRate: this.#outcomes['truncated-by-rate'],
      dropped: { ...this.#dropped },
      ...this.#events,
      tcpConnections,
      byType: named(this.#types, TYPE_NAMES),
      byRcode: named(this.#rcodes, RCODE_NAMES),
    };
  }

  /** On the way of every reply: nothing is allocated. */
  #replied(reply: Buffer): void {
    const rcode = (reply[3] ?? 0) & 0xf;
    this.#rcodes[rcode] = (this.#rcodes[rcode] ?? 0) + 1;
    const type = Math.min(typeAsked(reply), OTHER);
    this.#types[type] = (this.#types[type] ?? 0) + 1;
  }
}

/** The type in a reply's question, which is uncompressed; beyond all types for a reply without one. */
function typeAsked(reply: Buffer): number {
  if (reply[5] !== 1) return OTHER;
  let at = HEADER_BYTES;
  for (let length = reply[at] ?? 0; length > 0; length = reply[at] ?? 0) at += 1 + length;
  return ((reply[at + 1] ?? 0) << 8) | (reply[at + 2] ?? 0);
}

function named(counts: Float64Array, names: ReadonlyMap<number, string>): Readonly<Record<string, number>> {
  const sums: Record<string, number> = Object.fromEntries([...names.values()].map((name) => [name, 0]));
  counts.forEach((count, number) => {
    const name = names.get(number) ?? 'other';
    if (count > 0) sums[name] = (sums[name] ?? 0) + count;
  });
  return sums;
}

/** A word that only one of them knows counts as well. */
function summedRecord<K extends string>(
  a: Readonly<Record<K, number>>,
  b: Readonly<Record<K, number>>,
): Record<K, number> {
  const sum: Record<K, number> = { ...a, ...b };
  for (const word in sum) sum[word] = (a[word] ?? 0) + (b[word] ?? 0);
  return sum;
}
