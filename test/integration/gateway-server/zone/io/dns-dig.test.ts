import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DnsServer, openDnsServer } from '../../../../../gateway-server/zone/io/dns-server.ts';
import { address, change, sampleZone } from '../../../../support/dns-zone.ts';
import { ManualClock } from '../../../../support/manual-clock.ts';
import { MemoryLog } from '../../../../support/memory-log.ts';

const hasDig = spawnSync('dig', ['-v']).error === undefined;

describe.skipIf(!hasDig)('as dig sees it', () => {
  let server: DnsServer;

  beforeAll(async () => {
    const zone = sampleZone();
    const crowd = Array.from({ length: 60 }, (_, i) => `192.0.2.${i}`);
    zone.apply([change('many.mwebpages.test', ...crowd)], 3);
    server = await openDnsServer({
      listen: ['127.0.0.1', '::1'].map((text) => ({ address: address(text), port: 0 })),
      zone,
      rateLimit: { perSecond: 0, exempt: [] },
      clock: new ManualClock(),
      log: new MemoryLog(),
    });
  });

  afterAll(() => server.close());

  async function dig(question: string, family = 0): Promise<string> {
    const endpoint = server.endpoints[family];
    const where = [`@${endpoint?.address}`, '-p', String(endpoint?.port), '+tries=1', '+time=2'];
    const { stdout } = await promisify(execFile)('dig', [...where, ...question.split(' ')]);
    return stdout.replaceAll(/[\t ]+/g, ' ');
  }

  test.each([
    [
      'alice.mwebpages.test',
      'status: NOERROR',
      'flags: qr aa rd;',
      'alice.mwebpages.test. 30 IN A 203.0.113.7',
    ],
    ['bob.mwebpages.test AAAA +tcp', 'status: NOERROR', 'bob.mwebpages.test. 30 IN AAAA 2001:db8::8'],
    ['aLiCe.MWebpages.tesT +norec', 'flags: qr aa;', 'aLiCe.MWebpages.tesT. 30 IN A 203.0.113.7'],
    ['alice.mwebpages.test +cookie +dnssec', 'EDNS: version: 0, flags: do; udp: 1232', 'A 203.0.113.7'],
    ['alice.mwebpages.test +noedns', 'ADDITIONAL: 0', 'A 203.0.113.7'],
    ['alice.mwebpages.test AAAA', 'status: NOERROR', 'ANSWER: 0, AUTHORITY: 1', 'IN SOA ns1.mwebpages.test.'],
    ['carol.mwebpages.test', 'status: NOERROR', 'ANSWER: 0, AUTHORITY: 1', 'mwebpages.test. 30 IN SOA'],
    ['nobody.mwebpages.test', 'status: NXDOMAIN', 'flags: qr aa rd;', 'mwebpages.test. 30 IN SOA'],
    ['www\\.alice.mwebpages.test', 'status: NXDOMAIN', ';www\\.alice.mwebpages.test. IN A'],
    ['mwebpages.test SOA', 'hostmaster.mwebpages.test. 3 60 15 604800 30'],
    ['mwebpages.test NS', 'IN NS ns1.mwebpages.test.', 'ns1.mwebpages.test. 3600 IN A 192.0.2.53'],
    ['mwebpages.test ANY +notcp', 'ANSWER: 1,', 'IN SOA'],
    ['leave.mwebpages.test', 'leave.mwebpages.test. 30 IN A 192.0.2.80'],
    ['many.mwebpages.test +bufsize=512 +ignore', 'flags: qr aa tc rd;', 'ANSWER: 0', 'udp: 1232'],
    ['many.mwebpages.test +noedns', 'ANSWER: 60'],
    ['many.mwebpages.test +bufsize=4096 +ignore', 'flags: qr aa rd;', 'ANSWER: 60'],
    ['example.com', 'status: REFUSED', 'flags: qr rd;'],
    ['-c CH alice.mwebpages.test', 'status: REFUSED'],
    ['mwebpages.test AXFR', 'Transfer failed.'],
    ['mwebpages.test IXFR=1', 'Transfer failed.'],
    ['alice.mwebpages.test +edns=1 +noednsneg', 'status: BADVERS', 'EDNS: version: 0'],
    ['alice.mwebpages.test +opcode=2', 'status: NOTIMP'],
    ['alice.mwebpages.test +opcode=4', 'status: REFUSED'],
    ['alice.mwebpages.test +opcode=15', 'status: NOTIMP'],
    ['+header-only', 'status: FORMERR'],
    [
      `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(46)}.mwebpages.test`,
      'status: NXDOMAIN',
      'AUTHORITY: 1',
    ],
  ])('%s', async (question, ...expected) => {
    const output = await dig(question);
    for (const text of expected) expect(output).toContain(text);
    expect(output).not.toMatch(/malformed|WARNING: .*(bytes|extra)|parse/i);
  });

  test('over IPv6', async () => {
    expect(await dig('alice.mwebpages.test +short', 1)).toBe('203.0.113.7\n');
  });
});
