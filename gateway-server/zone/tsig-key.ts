/** A secret that this gateway shares with a name server (RFC 8945 §2). */
export interface TsigKey {
  /** Lower case, without the trailing dot. */
  readonly name: string;
  readonly algorithm: TsigAlgorithm;
  readonly secret: Uint8Array;
}

export const TSIG_ALGORITHMS = ['hmac-sha256', 'hmac-sha512'] as const;

export type TsigAlgorithm = (typeof TSIG_ALGORITHMS)[number];
