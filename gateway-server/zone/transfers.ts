import type { Query } from './query.ts';
import { errorReply } from './reply.ts';
import { RCODE } from './wire.ts';

/** Whoever sent a message. */
export interface Client {
  readonly address: string;
  readonly port: number;
}

export type Transport = 'udp' | 'tcp';

/** Who answers AXFR and IXFR, message by message; over UDP only the first message is sent. */
export interface Transfers {
  messages(query: Query, client: Client, transport: Transport): Iterable<Buffer>;
  /** True for a question that one of our backups asks: it is answered even while resolvers are not. */
  isForBackup(query: Query, client: Client): boolean;
}

/** Gives the whole zone to nobody. */
export const refusedTransfers: Transfers = {
  messages: (query) => [errorReply(query, RCODE.refused)],
  isForBackup: () => false,
};
