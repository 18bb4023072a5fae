import type { Endpoint } from '../../endpoint.ts';

/** Sends a message to another name server and waits for what it says to that. */
export interface Exchange {
  /** Gives the reply to this very message, or `'silent'` when none comes in time or none can come. Rejects only when aborted. */
  ask(endpoint: Endpoint, message: Buffer, waitMs: number, signal: AbortSignal): Promise<Buffer | 'silent'>;
}
