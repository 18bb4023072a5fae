import { describe, expect, test } from 'vitest';
import { BatchTimes } from '../../../../../gateway-server/zone/backup/batch-times.ts';
import { Progress } from '../../../../../gateway-server/zone/backup/progress.ts';
import { ProofWatcher } from '../../../../../gateway-server/zone/backup/proof-watcher.ts';
import { Trouble } from '../../../../../gateway-server/zone/backup/trouble.ts';
import { BackupLab } from '../../../../support/backup-lab.ts';
import { replyTo, soaReply } from '../../../../support/backup-replies.ts';
import { decodeDns } from '../../../../support/dns-message.ts';

const HOST = '192.0.2.1';

/** A watcher at work for one backup, which serves what we serve. */
function watching() {
  const lab = new BackupLab(5);
  const backup = lab.backup(HOST, { serial: 5 });
  const times = new BatchTimes();
  times.note(5, 0);
  const [progress, trouble] = [new Progress(times), new Trouble(HOST, lab.log)];
  const events: string[] = [];
  const watcher = new ProofWatcher({
    ...lab,
    zone: lab.zone,
    secondary: backup.secondary,
    progress,
    trouble,
    proofTimeoutMs: 5_000,
    onProgress: () => events.push(`shows ${progress.shown}`),
    onReturn: () => events.push('is back'),
  });
  void watcher.run(lab.signal);
  return { lab, clock: lab.clock, backup, trouble, events };
}

describe('a watcher of proofs', () => {
  test('asks without a wish for recursion and with another ID each time', async () => {
    const { lab, clock } = watching();
    await clock.advance(60_000);
    const questions = lab.exchange.sent.map(({ message }) => decodeDns(message));
    expect(new Set(questions.map(({ id }) => id)).size).toBe(3);
    for (const { flags, questions: asked } of questions)
      expect([flags, asked]).toEqual(['', [{ name: 'mwebpages.test', type: 6, class: 1 }]]);
  });

  test('tells of a new serial, and not of the same again', async () => {
    const { clock, backup, events } = watching();
    await clock.advance(60_000);
    backup.serial = 6;
    await clock.advance(60_000);
    expect(events).toEqual(['shows 5', 'shows 6']);
  });

  test('asks again after a second when a backup in step falls silent, and says so after five', async () => {
    const { clock, backup, trouble, events } = watching();
    await clock.advance(1);
    backup.serial = null;
    await clock.advance(30_000);
    const first = backup.askedAt.at(-1) ?? 0;
    await clock.advance(4_900);
    // each waits two seconds for its answer
    expect(backup.askedAt.filter((at) => at > first)).toEqual([first + 3_000]);
    expect(trouble.problem).toBeNull();
    await clock.advance(3_000);
    expect(trouble.problem).toBe('does not answer');
    backup.serial = 5;
    await clock.advance(10_000);
    expect([trouble.problem, events.at(-1)]).toEqual([null, 'is back']);
  });

  test.each([
    ['refuses', (message: Buffer) => replyTo(message, { rcode: 5 }), 'answers REFUSED'],
    ['has lost the zone', (message: Buffer) => replyTo(message, { rcode: 2 }), 'answers SERVFAIL'],
    [
      'answers from a cache',
      (message: Buffer) => soaReply(message, 5, { isAuthoritative: false }),
      'answers without authority',
    ],
  ])('says what is wrong with a backup that %s', async (_what, server, problem) => {
    const { lab, clock, backup, trouble, events } = watching();
    lab.exchange.serve(backup.secondary.endpoint, server);
    await clock.advance(60_000);
    expect([trouble.problem, events]).toEqual([problem, ['shows 5']]);
  });
});
