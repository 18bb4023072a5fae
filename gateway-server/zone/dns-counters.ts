import type { DropReason, Outcome, Transport } from './responder.ts';

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
}

type Event = 'sendErrors' | 'tcpRefused' | 'tcpTimedOut';

/** Counts for the status. */
export class DnsTally {
  readonly #outcomes = { answered: 0, transfer: 0, failed: 0, 'truncated-by-rate': 0 };
  readonly #queries = { udp: 0, tcp: 0 };
  readonly #dropped = { short: 0, response: 0, 'bad-port': 0, 'rate-limited': 0, 'own-endpoint': 0 };
  readonly #events = { sendErrors: 0, tcpRefused: 0, tcpTimedOut: 0 };

  outcome(outcome: Outcome, transport: Transport): void {
    this.#queries[transport]++;
    if (outcome.kind === 'dropped') this.#dropped[outcome.reason]++;
    else this.#outcomes[outcome.kind]++;
  }

  droppedOwnMessage(): void {
    this.#queries.udp++;
    this.#dropped['own-endpoint']++;
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
    };
  }
}
