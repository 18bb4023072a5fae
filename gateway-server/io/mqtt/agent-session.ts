import type { Client, ConnectPacket } from 'aedes';
import type { Address } from '../../../protocol/address.ts';
import type { Connection } from '../../agent-link.ts';
import type { SubscribableLeaf } from '../../topic-rules.ts';
import type { ByteGuard } from './byte-guard.ts';

type Will = ConnectPacket['will'];

/** How far a connection has come. */
export type Stage =
  | { readonly kind: 'stranger' }
  /** The log-in is good; CONNACK is not out yet. */
  | { readonly kind: 'admitted'; readonly connection: Connection }
  | { readonly kind: 'arrived'; readonly connection: Connection }
  /** Let in only to be told that another connection holds the line. */
  | { readonly kind: 'duplicate'; readonly connection: Connection };

export const STRANGER: Stage = { kind: 'stranger' };

/** One TCP connection and what the broker knows of it. */
export class AgentSession {
  readonly guard: ByteGuard;
  readonly source: Address;
  readonly client: Client;
  stage: Stage = STRANGER;
  will: Will;
  hasLeftWill = false;
  /** An error has been noted; aedes may tell of more on the way down. */
  hasFailed = false;
  /** Messages handed over that the connection has not taken yet. */
  unwritten = 0;
  readonly leaves = new Set<SubscribableLeaf>();

  constructor(client: Client, guard: ByteGuard, source: Address) {
    this.client = client;
    this.guard = guard;
    this.source = source;
  }

  get isOpen(): boolean {
    return !this.client.closed && !this.guard.stream.destroyed;
  }

  /** Ended by a goodbye and by nothing else. */
  get wasOrderly(): boolean {
    return this.guard.hasDisconnect && !this.hasLeftWill;
  }
}
