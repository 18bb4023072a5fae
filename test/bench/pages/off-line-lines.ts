import type { Line } from '../../../gateway-server/line/line.ts';
import type { Standing } from '../../../gateway-server/line/standing.ts';
import { openSqliteStore } from '../../../gateway-server/store/io/sqlite-store.ts';
import { lineOf } from '../dns/our-lines.ts';

const LINES_A_WRITE = 10_000;

/** Fills the store with lines that the gateway answers for. */
export async function storeOffLineLines(file: string, count: number): Promise<void> {
  const store = openSqliteStore(file);
  for (let from = 0; from < count; from += LINES_A_WRITE) {
    const size = Math.min(LINES_A_WRITE, count - from);
    await store.putLines(Array.from({ length: size }, (_, n) => offLine(from + n)));
  }
  await store.close();
}

function offLine(n: number): readonly [Line, Standing] {
  const [line, standing] = lineOf(n);
  return [
    { ...line, words: 'Back on Monday. Leave a message, or call the shop.' },
    {
      ...standing,
      published: { kind: 'answering', reason: 'silent', serial: 1, since: 1_000 },
      absence: { since: 1_000, until: null, reason: 'silent', hits: 0 },
    },
  ];
}
