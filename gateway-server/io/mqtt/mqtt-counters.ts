import { BREACHES, type BreachReason } from './breach.ts';
import { CONNACK_CODES, type LogInRefusal } from './log-in.ts';

export type RefusedLogIn = LogInRefusal | 'duplicate';
/** `crowded`: a connection beyond the limits; `handshake`: TLS; `retained`, `payload`: one message, the connection stays. */
export type Drop = BreachReason | 'crowded' | 'handshake' | 'retained' | 'payload';

const DROPS: readonly Drop[] = [...BREACHES, 'crowded', 'handshake', 'retained', 'payload'];

export interface MqttCounters {
  /** Open now, logged in or not. */
  readonly connections: number;
  /** Agents logged in since the start. */
  readonly logIns: number;
  readonly received: number;
  readonly refusedLogIns: Readonly<Record<RefusedLogIn, number>>;
  readonly dropped: Readonly<Record<Drop, number>>;
}

/** Counts what happens on the wire, for `status` and for people who search a fault. */
export class WireTally {
  logIns = 0;
  received = 0;
  readonly #refused = new Map<RefusedLogIn, number>();
  readonly #dropped = new Map<Drop, number>();

  refused(kind: RefusedLogIn): void {
    this.#refused.set(kind, (this.#refused.get(kind) ?? 0) + 1);
  }

  dropped(reason: Drop): void {
    this.#dropped.set(reason, (this.#dropped.get(reason) ?? 0) + 1);
  }

  counters(connections: number): MqttCounters {
    const refusals = [...Object.keys(CONNACK_CODES), 'duplicate'] as RefusedLogIn[];
    return {
      connections,
      logIns: this.logIns,
      received: this.received,
      // every kind is a key, which is what the record says
      refusedLogIns: counted(refusals, this.#refused),
      dropped: counted(DROPS, this.#dropped),
    };
  }
}

function counted<K extends string>(
  keys: readonly K[],
  counts: ReadonlyMap<K, number>,
): Readonly<Record<K, number>> {
  return Object.fromEntries(keys.map((key) => [key, counts.get(key) ?? 0])) as Record<K, number>;
}
