import type { Address } from '../protocol/address.ts';
import type { LineId } from '../protocol/line-id.ts';
import type { Announcement, LowerMessage, Malformed, UpperMessage } from '../protocol/message.ts';
import type { UpperLeaf } from '../protocol/topic.ts';

/** The gateway's side of the wire to the agents, in its own words; `io/` speaks MQTT behind it. */

/** One agent's connection, from its log-in to its end. */
export interface Connection {
  /** Unique while the gateway runs. */
  readonly id: number;
  readonly line: LineId;
  /** Where the connection comes from: the proof of an address. */
  readonly source: Address;
}

export interface LogIn {
  readonly user: string;
  readonly secret: string;
  readonly clientId: string;
  readonly source: Address;
}

/** Figure 5, block 506, first half: is it who it says? */
export type Identified =
  | { readonly kind: 'welcome'; readonly line: LineId }
  /** The line is held by somebody else who answers: let in only to be told so. */
  | { readonly kind: 'duplicate'; readonly line: LineId }
  /** CONNACK 2. */
  | { readonly kind: 'wrong-client-id' }
  /** CONNACK 4; never says which half was wrong. */
  | { readonly kind: 'wrong-credentials' }
  /** CONNACK 3: our own fault. */
  | { readonly kind: 'unavailable' };

/** What the wire tells the gateway. Calls return at once; slow work goes on behind them. */
export interface AgentEvents {
  identify(logIn: LogIn): Identified;
  arrived(connection: Connection): void;
  received(connection: Connection, message: UpperMessage): void;
  malformed(connection: Connection, leaf: UpperLeaf, what: Malformed): void;
  /** The connection is over: `orderly` after a DISCONNECT. */
  gone(connection: Connection, orderly: boolean): void;
}

/** What the gateway asks of the wire. */
export interface AgentLink {
  /** False when the connection is over or its agent has not subscribed to the leaf. */
  send(connection: Connection, message: LowerMessage): boolean;
  /** The one connection of a line, if there is one. */
  connectionOf(line: LineId): Connection | undefined;
  close(connection: Connection, why: string): void;
  /** Replaces the retained announcements and tells everybody who listens. */
  announce(announcements: readonly Announcement[]): void;
}
