import { createHmac } from 'node:crypto';
import type { Instant } from '../../runtime/clock.ts';
import type { Random } from '../answering/form-seal.ts';

/** The scheme of standardwebhooks.com: receivers verify with any of its libraries. */

const PREFIX = 'whsec_';
const SECRET_BYTES = 32;

export interface Signed {
  readonly id: string;
  /** When this try is made. */
  readonly at: Instant;
  readonly body: string;
}

export function newSecret(random: Random): string {
  return PREFIX + Buffer.from(random(SECRET_BYTES)).toString('base64');
}

/** What tells the receiver who has sent the body, and when. */
export function signatureHeaders({ id, at, body }: Signed, secret: string): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(at / 1_000));
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
  const mac = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${mac}` };
}
