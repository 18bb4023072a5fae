import { describe, expect, test } from 'vitest';
import { BackupServers } from '../../../../../gateway-server/zone/backup/backup-servers.ts';
import { parsePrefix } from '../../../../../protocol/prefix.ts';
import type { Clock } from '../../../../../runtime/clock.ts';
import { BackupLab, type FakeBackup } from '../../../../support/backup-lab.ts';

const PROOF_MS = 5_000;
const PROVED = { ok: true, missing: [] };

/** Backups at work for a zone that begins with serial 5. */
function atWork(lab: BackupLab, backups: readonly FakeBackup[], clock: Clock = lab.clock) {
  const servers = new BackupServers({
    ...lab,
    zone: lab.zone,
    clock,
    secondaries: backups.map(({ secondary }) => secondary),
    proofTimeoutMs: PROOF_MS,
  });
  const running = servers.run(lab.signal);
  /** In the order of the loop. */
  const batch = (serial: number) => {
    lab.zone.serial = serial;
    const proof = servers.proofOf(serial);
    servers.notify(serial);
    return { proof };
  };
  return { servers, running, batch };
}

/** A clock that knows how many wait for it. */
function countingClock(clock: Clock): Clock & { sleeping: number } {
  const counting = {
    sleeping: 0,
    now: () => clock.now(),
    elapsed: () => clock.elapsed(),
    sleep: async (ms: number, signal: AbortSignal) => {
      counting.sleeping += 1;
      try {
        await clock.sleep(ms, signal);
      } finally {
        counting.sleeping -= 1;
      }
    },
  };
  return counting;
}

const warnings = (lab: BackupLab) => lab.log.events.filter((event) => event.startsWith('warn'));

describe('backup servers', () => {
  test('are all told of the present serial when the gateway starts', async () => {
    const lab = new BackupLab(5);
    const backups = [
      lab.backup('192.0.2.1', { serial: 5 }),
      lab.backup('2001:db8::1', { serial: 4, proof: false }),
    ];
    atWork(lab, backups);
    await lab.clock.advance(1);
    expect(backups.map(({ notified }) => notified)).toEqual([[{ serial: 5, at: 0 }], [{ serial: 5, at: 0 }]]);
  });

  test('prove a batch when all that count serve it', async () => {
    const lab = new BackupLab(5);
    const [one, two] = [lab.backup('192.0.2.1', { serial: 5 }), lab.backup('192.0.2.2', { serial: 5 })];
    const bystander = lab.backup('192.0.2.3', { serial: 1, proof: false });
    const { batch } = atWork(lab, [one, two, bystander]);
    await lab.clock.advance(1_000);
    let told: unknown;
    void batch(6).proof.then((proof) => {
      told = proof;
    });
    one.serial = 6;
    await lab.clock.advance(500);
    expect(told).toBeUndefined();
    two.serial = 6;
    await lab.clock.advance(500);
    expect(told).toEqual(PROVED);
  });

  test('prove all batches with the newest', async () => {
    const lab = new BackupLab(5);
    const backup = lab.backup('192.0.2.1', { serial: 5 });
    const { batch } = atWork(lab, [backup]);
    await lab.clock.advance(1_000);
    const proofs = [6, 7, 8].map((serial) => batch(serial).proof);
    backup.serial = 8;
    await lab.clock.advance(250);
    expect(await Promise.all(proofs)).toEqual([PROVED, PROVED, PROVED]);
  });

  test('need no proof when none of them counts', async () => {
    const lab = new BackupLab(5);
    const { batch } = atWork(lab, [lab.backup('192.0.2.1', { proof: false })]);
    expect(await batch(6).proof).toEqual(PROVED);
  });

  test('that are missing are named after the proof time-out', async () => {
    const lab = new BackupLab(5);
    const [alive, dead] = [lab.backup('192.0.2.1', { serial: 5 }), lab.backup('2001:db8::1')];
    const { batch } = atWork(lab, [alive, dead]);
    let told: unknown;
    void batch(6).proof.then((proof) => {
      told = proof;
    });
    alive.serial = 6;
    await lab.clock.advance(PROOF_MS - 1);
    expect(told).toBeUndefined();
    await lab.clock.advance(1);
    expect(told).toEqual({ ok: false, missing: ['[2001:db8::1]:53'] });
  });

  test('are asked again quickly while a proof is awaited, and hardly ever when all is in step', async () => {
    const lab = new BackupLab(5);
    const backup = lab.backup('192.0.2.1', { serial: 5 });
    const { batch } = atWork(lab, [backup]);
    await lab.clock.advance(1_000);
    const before = backup.askedAt.length;
    void batch(6);
    await lab.clock.advance(70);
    backup.serial = 6;
    await lab.clock.advance(40_000);
    expect(backup.askedAt.slice(before)).toEqual([1_002, 1_006, 1_014, 1_030, 1_062, 1_126, 31_126]);
  });

  test('that do not count are asked a second after a batch', async () => {
    const lab = new BackupLab(5);
    const backup = lab.backup('192.0.2.1', { serial: 5, proof: false });
    const { batch } = atWork(lab, [backup]);
    await lab.clock.advance(10_000);
    void batch(6);
    backup.serial = 6;
    await lab.clock.advance(20_000);
    expect(backup.askedAt).toEqual([0, 11_000]);
  });

  test('are asked at once when they have been given the zone', async () => {
    const lab = new BackupLab(5);
    const from = [parsePrefix('198.51.100.0/24')].filter((net) => net !== undefined);
    const other = lab.backup('192.0.2.9', { serial: 5, proof: false });
    const backup = lab.backup('192.0.2.1', { serial: 5, proof: false });
    const { servers, batch } = atWork(lab, [other, { ...backup, secondary: { ...backup.secondary, from } }]);
    await lab.clock.advance(10_000);
    void batch(6);
    await lab.clock.advance(100);
    backup.serial = 6;
    servers.served('::ffff:198.51.100.7', 6);
    servers.served('not an address', 6);
    await lab.clock.advance(100);
    expect([backup.askedAt.at(-1), other.askedAt.at(-1)]).toEqual([10_100, 0]);
    expect(servers.views()[1]).toMatchObject({ serial: 6, lagMs: 0, lastLagMs: 100 });
  });

  test('are shown with their serial and how far they lag', async () => {
    const lab = new BackupLab(5);
    const backups = [
      lab.backup('192.0.2.1', { serial: 5 }),
      lab.backup('192.0.2.2', { serial: 5, proof: false }),
      lab.backup('192.0.2.3', { proof: false }),
    ] as const;
    const { servers, batch } = atWork(lab, backups);
    await lab.clock.advance(1_000);
    void batch(6);
    backups[0].serial = 6;
    await lab.clock.advance(10_000);
    expect(servers.views()).toEqual([
      { address: '192.0.2.1:53', serial: 6, lagMs: 0, lastLagMs: 2, proof: true, problem: null },
      { address: '192.0.2.2:53', serial: 5, lagMs: 10_000, lastLagMs: null, proof: false, problem: null },
      {
        address: '192.0.2.3:53',
        serial: null,
        lagMs: null,
        lastLagMs: null,
        proof: false,
        problem: 'does not answer',
      },
    ]);
  });
});

