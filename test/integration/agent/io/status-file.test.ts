import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readStatusFile, StatusFile } from '../../../../agent/io/status-file.ts';
import { type Status, StatusBoard } from '../../../../agent/status.ts';
import { temporaryFolder } from '../../../support/agent-temporary-folder.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { MemoryLog } from '../../../support/memory-log.ts';

function boardOn(file: StatusFile): StatusBoard {
  const about = { version: '1', line: 'alice', domain: 'alice.example.test', gateway: 'mqtts://gw:8883' };
  return new StatusBoard(new ManualClock(), about, (status: Status) => file.show(status));
}

test('writes the newest status, whole at every moment, and nothing beside it', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'run', 'status.json');
  const file = new StatusFile(path, new MemoryLog());
  const board = boardOn(file);
  for (let i = 0; i < 50; i++) board.change({ serial: i });
  board.change({ state: 'live' });
  await file.flush();
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({
    pid: process.pid,
    state: 'live',
    serial: 49,
  });
  expect(readdirSync(join(folder, 'run'))).toEqual(['status.json']);
  expect(await readStatusFile(path)).toMatchObject({ kind: 'status', isRunning: true });
});

test('warns once when the file cannot be written, and goes on', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'in-the-way'), '');
  const log = new MemoryLog();
  const file = new StatusFile(join(folder, 'in-the-way', 'status.json'), log);
  const board = boardOn(file);
  for (let i = 0; i < 3; i++) {
    board.change({ serial: i });
    await file.flush();
  }
  expect(log.events).toHaveLength(1);
  expect(log.events[0]).toMatch(/^warn status file not written/);
});

test('tells an agent that is gone from one that runs', async () => {
  const path = join(temporaryFolder(), 'status.json');
  const gone = { pid: 2 ** 22 + 1, state: 'live', events: [] };
  writeFileSync(path, JSON.stringify(gone));
  expect(await readStatusFile(path)).toMatchObject({ kind: 'status', isRunning: false });
  writeFileSync(path, JSON.stringify({ ...gone, pid: process.pid, state: 'stopped' }));
  expect(await readStatusFile(path)).toMatchObject({ isRunning: false });
});

test('tells a file that is missing or none of ours', async () => {
  const path = join(temporaryFolder(), 'status.json');
  expect((await readStatusFile(path)).kind).toBe('none');
  for (const text of ['', 'null', '[]', '{}']) {
    writeFileSync(path, text);
    expect((await readStatusFile(path)).kind).toBe('none');
  }
});
