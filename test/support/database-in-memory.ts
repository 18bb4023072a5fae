import { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { MIGRATIONS } from '../../gateway-server/store/io/schema.ts';
import type { SharedDatabase } from '../../gateway-server/store/io/shared-database.ts';
import { WriteGroup } from '../../gateway-server/store/io/write-group.ts';
import type { Clock } from '../../runtime/clock.ts';

/** The real tables without a file; with alice and bob. */
export function databaseInMemory(clock: Clock): SharedDatabase {
  const database = new DatabaseSync(':memory:');
  database.exec('PRAGMA foreign_keys = ON');
  for (const step of MIGRATIONS) database.exec(step);
  for (const line of ['alice', 'bob']) {
    database.exec(`INSERT INTO line VALUES ('${line}', 'ab', '${line}.mwebpages.test', '', 0, '', 1, 0)`);
  }
  return { database, writes: new WriteGroup(database, clock) };
}

/** Lets everything happen that needs no time: writes are made in later turns of the event loop. */
export async function quiet(turns = 30): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await nextTurn();
}

/** Bytes that differ at each draw. */
export function countingRandom(): (bytes: number) => Uint8Array {
  let draws = 0;
  return (bytes) => {
    draws += 1;
    const drawn = Buffer.alloc(bytes, 7);
    drawn.writeUInt32BE(draws, bytes - 4);
    return drawn;
  };
}
