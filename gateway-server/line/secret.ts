import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const SECRET_BYTES = 32;

/** 32 random bytes, base64url: what a line's agent logs in with. Only its hash is kept. */
export function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

/** SHA-256, hexadecimal. A slow hash would add nothing to 256 random bits and cost minutes after a restart. */
export function hashOfSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** Compares in constant time. */
export function matchesSecret(hash: string, secret: string): boolean {
  const [expected, given] = [Buffer.from(hash, 'hex'), Buffer.from(hashOfSecret(secret), 'hex')];
  return expected.length === given.length && timingSafeEqual(expected, given);
}
