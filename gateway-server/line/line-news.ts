import type { LineId } from '../../protocol/line-id.ts';
import type { OfflineReason } from '../../protocol/message.ts';
import type { Instant } from '../../runtime/clock.ts';
import type { Standing } from './standing.ts';

/** What became public of a line, told once the zone says so. */
export type LineNews =
  | { readonly kind: 'live'; readonly line: LineId; readonly at: Instant }
  | {
      readonly kind: 'off-line';
      readonly line: LineId;
      readonly at: Instant;
      readonly reason: OfflineReason;
    }
  | { readonly kind: 'message'; readonly line: LineId; readonly at: Instant; readonly number: number };

/** Whoever acts on what becomes of lines: webhooks, visitors who wait, the diary. Must return at once and not throw. */
export interface LineWitness {
  sees(news: LineNews): void;
}

/** What the step from one standing to the next means for others; undefined for a mere change of address or of reason. */
export function newsOf(line: LineId, before: Standing, { published }: Standing): LineNews | undefined {
  if (before.published.kind === published.kind) return undefined;
  if (published.kind === 'addresses') return { kind: 'live', line, at: published.since };
  const { reason, since } = published;
  return reason === null ? undefined : { kind: 'off-line', line, at: since, reason };
}
