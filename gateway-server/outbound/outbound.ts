import type { Address } from '../../protocol/address.ts';

export interface OutboundRequest {
  /** Gives scheme, port, path and the Host header; its name is never resolved. */
  readonly url: string;
  /** The one address that is called. */
  readonly address: Address;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Longest body that is taken. */
  readonly mostBytes: number;
  /** From the first packet to the last byte of the answer. */
  readonly deadlineMs: number;
}

export type OutboundResult =
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** Names in lower case. */
      readonly headers: ReadonlyMap<string, string>;
      readonly body: OutboundBody;
    }
  /** The address may not be called. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'unreachable'; readonly why: string }
  | { readonly kind: 'too-late' };

/** `cut-off`: it broke off, or was not whole at the deadline. */
export type OutboundBody = Uint8Array | 'too-large' | 'cut-off';

/** The way out: one request, one address, no redirect followed. Rejects only when `signal` ends it. */
export interface Outbound {
  request(request: OutboundRequest, signal: AbortSignal): Promise<OutboundResult>;
}
