import { setTimeout as sleep } from 'node:timers/promises';
import type { Part } from '../dns/part.ts';
import type { Figure } from '../report/figure.ts';
import { ended, type Field, field } from './contestants.ts';

/** From a lease file's rename to the registration at the broker. The peers have no such event: they look at intervals. */
export async function reaction(part: Part): Promise<Figure[]> {
  const { contestants, broker, close } = await field(part);
  const figures: Figure[] = [];
  let turn = 0;
  for (const { name, bind, start } of contestants) {
    if (!bind) continue;
    const { child, told } = start();
    await told;
    await sleep(1_000);
    const samples: number[] = [];
    for (let event = 0; event < (part.isShort ? 30 : 300); event++) {
      await sleep(30 + (event % 7) * 10);
      const from = performance.now();
      bind(`127.${9 + Math.floor(turn / 250)}.7.${1 + (turn++ % 250)}`);
      await registration(broker);
      samples.push(performance.now() - from);
    }
    figures.push({
      name: `${name}: lease event to registration`,
      unit: 'ms',
      samples,
      target: { p99: 30 },
    });
    await ended(child);
  }
  close();
  return figures;
}

function registration({ aedes }: Field['broker']): Promise<void> {
  return new Promise((resolve) => {
    const look = ({ topic }: { readonly topic: string }) => {
      if (!topic.endsWith('/register')) return;
      aedes.off('publish', look);
      resolve();
    };
    aedes.on('publish', look);
  });
}
