import type { LineId } from '../../protocol/line-id.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import { every } from '../../runtime/loop.ts';
import type { LineNews, LineWitness } from '../line/line-news.ts';
import { lineCounts } from '../operator/line-counts.ts';
import type { SecondaryView } from '../operator/secondaries.ts';
import type { Registry } from '../registry.ts';
import type { LagRecord } from './lag-record.ts';
import { SAMPLE_MS, SAMPLES_KEPT_MS, type Sample, type SampleStore } from './samples.ts';

interface Parts {
  readonly registry: Registry;
  readonly store: Pick<SampleStore, 'put'>;
  readonly secondaries: () => readonly SecondaryView[];
  readonly lags: Pick<LagRecord, 'see' | 'endMinute'>;
  readonly othersTurn: () => Promise<void>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** More of one minute tell nothing new. */
const MOST_DETECTIONS = 10_000;

/** Takes down the gateway's figures once a minute. */
export class Sampler implements LineWitness {
  readonly #parts: Parts;
  #detections: number[] = [];
  #batches: { count: number; largest: number; slowestMs: number };
  #seenCount: number;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#seenCount = parts.registry.batches.count;
    this.#batches = { count: 0, largest: 0, slowestMs: 0 };
  }

  /** A line that fell silent has just become known as off-line: the time since its last signal is what visitors waited. */
  sees(news: LineNews): void {
    this.#noteBatch();
    if (news.kind !== 'off-line' || news.reason !== 'silent') return;
    const silentMs = this.#silentMs(news.line);
    if (silentMs !== null && this.#detections.length < MOST_DETECTIONS) this.#detections.push(silentMs);
  }

  /** Looks at batches and secondaries each second and writes a sample each minute, until `signal`. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#parts;
    const watching = every({ periodMs: 1_000, clock, log }, signal, async () => this.#look());
    const writing = every({ periodMs: SAMPLE_MS, clock, log }, signal, () => this.sample());
    await Promise.all([watching, writing]);
  }

  async sample(): Promise<void> {
    const { registry, store, lags, othersTurn, clock } = this.#parts;
    this.#look();
    lags.endMinute(clock.now());
    const { count: batches, largest: largestBatch, slowestMs: slowestBatchMs } = this.#batches;
    const detectionMs = medianOf(this.#detections);
    this.#batches = { count: 0, largest: 0, slowestMs: 0 };
    this.#detections = [];
    const counts = await lineCounts(registry, othersTurn);
    const at = clock.now();
    const sample: Sample = { at, ...counts, batches, largestBatch, slowestBatchMs, detectionMs };
    await store.put(sample, at - SAMPLES_KEPT_MS);
  }

  #look(): void {
    const { lags, secondaries } = this.#parts;
    this.#noteBatch();
    lags.see(secondaries());
  }

  #noteBatch(): void {
    const { count, last, lastMs } = this.#parts.registry.batches;
    if (count === this.#seenCount) return;
    const { count: before, largest, slowestMs } = this.#batches;
    this.#batches = {
      count: before + count - this.#seenCount,
      largest: Math.max(largest, last?.size ?? 0),
      slowestMs: Math.max(slowestMs, lastMs ?? 0),
    };
    this.#seenCount = count;
  }

  #silentMs(line: LineId): number | null {
    const { registry, clock } = this.#parts;
    const heardAt = registry.presence.heardAt(line);
    return heardAt === null ? null : Math.round(clock.elapsed() - heardAt);
  }
}

function medianOf(values: readonly number[]): number | null {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? null;
}
