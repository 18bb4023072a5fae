import { readFile } from 'node:fs/promises';
import { ChaosLine, chaosDay } from './agent-chaos-day.ts';
import { seededRandom } from './seeded-random.ts';

/** A program of its own, so that both engines can live the same day; prints what was seen as JSON. */
const [, , what = 'day', first = '1', second = '10000'] = process.argv;

/** KiB that are held: V8's heap where its collector can be asked first, else all memory of the process. */
async function heldKib(): Promise<number> {
  const { gc } = globalThis as { gc?: () => void };
  if (gc === undefined) {
    const status = await readFile('/proc/self/status', 'utf8');
    return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]);
  }
  gc();
  await new Promise((resolve) => setImmediate(resolve));
  gc();
  return Math.round(process.memoryUsage().heapUsed / 1024);
}

/** What is held after a tenth of so many alive signals and after all of them. */
async function memoryOver(signals: number) {
  const line = new ChaosLine(seededRandom(1));
  line.gateway.aliveMs = 100;
  line.holds('198.51.100.1');
  const held: number[] = [];
  for (const share of [0.1, 1]) {
    while (line.gateway.alives < signals * share) {
      await line.pass(10_000);
      // collectors clean up in turns of the loop
      await new Promise((resolve) => setImmediate(resolve));
    }
    held.push(await heldKib());
  }
  await line.end();
  return { alives: line.gateway.alives, held };
}

const seen = what === 'day' ? await chaosDay(Number(first), Number(second)) : await memoryOver(Number(first));
process.stdout.write(`${JSON.stringify(seen)}\n`);
