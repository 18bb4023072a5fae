import type { Part } from '../dns/part.ts';
import type { Figure } from '../report/figure.ts';
import { ended, field } from './contestants.ts';

/** From the start of the process to the other side's answer: CONNACK over TLS 1.3, or the reply to an update without TLS. */
export async function start(part: Part): Promise<Figure[]> {
  const { contestants, close } = await field(part);
  const samples = new Map(contestants.map(({ name }) => [name, [] as number[]]));
  for (let round = 0; round < (part.isShort ? 5 : 40); round++) {
    for (const contestant of contestants) {
      const from = performance.now();
      const { child, told } = contestant.start();
      await told;
      samples.get(contestant.name)?.push(performance.now() - from);
      await ended(child);
    }
  }
  close();
  return contestants.map(({ name, isOurs }) => ({
    name: `${name}: start to ${isOurs ? 'CONNACK over TLS' : 'the answer to its update'}`,
    unit: 'ms',
    samples: samples.get(name) ?? [],
    ...(name === 'compact agent' && { target: { median: 40 } }),
  }));
}
