import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import process from 'node:process';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { openGatewayDatabase } from '../../gateway-server/store/io/sqlite-store.ts';
import { sqliteWebhooks } from '../../gateway-server/store/io/sqlite-webhooks.ts';
import { guardedCaller } from '../../gateway-server/webhook/io/guarded-caller.ts';
import { KeptWebhooks } from '../../gateway-server/webhook/kept-webhooks.ts';
import { WEBHOOK_EVENTS } from '../../gateway-server/webhook/webhook.ts';
import { systemClock } from '../../runtime/clock.ts';
import { LAB_REACH } from './lab-reach.ts';
import { MemoryLog } from './memory-log.ts';
import { ALICE, ANSWERED, lineNamed } from './stored-lines.ts';

/** A program to be killed: tells one webhook of one message after the other, as fast as it can. */

const [folder = '', url = ''] = process.argv.slice(2);
const shared = openGatewayDatabase(join(folder, 'gateway.sqlite'));
await shared.store.putLine(lineNamed(ALICE), ANSWERED);
const webhooks = new KeptWebhooks({
  store: sqliteWebhooks(shared),
  caller: guardedCaller({ reach: LAB_REACH }),
  reach: LAB_REACH,
  domainOf: () => null,
  random: randomBytes,
  clock: systemClock,
  log: new MemoryLog(),
});
await webhooks.register({ line: ALICE, url, events: WEBHOOK_EVENTS });
void webhooks.run(new AbortController().signal);
for (let number = 1; number <= 900; number++) {
  webhooks.sees({ kind: 'message', line: ALICE, at: 0, number });
  await nextTurn();
}
await new Promise(() => setInterval(() => undefined, 60_000));
