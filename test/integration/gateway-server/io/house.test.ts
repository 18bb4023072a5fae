import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { assemble, storeDesk } from '../../../../gateway-server/io/assembly.ts';
import { readSettingsFile } from '../../../../gateway-server/io/settings-file.ts';
import { carryOut } from '../../../../gateway-server/operator/commands.ts';
import { bytes } from '../../../support/keeping-lab.ts';
import { MemoryLog } from '../../../support/memory-log.ts';
import { ALICE } from '../../../support/stored-lines.ts';

const NOWHERE = 'http://192.0.2.1/hook';

/** The desk of a gateway that does not serve, over a folder of its own. */
async function desk() {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-house-'));
  const file = join(folder, 'gateway.toml');
  writeFileSync(file, '[zone]\nname = "mwebpages.test"\n[addresses]\nallow = ["192.0.2.0/24"]\n');
  const log = new MemoryLog();
  const assembly = await assemble(() => readSettingsFile(file), log);
  onTestFinished(async () => {
    await assembly.store.close();
    rmSync(folder, { recursive: true });
  });
  return { folder, log, file, assembly, desk: storeDesk(assembly, log) };
}

/** Where the database still names alice, as `table: row`. */
function tracesIn(folder: string): string[] {
  const database = new DatabaseSync(join(folder, 'data', 'gateway.sqlite'), { readOnly: true });
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  const traces = tables.flatMap(({ name }) =>
    database
      .prepare(`SELECT * FROM "${String(name)}"`)
      .all()
      .filter((row) => JSON.stringify(row).includes('alice'))
      .map((row) => `${String(name)}: ${JSON.stringify(row)}`),
  );
  database.close();
  return traces;
}

test('of a line that is removed nothing is left but what the operator has noted, on disk and in memory', async () => {
  const { folder, desk: at } = await desk();
  const { house } = at;
  await carryOut(at, { command: 'line add', args: { id: 'alice' } });
  const recording = await house.mailbox.takeIn(ALICE, {
    kind: 'voice',
    mediaType: 'audio/webm',
    source: bytes(50),
  });
  if (recording.kind !== 'taken-in') throw new Error(recording.kind);
  await house.mailbox.keep({
    ...{ line: ALICE, at: 1, name: 'Zoe', contact: '', text: 'hi' },
    recording: recording.recording,
  });
  await house.shelf.keepPage(ALICE, { kind: 'html', html: 'of alice', showsCopy: true });
  const offer = { role: 'file', name: 'alice.txt', mediaType: 'text/plain', source: bytes(50) } as const;
  expect(await house.shelf.put(ALICE, offer)).toMatchObject({ kind: 'kept' });
  const account = await house.doorkeeper.ownerAccount(ALICE);
  await house.doorkeeper.issueToken(account, { name: 'mine', scopes: ['line:read'], expiresAt: null });
  expect(await house.webhooks.register({ line: ALICE, url: NOWHERE, events: ['live'] })).toHaveProperty(
    'webhook',
  );
  expect(tracesIn(folder).length).toBeGreaterThan(6);
  await carryOut(at, { command: 'line remove', args: { id: 'alice' } });
  const left = tracesIn(folder).filter((trace) => !/^(?:history|waiting|audit): /.test(trace));
  expect(left).toEqual([]);
  const files = readdirSync(join(folder, 'data', 'content'), { recursive: true, withFileTypes: true });
  expect(files.filter((entry) => entry.isFile())).toEqual([]);
  expect(house.webhooks.list(ALICE)).toEqual([]);
  expect(house.shelf.offers(ALICE)).toEqual([]);
  expect(await house.mailbox.count(ALICE)).toEqual({ all: 0, unread: 0, bytes: 0 });
  expect(house.doorkeeper.tokensOf(account.id)).toEqual([]);
});

test('the key of the log-in links is closed to others at the start, and the operator is told', async () => {
  const { folder, file, assembly } = await desk();
  const key = join(folder, 'data', 'portal.key');
  expect(statSync(key).mode & 0o777).toBe(0o600);
  await assembly.store.close();
  chmodSync(key, 0o644);
  const log = new MemoryLog();
  const again = await assemble(() => readSettingsFile(file), log);
  onTestFinished(() => again.store.close());
  expect(statSync(key).mode & 0o777).toBe(0o600);
  expect(log.events.join('\n')).toContain('others could read the key');
});
