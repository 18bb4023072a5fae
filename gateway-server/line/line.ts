import type { DomainName } from '../../protocol/domain-name.ts';
import type { LineId } from '../../protocol/line-id.ts';
import type { Instant } from '../../runtime/clock.ts';

/** One subscription, as the provider set it up. What the network does to it is not in here. */
export interface Line {
  readonly id: LineId;
  /** SHA-256 of the secret, hexadecimal. */
  readonly secretHash: string;
  /** Null for a line without domain service. */
  readonly domain: DomainName | null;
  /** Extra names below the domain, in full. */
  readonly names: readonly DomainName[];
  readonly suspended: boolean;
  /** The owner's own text on the default page; empty for none. */
  readonly words: string;
  /** Whether the page tells since when the line is off. */
  readonly tellsSince: boolean;
  readonly createdAt: Instant;
}
