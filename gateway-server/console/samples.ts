import type { Instant } from '../../runtime/clock.ts';

/** What was the case at a minute's end, and what had happened in it. */
export interface Sample {
  readonly at: Instant;
  readonly live: number;
  readonly queued: number;
  readonly suspect: number;
  readonly offline: number;
  readonly unknown: number;
  readonly batches: number;
  readonly largestBatch: number;
  readonly slowestBatchMs: number;
  /** Half of the lines that fell silent were published off-line within this time after their last signal; null for none. */
  readonly detectionMs: number | null;
}

export const SAMPLE_MS = 60_000;
export const SAMPLES_KEPT_MS = 40 * 86_400_000;

/** The gateway's figures over time. */
export interface SampleStore {
  /** Resolves when it is on disk; older ones than `forgetBefore` go. */
  put(sample: Sample, forgetBefore: Instant): Promise<void>;
  /** Oldest first. */
  since(from: Instant): Promise<readonly Sample[]>;
}

/** As few samples as a chart has room for: the counts of each stretch at its end, the largest of everything else. */
export function condensed(samples: readonly Sample[], most: number): readonly Sample[] {
  const [first, last] = [samples.at(0), samples.at(-1)];
  if (!first || !last || samples.length <= most) return samples;
  const stepMs = Math.max(SAMPLE_MS, (last.at - first.at + 1) / most);
  const byStretch = new Map<number, Sample>();
  for (const sample of samples) {
    const stretch = Math.floor((sample.at - first.at) / stepMs);
    const before = byStretch.get(stretch);
    byStretch.set(stretch, before ? joined(before, sample) : sample);
  }
  return [...byStretch.values()];
}

/** Trouble of a minute must be seen in a month's chart too. */
function joined(before: Sample, next: Sample): Sample {
  const detections = [before.detectionMs, next.detectionMs].filter((ms) => ms !== null);
  return {
    ...next,
    suspect: Math.max(before.suspect, next.suspect),
    offline: Math.max(before.offline, next.offline),
    batches: before.batches + next.batches,
    largestBatch: Math.max(before.largestBatch, next.largestBatch),
    slowestBatchMs: Math.max(before.slowestBatchMs, next.slowestBatchMs),
    detectionMs: detections.length > 0 ? Math.max(...detections) : null,
  };
}
