import { randomBytes } from 'node:crypto';
import type { TsigAlgorithm } from '../../../gateway-server/zone/tsig-key.ts';

/** A key as both sides' settings name it. */
export interface TsigSecret {
  readonly name: string;
  readonly algorithm: TsigAlgorithm;
  /** Base64, as `openssl rand -base64 32` prints it. */
  readonly secret: string;
}

export function newTsigSecret(name: string, algorithm: TsigAlgorithm = 'hmac-sha256'): TsigSecret {
  return { name, algorithm, secret: randomBytes(32).toString('base64') };
}

/** The key as dig and kdig take it after -y. */
export function asOption({ name, algorithm, secret }: TsigSecret): string {
  return `${algorithm}:${name}:${secret}`;
}
