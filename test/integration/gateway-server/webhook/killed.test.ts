import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { openGatewayDatabase } from '../../../../gateway-server/store/io/sqlite-store.ts';
import { sqliteWebhooks } from '../../../../gateway-server/store/io/sqlite-webhooks.ts';
import { guardedCaller } from '../../../../gateway-server/webhook/io/guarded-caller.ts';
import { KeptWebhooks } from '../../../../gateway-server/webhook/kept-webhooks.ts';
import { systemClock } from '../../../../runtime/clock.ts';
import { hookReceiver } from '../../../support/hook-receiver.ts';
import { LAB_REACH } from '../../../support/lab-reach.ts';
import { MemoryLog } from '../../../support/memory-log.ts';

const SENDER = fileURLToPath(new URL('../../../support/webhook-sender.ts', import.meta.url));

test('a gateway that is killed goes on after its start: every delivery on disk arrives, in order, none is missing', {
  timeout: 60_000,
}, async () => {
  const { heard, port } = await hookReceiver();
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-webhooks-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const sender = spawn(execPath, [SENDER, folder, `http://127.0.0.1:${port}/`], { stdio: 'inherit' });
  const gone = new Promise((resolve) => sender.once('exit', resolve));
  onTestFinished(() => void sender.kill('SIGKILL'));
  await expect.poll(() => heard.length, { timeout: 20_000, interval: 5 }).toBeGreaterThan(20);
  sender.kill('SIGKILL');
  await gone;

  const shared = openGatewayDatabase(join(folder, 'gateway.sqlite'));
  onTestFinished(() => shared.store.close());
  const waiting = () => shared.database.prepare('SELECT id FROM delivery').all().length;
  expect(waiting()).toBeGreaterThan(0);
  const stop = new AbortController();
  const running = webhooksIn(shared).run(stop.signal);
  await expect.poll(waiting, { timeout: 30_000 }).toBe(0);
  stop.abort();
  await running;

  const numbers = heard.map(({ body }) => Number(JSON.parse(body).number));
  const distinct = [...new Set(numbers)];
  expect(distinct).toEqual(Array.from({ length: distinct.length }, (_, index) => index + 1));
  // the one that was on its way when the program was killed may arrive twice, under one id
  expect(numbers.length - distinct.length).toBeLessThanOrEqual(1);
  expect(new Set(heard.map(({ headers }) => headers['webhook-id'])).size).toBe(distinct.length);
});

function webhooksIn(shared: ReturnType<typeof openGatewayDatabase>): KeptWebhooks {
  return new KeptWebhooks({
    store: sqliteWebhooks(shared),
    caller: guardedCaller({ reach: LAB_REACH }),
    reach: LAB_REACH,
    domainOf: () => null,
    random: randomBytes,
    clock: systemClock,
    log: new MemoryLog(),
  });
}
