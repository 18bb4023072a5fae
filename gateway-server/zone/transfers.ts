import type { Query } from './query.ts';
import { errorReply } from './reply.ts';
import { RCODE } from './wire.ts';

/** Whoever sent a message. */
export interface Client {
  readonly address: string;
  readonly port: number;
}

/** Who answers AXFR and IXFR, message by message; over UDP only the first message is sent. */
export interface Transfers {
  messages(query: Query, client: Client): Iterable<Buffer>;
}

/** Gives the whole zone to nobody. */
export const refusedTransfers: Transfers = {
  messages: (query) => [errorReply(query, RCODE.refused)],
};
