import { describe, expect, test } from 'vitest';
import { Notifier } from '../../../../../gateway-server/zone/backup/notifier.ts';
import { Trouble } from '../../../../../gateway-server/zone/backup/trouble.ts';
import type { TsigKey } from '../../../../../gateway-server/zone/tsig-key.ts';
import { BackupLab, type FakeBackup } from '../../../../support/backup-lab.ts';
import { replyTo } from '../../../../support/backup-replies.ts';
import { KEY_256, KEY_512, macBefore, signedBy, takenTsig } from '../../../../support/dns-tsig.ts';

const HOST = '192.0.2.1';

/** A notifier at work for one backup, which is alive unless the test takes its serial away. */
function notifying({ key }: { readonly key?: TsigKey } = {}) {
  const lab = new BackupLab(5);
  const backup = lab.backup(HOST, { ...(key ? { key } : {}), serial: 5 });
  const trouble = new Trouble(HOST, lab.log);
  const notifier = new Notifier({ ...lab, zone: lab.zone, secondary: backup.secondary, trouble });
  const running = notifier.run(lab.signal);
  return { ...lab, lab, backup, trouble, notifier, running };
}

function tries({ notified }: FakeBackup): readonly (readonly [number, number])[] {
  return notified.map(({ serial, at }) => [serial, at] as const);
}

describe('a notifier', () => {
  test('tells a backup once that answers', async () => {
    const { clock, notifier, backup } = notifying();
    notifier.notify(5);
    await clock.advance(600_000);
    expect(tries(backup)).toEqual([[5, 0]]);
  });

  test('tells a silent one again after 1, 2, 4 ... 60 seconds', async () => {
    const { clock, notifier, backup } = notifying();
    backup.serial = null;
    notifier.notify(5);
    await clock.advance(250_000);
    const seconds = backup.notified.map(({ at }) => at / 1_000);
    expect(seconds).toEqual([0, 1, 3, 7, 15, 31, 63, 123, 183, 243]);
  });

  test('tells a newer serial in place of the retry of an older one, at once', async () => {
    const { clock, notifier, backup } = notifying();
    backup.serial = null;
    notifier.notify(5);
    await clock.advance(9_000);
    backup.serial = 5;
    notifier.notify(6);
    await clock.advance(100_000);
    expect(tries(backup)).toEqual([
      [5, 0],
      [5, 1_000],
      [5, 3_000],
      [5, 7_000],
      [6, 9_000],
    ]);
  });

  test('waits for the reply to one message before it sends the next, and then sends the newest only', async () => {
    const { clock, exchange, notifier, backup } = notifying();
    backup.serial = null;
    for (let serial = 6; serial < 26; serial++) {
      notifier.notify(serial);
      await clock.advance(100);
    }
    expect(tries(backup)).toEqual([
      [6, 0],
      [15, 1_000],
      [25, 2_000],
    ]);
    expect(exchange.mostOutstanding).toBe(1);
  });

  test('does not tell the same serial twice', async () => {
    const { clock, notifier, backup } = notifying();
    notifier.notify(5);
    await clock.advance(1);
    notifier.notify(5);
    await clock.advance(10_000);
    expect(backup.notified).toHaveLength(1);
  });

  test.each([
    ['NOTIMP', 4],
    ['REFUSED', 5],
    ['NOTAUTH', 9],
  ])('takes %s for an answer, and says once that something is wrong', async (name, rcode) => {
    const { clock, notifier, backup, trouble, log } = notifying();
    backup.toNotify = (message) => replyTo(message, { rcode });
    notifier.notify(5);
    await clock.advance(100_000);
    notifier.notify(6);
    await clock.advance(100_000);
    expect(backup.notified.map(({ serial }) => serial)).toEqual([5, 6]);
    expect(trouble.problem).toBe(`answers NOTIFY with ${name}`);
    expect(log.events.filter((event) => event.startsWith('warn'))).toHaveLength(1);
    backup.toNotify = (message) => replyTo(message);
    notifier.notify(7);
    await clock.advance(1);
    expect(trouble.problem).toBeNull();
  });

  test('says that a backup does not answer when five messages were lost', async () => {
    const { clock, notifier, backup, trouble } = notifying();
    backup.serial = null;
    notifier.notify(5);
    await clock.advance(15_900);
    expect(trouble.problem).toBeNull();
    await clock.advance(200);
    expect(trouble.problem).toBe('does not answer NOTIFY');
  });

  test('tries again at once when the backup is said to be back', async () => {
    const { clock, notifier, backup } = notifying();
    backup.serial = null;
    notifier.notify(5);
    await clock.advance(40_000);
    backup.serial = 4;
    notifier.tryAgain();
    await clock.advance(1);
    expect(backup.notified.at(-1)?.at).toBe(40_000);
  });

  test('goes on when the network fails in an unexpected way', async () => {
    const { clock, notifier, backup, exchange } = notifying();
    const { ask } = exchange;
    exchange.ask = () => Promise.reject(new Error('too many open files'));
    notifier.notify(5);
    await clock.advance(1_500);
    exchange.ask = ask;
    await clock.advance(2_000);
    expect(tries(backup)).toEqual([[5, 3_000]]);
  });

  test('ends when it is told to, in whatever it does', async () => {
    const resting = notifying();
    resting.lab.stop();
    await resting.running;
    const asking = notifying();
    asking.backup.serial = null;
    asking.notifier.notify(5);
    await asking.clock.advance(500);
    asking.lab.stop();
    await asking.running;
    expect(asking.trouble.problem).toBeNull();
  });
});

describe('a notifier with a key', () => {
  const signedReply = (message: Buffer, key: TsigKey, atSeconds: number) =>
    signedBy(replyTo(takenTsig(message).message), {
      key,
      atSeconds,
      before: macBefore(takenTsig(message).mac),
    });

  test('signs what it sends, and takes a signed answer', async () => {
    const { clock, notifier, backup, trouble, exchange } = notifying({ key: KEY_256 });
    backup.toNotify = (message) => signedReply(message, KEY_256, 0);
    notifier.notify(5);
    await clock.advance(60_000);
    expect([backup.notified.length, trouble.problem]).toEqual([1, null]);
    const { message, ...taken } = takenTsig(exchange.sent[0]?.message ?? Buffer.alloc(0));
    const again = takenTsig(signedBy(message, { key: KEY_256, atSeconds: taken.atSeconds }));
    expect(taken.mac).toEqual(again.mac);
  });

  test.each([
    ['unsigned', (message: Buffer) => replyTo(takenTsig(message).message)],
    ['signed with another key', (message: Buffer) => signedReply(message, KEY_512, 1_000)],
    ['signed long ago', (message: Buffer) => signedReply(message, KEY_256, 699)],
  ])('takes an answer for none that is %s', async (_what, toNotify) => {
    const { clock, notifier, backup, trouble } = notifying({ key: KEY_256 });
    clock.jumpWall(1_000_000);
    backup.toNotify = toNotify;
    notifier.notify(5);
    await clock.advance(5_000);
    expect(backup.notified.map(({ at }) => at)).toEqual([0, 1_000, 3_000]);
    expect(trouble.problem).toBe('answers NOTIFY with NOERROR, not signed with key xfr.example');
  });

  test('says what a server answers that does not know the key', async () => {
    const { clock, notifier, backup, trouble } = notifying({ key: KEY_256 });
    backup.toNotify = (message) => replyTo(takenTsig(message).message, { rcode: 9 });
    notifier.notify(5);
    await clock.advance(1);
    expect(trouble.problem).toBe('answers NOTIFY with NOTAUTH, not signed with key xfr.example');
  });
});
