import process from 'node:process';
import { openSqliteStore } from '../../gateway-server/store/io/sqlite-store.ts';
import type { LineId } from '../../protocol/line-id.ts';
import { batchAt, updateTo } from './stored-lines.ts';

/** A program to be killed: writes batches and updates as fast as it can and says after each one that it was acknowledged. */

const [path = ''] = process.argv.slice(2);
const store = openSqliteStore(path);
const { lines, serial } = await store.load();
const ids = lines.map(({ id }): LineId => id);

for (let next = serial + 1; ; next++) {
  const updates = ids.map((id) => updateTo(id, `198.51.100.${next % 250}`, next));
  await Promise.all(updates.map((update) => store.putUpdates([update])));
  process.stdout.write(`queued ${next}\n`);
  await store.commitBatch(batchAt(next, updates));
  process.stdout.write(`batch ${next}\n`);
}
