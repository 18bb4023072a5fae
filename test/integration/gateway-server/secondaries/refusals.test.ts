import { describe, expect, test } from 'vitest';
import { mustRun, run } from '../../../support/lab/program.ts';
import { until } from '../../../support/lab/waiting.ts';
import { Provider, sharedKey, ZONE } from '../../../support/secondaries/provider.ts';
import { areInstalled, BIND, KNOT, NSD, type Software } from '../../../support/secondaries/software.ts';
import { asOption, newTsigSecret, type TsigSecret } from '../../../support/secondaries/tsig-secret.ts';

const PATIENT = { timeout: 60_000 };
const ITS_ADDRESS = '127.0.0.11';
const WRONG_SECRET = newTsigSecret(sharedKey.name);
const WRONG_NAME: TsigSecret = { ...sharedKey, name: 'another' };

interface Asking {
  readonly from: string;
  readonly key: TsigSecret | null;
}

function words(provider: Provider, { from, key }: Asking) {
  const { address, port } = provider.primary;
  return [`@${address}`, '-p', String(port), '-b', from, ...(key ? ['-y', asOption(key)] : []), ZONE];
}

/** What kdig says of a transfer: the number of records, or the error it was refused with. */
async function transfer(provider: Provider, asking: Asking): Promise<string> {
  const { stdout, stderr } = await run(['kdig', ...words(provider, asking), 'AXFR']);
  const error = /replied with error '(\w+)'/.exec(stdout + stderr)?.[1];
  return error ?? /\((?:\d+) messages, \d+ records\)/.exec(stdout)?.[0] ?? `${stdout}${stderr}`;
}

/** The header's code and the TSIG record's error for a question over TCP. */
async function codes(provider: Provider, asking: Asking): Promise<(string | undefined)[]> {
  const text = await mustRun(['dig', '+tcp', '+tries=1', ...words(provider, asking), 'SOA']);
  return [/status: (\w+)/.exec(text)?.[1], /TSIG\s+hmac.* (\w+) 0\s*$/m.exec(text)?.[1]];
}

function listedAs(from?: readonly string[]): Promise<Provider> {
  const listed = { address: `${ITS_ADDRESS}:5399`, key: sharedKey };
  return Provider.open({ listed: [from ? { ...listed, from } : listed] });
}

describe.skipIf(!areInstalled('kdig', 'dig'))('the zone is given', PATIENT, () => {
  test('to nobody but a listed server with its key at its address', async () => {
    const provider = await listedAs();
    expect(await transfer(provider, { from: ITS_ADDRESS, key: sharedKey })).toMatch(/records/);
    expect(await transfer(provider, { from: ITS_ADDRESS, key: WRONG_NAME })).toBe('BADKEY');
    expect(await transfer(provider, { from: ITS_ADDRESS, key: WRONG_SECRET })).toBe('BADSIG');
    expect(await transfer(provider, { from: ITS_ADDRESS, key: null })).toBe('REFUSED');
    expect(await transfer(provider, { from: '127.0.0.12', key: sharedKey })).toBe('REFUSED');
    expect(provider.log.has({ event: 'transfer refused' })).toBe(true);
  });

  test('and a signature that is not good is told as RFC 8945 wants it', async () => {
    const provider = await listedAs();
    expect(await codes(provider, { from: ITS_ADDRESS, key: WRONG_NAME })).toEqual(['NOTAUTH', 'BADKEY']);
    expect(await codes(provider, { from: ITS_ADDRESS, key: WRONG_SECRET })).toEqual(['NOTAUTH', 'BADSIG']);
    expect(await codes(provider, { from: ITS_ADDRESS, key: sharedKey })).toEqual(['NOERROR', 'NOERROR']);
  });

  test('to the networks of `from` instead of its own address', async () => {
    const provider = await listedAs(['127.0.0.32/28']);
    expect(await transfer(provider, { from: '127.0.0.40', key: sharedKey })).toMatch(/records/);
    expect(await transfer(provider, { from: '127.0.0.48', key: sharedKey })).toBe('REFUSED');
    expect(await transfer(provider, { from: ITS_ADDRESS, key: sharedKey })).toBe('REFUSED');
  });
});

describe.skipIf(!areInstalled(NSD, KNOT, BIND))('a server with a wrong secret', PATIENT, () => {
  test.each<[Software, RegExp]>([
    [NSD, /bad tsig signature/i],
    [KNOT, /BADSIG|TSIG/],
    [BIND, /BADSIG/],
  ])('stays without the zone, says why, and gets it with the right one: $name', async (software, why) => {
    const provider = await Provider.open({ backups: [{ software }] });
    const backup = provider.backup(software);
    backup.configure({ key: WRONG_SECRET });
    await backup.start();
    await until(`${backup.name} says why`, 15_000, () => why.test(backup.log()));
    expect(await backup.soaSerial()).toBeUndefined();
    await backup.stop();
    backup.configure();
    await backup.start();
    await backup.serves(await provider.serial());
  });
});
