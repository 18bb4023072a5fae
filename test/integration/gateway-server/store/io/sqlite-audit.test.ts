import { expect, test } from 'vitest';
import { sqliteAudit } from '../../../../../gateway-server/store/io/sqlite-audit.ts';
import { StoreUnavailable } from '../../../../../gateway-server/store/store.ts';
import { KeepingLab } from '../../../../support/keeping-lab.ts';
import { ALICE } from '../../../../support/stored-lines.ts';

const EVERYTHING = { before: null, most: 1_000, subject: null };

async function auditLab() {
  const lab = await KeepingLab.open();
  const log = () => sqliteAudit(lab.gateway, lab.clock);
  const suspended = (subject: string) => log().note({ ...SUSPENSION, subject });
  return { lab, log, suspended };
}

const SUSPENSION = { actor: 'carla', action: 'line suspend', subject: 'alice', detail: 'as she asked' };

test('who did what, and when, is there after a restart', async () => {
  const { lab, log } = await auditLab();
  await log().note(SUSPENSION);
  await lab.clock.advance(1_000);
  await log().note({ actor: 'token ci of carla', action: 'log in', subject: '', detail: '' });
  await lab.reopen();
  expect(await log().entries(EVERYTHING)).toEqual([
    { number: 2, at: 6_000, actor: 'token ci of carla', action: 'log in', subject: '', detail: '' },
    { number: 1, at: 5_000, ...SUSPENSION },
  ]);
});

test('entries come newest first, page by page, without a gap', async () => {
  const { log, suspended } = await auditLab();
  for (const subject of ['a', 'b', 'c', 'd', 'e']) await suspended(subject);
  const seen: string[][] = [];
  for (let before: number | null = null; ; ) {
    const page = await log().entries({ ...EVERYTHING, before, most: 2 });
    if (page.length === 0) break;
    seen.push(page.map(({ subject }) => subject));
    before = page.at(-1)?.number ?? null;
  }
  expect(seen).toEqual([['e', 'd'], ['c', 'b'], ['a']]);
});

test('entries about one line leave all others out, on every page', async () => {
  const { log, suspended } = await auditLab();
  for (const subject of ['alice', 'bob', 'alice', 'alice-2', 'alice']) await suspended(subject);
  const about = { subject: 'alice', most: 2 };
  const first = await log().entries({ ...about, before: null });
  const second = await log().entries({ ...about, before: first.at(-1)?.number ?? null });
  expect([...first, ...second].map(({ number }) => number)).toEqual([5, 3, 1]);
});

test('what was done to a line stays known when the line is gone', async () => {
  const { lab, log } = await auditLab();
  await log().note({ ...SUSPENSION, action: 'line remove' });
  await lab.gateway.store.removeLine(ALICE);
  expect(await log().entries({ ...EVERYTHING, subject: 'alice' })).toHaveLength(1);
});

test('words of an actor or a subject are kept as they are, whatever they look like', async () => {
  const { log } = await auditLab();
  const odd = { actor: `x'); DROP TABLE audit; --`, action: 'line add', subject: '%', detail: 'Zoë\n"\0' };
  await log().note(odd);
  expect(await log().entries({ ...EVERYTHING, subject: '%' })).toMatchObject([odd]);
});

test('a note that is not on disk is told as such', async () => {
  const { lab, log } = await auditLab();
  const audit = log();
  await lab.gateway.store.close();
  await expect(audit.note(SUSPENSION)).rejects.toThrow(StoreUnavailable);
  await expect(audit.entries(EVERYTHING)).rejects.toThrow(StoreUnavailable);
});
