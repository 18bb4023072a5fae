import type { Address, AddressSet } from '../protocol/address.ts';
import type { LineId } from '../protocol/line-id.ts';

/** The agent's side of the wire, in its own words; `io/` speaks MQTT behind it. */

export interface LogIn {
  readonly line: LineId;
  readonly secret: string;
  /** What the broker publishes when the connection breaks. */
  readonly will: { readonly topic: string; readonly payload: Uint8Array };
  /** The connection comes from one of these where the machine has it: its source proves the claim to the gateway. */
  readonly from: AddressSet;
}

/** What the wire tells the agent. */
export interface LinkEvents {
  received(topic: string, payload: Uint8Array): void;
  /** Any packet has come, answers to the keepalive included. */
  heard(): void;
  /** The connection is over, and not by `leave` or `cut`. */
  closed(why: string): void;
}

/** One connection; it is never used again after its end. */
export interface Link {
  /** Where the connection comes from; null when that cannot be known. */
  readonly source: Address | null;
  /** Resolves with the broker's SUBACK. */
  subscribe(topics: readonly string[]): Promise<void>;
  /** Resolves with the broker's PUBACK for quality 1, else when the message is handed over. */
  publish(topic: string, payload: Uint8Array, quality: 0 | 1): Promise<void>;
  /** Says DISCONNECT, so that no will is published. */
  leave(): Promise<void>;
  /** Ends the connection without a word; its unanswered calls reject. */
  cut(): void;
}

export type Connecting =
  | { readonly kind: 'connected'; readonly link: Link }
  /** CONNACK 2, 4 or 5. */
  | { readonly kind: 'wrong-credentials' }
  | { readonly kind: 'failed'; readonly why: string };

export interface Broker {
  /** Resolves in every case, soon after `signal` aborts at the latest; then nothing is left open. */
  connect(logIn: LogIn, events: LinkEvents, signal: AbortSignal): Promise<Connecting>;
}
