import type { DomainName } from '../../protocol/domain-name.ts';
import type { LineId } from '../../protocol/line-id.ts';
import type { Instant } from '../../runtime/clock.ts';
import type { Standing } from '../line/standing.ts';
import type { LineState } from '../operator/line-view.ts';

/** A line as its owner sees it. */
export interface PortalLine {
  readonly id: LineId;
  readonly domain: DomainName | null;
  readonly names: readonly DomainName[];
  readonly words: string;
  readonly tellsSince: boolean;
  readonly suspended: boolean;
  readonly createdAt: Instant;
  readonly state: LineState;
  readonly standing: Standing;
}

/** One with domain service: only such a line has a page. */
export type NamedLine = PortalLine & { readonly domain: DomainName };

/** The lines, as far as owners look at them and change them. */
export interface PortalLines {
  line(id: LineId): PortalLine | undefined;
  /** Resolves when it is on disk. */
  setWords(id: LineId, words: string): Promise<void>;
  setTellsSince(id: LineId, tellsSince: boolean): Promise<void>;
}

/** How the line is called when people talk of it. */
export function calledName({ domain, id }: PortalLine): string {
  return domain ?? id;
}

export function isNamed(line: PortalLine): line is NamedLine {
  return line.domain !== null;
}
