import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryMb: number;
  readonly kernel: string;
  readonly node: string;
  /** Figures taken beside other work say less. */
  readonly loadBefore: number;
  readonly loadAfter: number;
}

/** Runnable processes on average over the last minute. */
export function loadNow(): number {
  return loadavg()[0] ?? 0;
}

/** Looked at after the run. */
export function thisMachine(loadBefore: number): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryMb: Math.round(totalmem() / 2 ** 20),
    kernel: release(),
    node: process.version,
    loadBefore,
    loadAfter: loadNow(),
  };
}

export function machineText({ cpu, cores, memoryMb, kernel, node, loadBefore, loadAfter }: Machine): string {
  return `${cpu}, ${cores} cores, ${memoryMb} MB, Linux ${kernel}, Node ${node}, load average ${loadBefore.toFixed(1)} before and ${loadAfter.toFixed(1)} after`;
}
