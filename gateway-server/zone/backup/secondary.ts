import type { Prefix } from '../../../protocol/prefix.ts';
import type { Endpoint } from '../../endpoint.ts';
import type { TsigKey } from '../tsig-key.ts';

/** A backup name server (Figure 5, block 536): where it listens, and what it must show to be given the zone. */
export interface Secondary {
  /** Where it takes NOTIFY and answers questions. */
  readonly endpoint: Endpoint;
  /** Signs what goes to it, and must sign what it asks; null for a server that is known by its address alone. */
  readonly key: TsigKey | null;
  /** The networks from which it transfers the zone: its own address unless the settings name others. */
  readonly from: readonly Prefix[];
  /** A name is told to be live only when this server serves it. */
  readonly proof: boolean;
}
