import { beforeEach, describe, expect, test } from 'vitest';
import type { Caller } from '../../../support/secondaries/caller.ts';
import { delv, dsRecord, forged } from '../../../support/secondaries/chain.ts';
import { Provider, ZONE } from '../../../support/secondaries/provider.ts';
import { Resolver } from '../../../support/secondaries/resolver.ts';
import type { Secondary } from '../../../support/secondaries/secondary.ts';
import { areInstalled, SIGNING_KNOT } from '../../../support/secondaries/software.ts';

const PATIENT = { timeout: 60_000 };
const NXDOMAIN = 3;
const SERVFAIL = 2;

describe.skipIf(!areInstalled(SIGNING_KNOT, 'keymgr', 'delv', 'unbound'))(
  'a Knot that signs the zone by ECDSA P-256',
  PATIENT,
  () => {
    let provider: Provider;
    let knot: Secondary;
    let alice: Caller;

    beforeEach(async () => {
      provider = await Provider.open({ backups: [{ software: SIGNING_KNOT }] });
      knot = provider.backup(SIGNING_KNOT);
      alice = await provider.addLine('alice');
      await provider.startBackups();
      await moves('127.1.0.1');
    });

    async function moves(address: string): Promise<void> {
      await provider.goesLive(alice, address);
      await knot.leads(alice.domain, address);
    }

    test('delv validates a line’s name before and after a change, and that a name is not there', async () => {
      const ds = await dsRecord(knot);
      for (const address of ['127.1.0.1', '127.1.0.2']) {
        await moves(address);
        const told = await delv(knot, ds, alice.domain);
        expect(told).toContain('; fully validated');
        expect(told).toMatch(new RegExp(`\\sA\\s+${address}\\n`));
        expect(told).toMatch(/\sRRSIG\s+A 13 /);
      }
      expect(await delv(knot, ds, `nobody.${ZONE}`)).toContain('; negative response, fully validated');
      expect(await delv(knot, forged(ds), alice.domain)).not.toContain('fully validated');
    });

    test('a validating resolver vouches for what it serves, and for nothing under another key', async () => {
      const ds = await dsRecord(knot);
      const servers = [knot.endpoint];
      const strict = await Resolver.start({ zone: ZONE, servers, trustAnchor: ds });
      const there = await strict.ask(alice.domain);
      expect(there).toMatchObject({ rcode: 0, flags: expect.stringContaining('ad') });
      expect(await strict.ask(`nobody.${ZONE}`)).toMatchObject({
        rcode: NXDOMAIN,
        flags: expect.stringContaining('ad'),
      });
      const misled = await Resolver.start({ zone: ZONE, servers, trustAnchor: forged(ds) });
      expect(await misled.ask(alice.domain)).toMatchObject({ rcode: SERVFAIL, answers: [] });
    });

    test('keeps its key over a restart, and goes on signing what the gateway gives it', async () => {
      const ds = await dsRecord(knot);
      await knot.stop();
      await knot.start();
      await moves('127.1.0.3');
      expect(await dsRecord(knot)).toBe(ds);
      expect(await delv(knot, ds, alice.domain)).toContain('; fully validated');
      expect(await knot.soaSerial()).toBeGreaterThanOrEqual(await provider.serial());
    });
  },
);
