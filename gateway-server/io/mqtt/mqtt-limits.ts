import type { Rate } from '../../token-bucket.ts';

/** What one connection, one source address and the whole broker may use. */
export interface MqttLimits {
  /** From the connection (or the end of the TLS handshake) to a complete CONNECT. */
  readonly connectTimeoutMs: number;
  readonly connections: number;
  /** An IPv6 source is its /64. */
  readonly connectionsPerSource: number;
  readonly attemptsPerSource: Rate;
  readonly packetsPerConnection: Rate;
  readonly bytesPerConnection: Rate;
  /** Messages to one agent that its connection has not taken yet. */
  readonly unwrittenMessages: number;
  /** How long a full connection may take nothing. */
  readonly drainTimeoutMs: number;
  /** Agents that ask for a longer keepalive, or none, are held to this one. */
  readonly keepaliveSeconds: number;
  /** How long a duplicate may wait with its registration. */
  readonly duplicateStayMs: number;
}

export const DEFAULT_LIMITS: MqttLimits = {
  connectTimeoutMs: 5_000,
  connections: 200_000,
  connectionsPerSource: 256,
  attemptsPerSource: { perSecond: 20, burst: 256 },
  packetsPerConnection: { perSecond: 20, burst: 100 },
  bytesPerConnection: { perSecond: 16_384, burst: 65_536 },
  unwrittenMessages: 64,
  drainTimeoutMs: 10_000,
  keepaliveSeconds: 60,
  duplicateStayMs: 10_000,
};
