import type { AddressSet } from '../../protocol/address.ts';
import type { DomainName } from '../../protocol/domain-name.ts';
import type { LineId } from '../../protocol/line-id.ts';
import type { OfflineReason, Signal } from '../../protocol/message.ts';
import type { Instant } from '../../runtime/clock.ts';

/** A change of where one line's names lead; it waits for a batch. A and AAAA always change together. */
export type Update = {
  readonly line: LineId;
  readonly askedAt: Instant;
} & (
  | { readonly kind: 'to-line'; readonly addresses: AddressSet; readonly signal: Signal }
  /** `reason` is null for a line that has never been heard. */
  | { readonly kind: 'to-gateway'; readonly reason: OfflineReason | null }
  /** The line is gone, and its names with it. */
  | { readonly kind: 'removal'; readonly names: readonly DomainName[] }
);
