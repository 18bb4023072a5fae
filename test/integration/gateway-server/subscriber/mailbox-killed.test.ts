import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { MOST_MESSAGES } from '../../../../gateway-server/subscriber/mailbox.ts';
import type { LineId } from '../../../../protocol/line-id.ts';
import { gathered, KeepingLab } from '../../../support/keeping-lab.ts';
import { ALICE, BOB } from '../../../support/stored-lines.ts';

const WRITER = fileURLToPath(new URL('../../../support/message-writer.ts', import.meta.url));
const ROUNDS = 4;

test('a gateway that is killed has every message and greeting that it said was kept, whole, and nothing else after a sweep', {
  timeout: 60_000,
}, async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const lab = await KeepingLab.open({ quotaBytes: 1_000_000_000 });
    await lab.gateway.store.close();
    const told = await toldBeforeKilled(lab.folder, 10 + round * 23);
    await lab.reopen();
    for (const line of [ALICE, BOB]) await expectAllOf(lab, line, told);
    await sweep(lab);
    expect(filesIn(lab).sort()).toEqual((await referredIn(lab)).sort());
  }
});

/** Every acknowledged message is there with its recording; the greeting is the last acknowledged one or the next. */
async function expectAllOf({ mailbox, shelf }: KeepingLab, line: LineId, told: readonly string[]) {
  const messages = await mailbox.list(line, { before: null, most: MOST_MESSAGES });
  const texts = messages.map(({ text }) => text);
  expect(texts).toEqual(
    expect.arrayContaining(turnsOf(told, `message ${line}`).map((turn) => `turn ${turn}`)),
  );
  for (const message of messages) {
    expect(await gathered(await mailbox.play(message, null, NEVER))).toHaveLength(20_000);
  }
  const [greeting, ...others] = shelf.offers(line);
  expect(others).toEqual([]);
  const lastTold = turnsOf(told, `greeting ${line}`).at(-1) ?? 0;
  const turn = Number(greeting?.name.slice('turn '.length) ?? 0);
  expect([lastTold, lastTold + 1]).toContain(turn);
  if (greeting) expect(await gathered(await shelf.read(greeting, null, NEVER))).toHaveLength(20_000);
}

async function sweep(lab: KeepingLab): Promise<void> {
  const referred = new Set(await referredIn(lab));
  await lab.files.sweep((_, id) => referred.has(id));
}

async function referredIn({ mailbox, shelf }: KeepingLab): Promise<string[]> {
  const lists = await Promise.all(
    [ALICE, BOB].map(async (line) => {
      const messages = await mailbox.list(line, { before: null, most: MOST_MESSAGES });
      const recordings = messages.flatMap(({ recording }) => recording?.content ?? []);
      return [...recordings, ...shelf.offers(line).map(({ id }) => id)];
    }),
  );
  return lists.flat();
}

function filesIn({ folder }: KeepingLab): string[] {
  return readdirSync(join(folder, 'content'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
}

function turnsOf(told: readonly string[], what: string): number[] {
  return told.filter((line) => line.startsWith(`${what} `)).map((line) => Number(line.split(' ').at(-1)));
}

/** Lets the writer acknowledge so many things, kills it in the midst of the next, and gives what it has told. */
async function toldBeforeKilled(folder: string, most: number): Promise<readonly string[]> {
  const writer = spawn(execPath, [WRITER, folder, ALICE, BOB]);
  let out = '';
  writer.stdout.on('data', (chunk) => {
    out += chunk;
    if (out.split('\n').length > most) writer.kill('SIGKILL');
  });
  let err = '';
  writer.stderr.on('data', (chunk) => {
    err += chunk;
  });
  await new Promise((resolve) => writer.on('close', resolve));
  expect(err).toBe('');
  const told = out.split('\n').slice(0, -1);
  expect(told.length).toBeGreaterThanOrEqual(most);
  return told;
}

const NEVER = new AbortController().signal;
