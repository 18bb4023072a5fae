import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import type { Part } from '../dns/part.ts';
import type { Figure } from '../report/figure.ts';
import { companionBytes, field } from './contestants.ts';

const TARGETS: Readonly<Record<string, readonly [bytes: number, packed?: number]>> = {
  'compact agent': [1.25, 0.6],
  'agent with Node inside': [110],
};

/** What has to be in the flash: each program, and the shared libraries or interpreter that it cannot be without (Perl without its modules). */
export async function size(part: Part): Promise<Figure[]> {
  const { contestants, close } = await field(part);
  close();
  return contestants.flatMap(({ name, program }) => {
    const [most, mostPacked] = TARGETS[name] ?? [];
    const packed = Number(
      execFileSync('sh', ['-c', `xz -9e -c "$1" | wc -c`, 'sh', program], { encoding: 'utf8' }),
    );
    return [
      {
        name: `${name}: size`,
        unit: 'MB',
        samples: [statSync(program).size / 1e6],
        ...(most && { target: { median: most } }),
      },
      {
        name: `${name}: in xz`,
        unit: 'MB',
        samples: [packed / 1e6],
        ...(mostPacked && { target: { median: mostPacked } }),
      },
      {
        name: `${name}: shared libraries and interpreter`,
        unit: 'MB',
        samples: [companionBytes(program) / 1e6],
      },
    ];
  });
}
