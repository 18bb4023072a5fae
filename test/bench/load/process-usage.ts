import { readFileSync } from 'node:fs';

/** The unit of the kernel's CPU times on Linux, whatever its timer runs at. */
const TICK_MS = 10;

/** CPU time that the process itself has used, its ended children not counted. */
export function cpuMsOf(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // the program's name stands in brackets and may hold anything; utime and stime are the 14th and 15th field (proc(5))
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

export function residentKib(pid: number): number {
  const row = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(row?.[1] ?? Number.NaN);
}