describe('a dead backup whose proof is wanted', () => {
  test('leaves nothing behind that waits, however many batches there are', async () => {
    const lab = new BackupLab(5);
    const clock = countingClock(lab.clock);
    const { batch } = atWork(lab, [lab.backup('192.0.2.1')], clock);
    let told = 0;
    for (let n = 0; n < 100; n++) {
      void batch(6 + n).proof.then(() => {
        told += 1;
      });
      await lab.clock.advance(100);
    }
    // the proofs of five seconds, and one of each loop
    expect(clock.sleeping).toBeLessThanOrEqual(PROOF_MS / 100 + 2);
    await lab.clock.advance(PROOF_MS);
    expect(told).toBe(100);
    expect(clock.sleeping).toBeLessThanOrEqual(2);
  });

  test('is not asked eagerly for ever', async () => {
    const lab = new BackupLab(5);
    const backup = lab.backup('192.0.2.1');
    const { batch } = atWork(lab, [backup]);
    await lab.clock.advance(20_000);
    const before = backup.askedAt.length;
    for (let n = 0; n < 100; n++) {
      void batch(6 + n);
      await lab.clock.advance(100);
    }
    expect(backup.askedAt.length - before).toBeLessThanOrEqual(10);
  });

  test('is told of once, and again when it is back; then it is notified at once', async () => {
    const lab = new BackupLab(5);
    const backup = lab.backup('192.0.2.1');
    const { batch } = atWork(lab, [backup]);
    await lab.clock.advance(60_000);
    void batch(6);
    await lab.clock.advance(100_000);
    expect(warnings(lab)).toEqual([
      'warn backup name server is not as it should be 536 192.0.2.1:53 does not answer',
    ]);
    backup.serial = 5;
    const backAt = lab.clock.elapsed();
    await lab.clock.advance(7_000);
    expect(lab.log.events).toContain(
      'info backup name server is well again 536 192.0.2.1:53 does not answer',
    );
    expect(backup.notified.at(-1)?.at).toBeLessThanOrEqual(backAt + 7_000);
    expect(warnings(lab)).toHaveLength(1);
  });
});

describe('a backup with serials of its own', () => {
  test('is flagged, and proves batches by going further', async () => {
    const lab = new BackupLab(5);
    const signer = lab.backup('192.0.2.1', { serial: 8 });
    const { servers, batch } = atWork(lab, [signer]);
    await lab.clock.advance(1_000);
    expect(servers.views()[0]?.problem).toBe('is ahead of us: it signs the zone, or follows another primary');
    const { proof } = batch(6);
    await lab.clock.advance(1_000);
    signer.serial = 9;
    await lab.clock.advance(1_000);
    expect(await proof).toEqual(PROVED);
    expect(warnings(lab)).toHaveLength(1);
  });

  test('proves nothing when it does not move: our serials may have been lost', async () => {
    const lab = new BackupLab(5);
    const backup = lab.backup('192.0.2.1', { serial: 900 });
    const { batch } = atWork(lab, [backup]);
    await lab.clock.advance(1_000);
    const { proof } = batch(6);
    await lab.clock.advance(PROOF_MS);
    expect(await proof).toEqual({ ok: false, missing: ['192.0.2.1:53'] });
  });
});

describe('the end of the gateway', () => {
  test('ends everything that waits', async () => {
    const lab = new BackupLab(5);
    const clock = countingClock(lab.clock);
    const { running, batch, servers } = atWork(lab, [lab.backup('192.0.2.1')], clock);
    const { proof } = batch(6);
    await lab.clock.advance(100);
    lab.stop();
    await running;
    expect(await proof).toEqual({ ok: false, missing: ['192.0.2.1:53'] });
    expect(await servers.proofOf(7)).toMatchObject({ ok: false });
    expect(clock.sleeping).toBe(0);
  });
});
