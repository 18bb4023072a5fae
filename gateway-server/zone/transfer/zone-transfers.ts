import { type DomainName, labelsOf } from '../../../protocol/domain-name.ts';
import type { Clock } from '../../../runtime/clock.ts';
import type { Logger } from '../../../runtime/log.ts';
import type { Query } from '../query.ts';
import { errorReply } from '../reply.ts';
import type { Serial } from '../serial.ts';
import type { Client, Transfers, Transport } from '../transfers.ts';
import { readWireName } from '../tsig/wire-name.ts';
import { HEADER_BYTES, labelBytes, RCODE, TYPE } from '../wire.ts';
import { clientSerial } from './client-serial.ts';
import { MessageWriter } from './message-writer.ts';
import { messagesOf } from './passages.ts';
import type { TransferAccess } from './transfer-access.ts';
import { answerToAxfr, answerToIxfr, type TransferAnswer, type TransferSource } from './transfer-answer.ts';

/** A secondary has the zone as of `serial`: it was sent to it, or it said so itself. */
export interface Served {
  readonly client: Client;
  readonly serial: Serial;
}

export interface TransferCounters {
  /** Whole zones, also those for which a client asked by IXFR. */
  readonly axfr: number;
  readonly ixfr: number;
  readonly upToDate: number;
  readonly refused: number;
  /** Of all messages, without their signatures. */
  readonly bytes: number;
}

interface Parts {
  readonly zone: DomainName;
  readonly source: TransferSource;
  readonly access: Pick<TransferAccess, 'of' | 'allows'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onServed: (served: Served) => void;
}

interface Request {
  readonly query: Query;
  readonly client: Client;
  readonly transport: Transport;
  /** What an IXFR client has; null for AXFR. */
  readonly from: Serial | null;
}

interface Work {
  readonly records: number;
  readonly messages: number;
  readonly ms: number;
  readonly isComplete: boolean;
}

/** Messages are filled up to here: larger ones save nothing, and others have their turn between two. */
const MOST_BYTES = 16 * 1024;
const COUNTED_AS = {
  axfr: 'axfr',
  ixfr: 'ixfr',
  'ixfr-as-axfr': 'axfr',
  'up-to-date': 'upToDate',
  'ask-over-tcp': null,
} as const;

/** Figure 5, block 536: gives the zone to the backups, whole (AXFR, RFC 5936) or as what has changed (IXFR, RFC 1995). */
export class ZoneTransfers implements Transfers {
  readonly #parts: Parts;
  /** All labels of the zone, as in wire.ts. */
  readonly #zoneKey: string;
  readonly #counters = { axfr: 0, ixfr: 0, upToDate: 0, refused: 0, bytes: 0 };

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#zoneKey = labelBytes(labelsOf(parts.zone));
  }

  counters(): TransferCounters {
    return { ...this.#counters };
  }

  isForBackup(query: Query, { address, port }: Client): boolean {
    const isOfTransfer = query.type === TYPE.SOA || query.type === TYPE.IXFR || query.type === TYPE.AXFR;
    return isOfTransfer && this.#parts.access.of({ address, port }, query.signedBy) === 'yes';
  }

  messages(query: Query, client: Client, transport: Transport): Iterable<Buffer> {
    const isAxfr = query.type === TYPE.AXFR;
    // RFC 5936 §4.2: AXFR over UDP is not defined
    if (isAxfr && transport === 'udp') return [errorReply(query, RCODE.notImp)];
    if (!this.#parts.access.allows(client, query.signedBy)) return this.#refusal(query);
    // RFC 5936 §2.2.1
    if (!this.#isOfZone(query)) return [errorReply(query, RCODE.notAuth)];
    const from = isAxfr ? null : clientSerial(query);
    if (from === undefined) return [errorReply(query, RCODE.formErr)];
    return this.#transfer({ query, client, transport, from });
  }

  /** RFC 5936 §5. */
  #refusal(query: Query): Iterable<Buffer> {
    this.#counters.refused += 1;
    return [errorReply(query, RCODE.refused)];
  }

  #isOfZone({ message }: Query): boolean {
    return readWireName(message, HEADER_BYTES)?.key === this.#zoneKey;
  }

  /** A mistake of ours ends the transfer without its last SOA, so that nobody takes it for the zone. */
  *#transfer(request: Request): Generator<Buffer, void> {
    try {
      yield* this.#answered(request);
    } catch (error) {
      const { query, client } = request;
      this.#parts.log.error('zone transfer failed', { client: client.address, reason: String(error) });
      yield errorReply(query, RCODE.servFail);
    }
  }

  *#answered(request: Request): Generator<Buffer, void> {
    const { clock, source, zone } = this.#parts;
    const startedAt = clock.elapsed();
    const { query, from, transport } = request;
    const answer = from === null ? answerToAxfr(source) : answerToIxfr(source, from, transport);
    const writer = new MessageWriter(query, zone, MOST_BYTES);
    try {
      for (const message of messagesOf(answer.passages, answer.head.ttlSeconds, writer)) {
        this.#counters.bytes += message.length;
        yield message;
      }
    } finally {
      const { records, messages } = writer;
      const ms = Math.round(clock.elapsed() - startedAt);
      this.#ended(request, answer, { records, messages, ms, isComplete: writer.isComplete });
    }
  }

  #ended({ client, from }: Request, { kind, head }: TransferAnswer, work: Work): void {
    const { log, onServed } = this.#parts;
    const { isComplete, ...figures } = work;
    const fields = { client: client.address, kind, from, to: head.serial, ...figures };
    if (!isComplete) {
      log.warn('zone transfer broke off', fields);
      return;
    }
    const counted = COUNTED_AS[kind];
    if (counted) this.#counters[counted] += 1;
    // secondaries ask for news all the time, and get them with every batch
    const isNews = counted === 'axfr';
    log[isNews ? 'info' : 'debug']('zone transferred', fields);
    if (counted) onServed({ client, serial: head.serial });
  }
}
