import { join } from 'node:path';
import process from 'node:process';
import { sqliteMessages } from '../../gateway-server/store/io/sqlite-messages.ts';
import { sqliteShelf } from '../../gateway-server/store/io/sqlite-shelf.ts';
import { openGatewayDatabase } from '../../gateway-server/store/io/sqlite-store.ts';
import { ContentFolder } from '../../gateway-server/subscriber/io/content-folder.ts';
import { KeptMailbox } from '../../gateway-server/subscriber/kept-mailbox.ts';
import { KeptShelf } from '../../gateway-server/subscriber/kept-shelf.ts';
import type { LineId } from '../../protocol/line-id.ts';
import { systemClock } from '../../runtime/clock.ts';
import { bytes } from './keeping-lab.ts';
import { MemoryLog } from './memory-log.ts';

/** A program to be killed: leaves messages and offers for the lines as fast as it can, and says what was acknowledged. */

const [folder = '', ...ids] = process.argv.slice(2);
const database = openGatewayDatabase(join(folder, 'gateway.sqlite'));
const files = new ContentFolder(join(folder, 'content'), new MemoryLog());
const shared = { files, quotaBytes: () => 1_000_000_000, clock: systemClock, log: new MemoryLog() };
const standings = { setMessages: () => undefined, note: () => undefined };
const mailbox = await KeptMailbox.open({
  ...shared,
  store: sqliteMessages(database),
  standings,
  witnesses: [],
});
const shelf = await KeptShelf.open({ ...shared, store: sqliteShelf(database), mailbox });

async function leave(line: LineId, turn: number): Promise<void> {
  const taken = await mailbox.takeIn(line, { kind: 'voice', mediaType: 'audio/ogg', source: bytes(20_000) });
  const recording = taken.kind === 'taken-in' ? taken.recording : null;
  const words = { at: turn, name: '', contact: '', text: `turn ${turn}` };
  const kept = recording && (await mailbox.keep({ line, ...words, recording }));
  if (kept === 'kept') process.stdout.write(`message ${line} ${turn}\n`);
}

async function offer(line: LineId, turn: number): Promise<void> {
  const greeting = {
    role: 'greeting',
    name: `turn ${turn}`,
    mediaType: 'audio/ogg',
    source: bytes(20_000),
  } as const;
  const { kind } = await shelf.put(line, greeting);
  if (kind === 'kept') process.stdout.write(`greeting ${line} ${turn}\n`);
}

for (let turn = 1; ; turn++) {
  await Promise.all(
    ids.flatMap((id) => [
      turn <= 190 ? leave(id as LineId, turn) : Promise.resolve(),
      offer(id as LineId, turn),
    ]),
  );
}
