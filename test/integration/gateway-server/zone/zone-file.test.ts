import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseZoneFile } from '../../../../gateway-server/zone/static/master-file.ts';
import { staticMistakes } from '../../../../gateway-server/zone/static/static-zone.ts';
import { Zone } from '../../../../gateway-server/zone/zone.ts';
import { zoneFile } from '../../../../gateway-server/zone/zone-file.ts';
import { recordText } from '../../../../gateway-server/zone/zone-record.ts';
import { change, domain, identity } from '../../../support/dns-zone.ts';

const hasNamedCheckzone = spawnSync('named-checkzone', ['-v']).error === undefined;
const ZONE = domain('mwebpages.test');

const STATIC = String.raw`$TTL 1h
@ SOA ns1 hostmaster 7 1h 15m 2w 1d
@ NS ns1
@ MX 10 mail
@ CAA 0 issue "ca.example; policy=\"x\""
@ TXT "v=spf1 mx -all" "\200 and \"quotes\" \\ ;"
mail A 192.0.2.25
mail AAAA 2001:db8::25
www CNAME mail
_sip._tcp SRV 1 2 5060 mail
_none._tcp SRV 0 0 0 .
nomail MX 0 .
nomail A 192.0.2.26
_443._tcp.mail TLSA 3 1 1 ${'ab'.repeat(32)}
mail SSHFP 4 2 ${'cd'.repeat(32)}
back PTR mail
sub NS ns.sub
ns.sub A 192.0.2.54
sub DS 60485 13 2 ${'ef'.repeat(32)}
raw TYPE65280 \# 4 01020304
nothing TYPE731 \# 0
web HTTPS \# 3 000100
`;

function wholeZone(): Zone {
  const { records, mistakes } = parseZoneFile(STATIC, ZONE, 30);
  const own = identity({ static: records });
  expect([...mistakes, ...staticMistakes(own, () => undefined)]).toEqual([]);
  const zone = new Zone(own, 1);
  zone.apply([change('alice.mwebpages.test', '203.0.113.7', '2001:db8::7')], 2);
  zone.apply([change('www.bob.mwebpages.test', '203.0.113.8')], 3);
  return zone;
}

test('prints a zone file that its own parser reads as the very same zone', () => {
  const printed = zoneFile(wholeZone());
  const { records, mistakes } = parseZoneFile(printed, ZONE, 1);
  expect(mistakes).toEqual([]);
  const again = records.map(
    (record) => `${record.name}.\t${record.ttlSeconds}\tIN\t${record.type}\t${recordText(record)}\n`,
  );
  expect(again.join('')).toBe(printed);
  expect(records.length).toBeGreaterThan(30);
});

describe.skipIf(!hasNamedCheckzone)('as named-checkzone sees it', () => {
  test('accepts the whole zone and finds every record in it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'porchlight-zone-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'zone');
    const printed = zoneFile(wholeZone());
    await writeFile(file, printed);
    const { stdout, stderr } = await promisify(execFile)('named-checkzone', ['-D', ZONE, file]);
    expect(stdout + stderr).toContain('loaded serial 3');
    const dumped = stdout.split('\n').filter((line) => /\sIN\s/.test(line));
    expect(dumped).toHaveLength(printed.trimEnd().split('\n').length);
  });
});
