import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryMb: number;
  readonly kernel: string;
  readonly node: string;
  /** Of the minute before: figures taken beside other work say less. */
  readonly loadBefore: number;
}

export function thisMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryMb: Math.round(totalmem() / 2 ** 20),
    kernel: release(),
    node: process.version,
    loadBefore: loadavg()[0] ?? 0,
  };
}

export function machineText({ cpu, cores, memoryMb, kernel, node, loadBefore }: Machine): string {
  return `${cpu}, ${cores} cores, ${memoryMb} MB, Linux ${kernel}, Node ${node}, load before ${loadBefore.toFixed(2)}`;
}
