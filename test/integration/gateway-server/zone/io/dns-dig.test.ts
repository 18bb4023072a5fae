import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DnsServer } from '../../../../../gateway-server/zone/io/dns-server.ts';
import { exchangeUdp } from '../../../../support/dns-client.ts';
import { type DigRule, dig, expectRule, hasDig, openDigServer } from '../../../../support/dns-dig.ts';
import { decodeDns, dnsQuery } from '../../../../support/dns-message.ts';
import { address } from '../../../../support/dns-zone.ts';

const NAMES: readonly DigRule[] = [
  [
    'a name goes back as it was spelled (RFC 4343 §4.1, 0x20)',
    'aLiCe.MWebpages.tesT +norec',
    'flags: qr aa;',
    'aLiCe.MWebpages.tesT. 30 IN A 203.0.113.7',
  ],
  [
    'a dot inside a label parts nothing (RFC 1035 §5.1)',
    'www\\.alice.mwebpages.test',
    'status: NXDOMAIN',
    ';www\\.alice.mwebpages.test. IN A',
  ],
  [
    'a label may be any bytes (RFC 2181 §11)',
    '\\000\\255\\046.mwebpages.test',
    'status: NXDOMAIN',
    ';\\000\\255\\..mwebpages.test.',
  ],
  [
    'a label of 63 bytes is a label (RFC 1035 §2.3.4)',
    `${'a'.repeat(63)}.mwebpages.test`,
    'status: NXDOMAIN',
  ],
  [
    'a name of 255 bytes is a name (RFC 1035 §2.3.4)',
    `${longestBelow('mwebpages.test')}`,
    'status: NXDOMAIN',
    'AUTHORITY: 1',
  ],
  [
    'the longest name is told that it is too far down as well as any (RFC 8020 §2)',
    `${longestBelow('alice.mwebpages.test')}`,
    'status: NXDOMAIN',
    'AUTHORITY: 1',
  ],
];

const ANSWERS: readonly DigRule[] = [
  [
    'a name has its address, with authority (RFC 1034 §4.3.2)',
    'alice.mwebpages.test',
    'status: NOERROR',
    'flags: qr aa rd;',
    'alice.mwebpages.test. 30 IN A 203.0.113.7',
  ],
  [
    'the same over TCP (RFC 7766 §5)',
    'bob.mwebpages.test AAAA +tcp',
    'status: NOERROR',
    'bob.mwebpages.test. 30 IN AAAA 2001:db8::8',
  ],
  ['RD goes back, RA is never set (RFC 1035 §4.1.1)', 'alice.mwebpages.test +norec', 'flags: qr aa;'],
  [
    'a name without such a record has the SOA (RFC 2308 §2.2)',
    'alice.mwebpages.test AAAA',
    'status: NOERROR',
    'ANSWER: 0, AUTHORITY: 1',
    'IN SOA ns1.mwebpages.test.',
  ],
  [
    'a name between two others is there (RFC 8020 §2)',
    'carol.mwebpages.test',
    'status: NOERROR',
    'ANSWER: 0, AUTHORITY: 1',
    'mwebpages.test. 30 IN SOA',
  ],
  [
    'so is one between two of the zone file (RFC 4592 §2.2.2)',
    '_tcp.sip.mwebpages.test',
    'status: NOERROR',
    'ANSWER: 0, AUTHORITY: 1',
  ],
  [
    'a name that is not there has the SOA, to be kept no longer than MINIMUM (RFC 2308 §3)',
    'nobody.mwebpages.test',
    'status: NXDOMAIN',
    'flags: qr aa rd;',
    'mwebpages.test. 30 IN SOA',
  ],
  [
    'a type that nobody knows is a type all the same (RFC 3597 §2)',
    'alice.mwebpages.test TYPE65280',
    'status: NOERROR',
    'AUTHORITY: 1',
  ],
  [
    'HTTPS is such a type (RFC 9460 §9)',
    'alice.mwebpages.test HTTPS',
    'status: NOERROR',
    'ANSWER: 0, AUTHORITY: 1',
  ],
  ['the SOA', 'mwebpages.test SOA', 'hostmaster.mwebpages.test. 3 60 15 604800 30'],
  [
    'the name servers, with their addresses (RFC 1034 §4.3.2, step 6)',
    'mwebpages.test NS',
    'IN NS ns1.mwebpages.test.',
    'ns1.mwebpages.test. 3600 IN A 192.0.2.53',
  ],
  ['ANY gets one set of records (RFC 8482 §4.1)', 'mwebpages.test ANY +notcp', 'ANSWER: 1,', 'IN SOA'],
  ['ANY of a line too (RFC 8482 §4.1)', 'bob.mwebpages.test ANY +tcp', 'ANSWER: 1,'],
  ["the gateway's own names", 'leave.mwebpages.test', 'leave.mwebpages.test. 30 IN A 192.0.2.80'],
  [
    'MX, with the address of the host (RFC 1035 §3.3.9)',
    'mwebpages.test MX',
    'IN MX 10 mx.mwebpages.test.',
    'mx.mwebpages.test. 30 IN A 192.0.2.25',
  ],
  ['MX that says that there is no mail (RFC 7505 §3)', 'none.mwebpages.test MX', 'IN MX 0 .'],
  ['TXT, string by string (RFC 1035 §3.3.14)', 'mwebpages.test TXT', 'IN TXT "v=spf1 -all" "two strings"'],
  ['CAA (RFC 8659 §4.1)', 'mwebpages.test CAA', 'IN CAA 0 issue "ca.example"'],
  [
    'SRV, with the address of the host (RFC 2782)',
    '_sip._udp.mwebpages.test SRV',
    'IN SRV 10 60 5060 sip.mwebpages.test.',
    'sip.mwebpages.test. 30 IN A 192.0.2.60',
  ],
  [
    'records of a type known by its number only (RFC 3597 §5)',
    '_443._tcp.sip.mwebpages.test TLSA',
    'IN TLSA 3 1 1 00',
  ],
  [
    'an alias, and where it leads (RFC 1034 §3.6.2)',
    'web.mwebpages.test',
    'web.mwebpages.test. 30 IN CNAME sip.mwebpages.test.',
    'sip.mwebpages.test. 30 IN A 192.0.2.60',
  ],
  [
    'an alias that leads out of the zone (RFC 1034 §4.3.2, step 3a)',
    'far.mwebpages.test',
    'status: NOERROR',
    'ANSWER: 1,',
    'IN CNAME www.example.org.',
  ],
  [
    'an alias itself when that is asked for (RFC 1034 §3.6.2)',
    'web.mwebpages.test CNAME',
    'ANSWER: 1,',
    'IN CNAME sip.mwebpages.test.',
  ],
  [
    'a delegation, without authority and with glue (RFC 1034 §4.3.2, step 3b)',
    'x.y.sub.mwebpages.test',
    'flags: qr rd;',
    'ANSWER: 0, AUTHORITY: 1',
    'sub.mwebpages.test. 30 IN NS ns.sub.mwebpages.test.',
    'ns.sub.mwebpages.test. 30 IN A 192.0.2.99',
  ],
  [
    'the DS at a delegation is ours to know (RFC 4035 §3.1.4.1)',
    'sub.mwebpages.test DS',
    'flags: qr aa rd;',
    'status: NOERROR',
    'IN SOA',
  ],
];

const REFUSALS: readonly DigRule[] = [
  [
    'names outside the zone (RFC 8499 §7, lame delegation)',
    'example.com',
    'status: REFUSED',
    'flags: qr rd;',
  ],
  ['the zone above', 'test', 'status: REFUSED'],
  ['the root', '. NS', 'status: REFUSED'],
  ['a name that only ends alike', 'notmwebpages.test', 'status: REFUSED'],
  ['class CH', '-c CH -t TXT version.bind', 'status: REFUSED'],
  ['class ANY', '-c ANY alice.mwebpages.test', 'status: REFUSED'],
  ['the zone to anybody who asks (RFC 5936 §5)', 'mwebpages.test AXFR', 'Transfer failed.'],
  ['its changes to anybody who asks', 'mwebpages.test IXFR=1', 'Transfer failed.'],
  ['a transfer of what is no zone (RFC 5936 §2.2.1)', 'alice.mwebpages.test AXFR', 'Transfer failed.'],
  ['MAILB, which nobody has (RFC 6895 §3.1)', 'alice.mwebpages.test MAILB', 'status: NOTIMP'],
  ['a question of type OPT (RFC 6891 §6.1.1)', 'alice.mwebpages.test TYPE41', 'status: FORMERR'],
  ['a question of type TSIG (RFC 8945 §4.2)', 'alice.mwebpages.test TYPE250', 'status: FORMERR'],
  ['IQUERY (RFC 3425 §3)', 'alice.mwebpages.test +opcode=1', 'status: NOTIMP', 'opcode: IQUERY'],
  ['STATUS (RFC 1035 §4.1.1)', 'alice.mwebpages.test +opcode=status', 'status: NOTIMP', 'opcode: STATUS'],
  [
    'NOTIFY, as there is no primary above us (RFC 1996 §3.10)',
    'mwebpages.test SOA +opcode=notify',
    'status: REFUSED',
    'opcode: NOTIFY',
  ],
  [
    'UPDATE from anybody (RFC 2136 §3.3)',
    'mwebpages.test SOA +opcode=update',
    'status: REFUSED',
    'opcode: UPDATE',
  ],
  ['operations that nobody knows (RFC 6895 §2.2)', 'alice.mwebpages.test +opcode=15', 'status: NOTIMP'],
  ['a message without a question (RFC 9619 §4)', '+header-only +nocookie', 'status: FORMERR'],
];

/** As many labels below the name as make 255 bytes with all length bytes and the root's. */
function longestBelow(name: string): string {
  const room = 255 - (name.length + 2);
  const labels = Array<string>(Math.floor(room / 64)).fill('a'.repeat(63));
  return [...labels, ...(room % 64 > 1 ? ['b'.repeat((room % 64) - 1)] : []), name].join('.');
}

describe.skipIf(!hasDig)('as dig sees it', () => {
  let server: DnsServer;

  beforeAll(async () => {
    server = await openDigServer();
  });

  afterAll(() => server.close());

  test.each(NAMES)('names: %s', (_rule, question, ...expected) => expectRule(server, question, expected));
  test.each(ANSWERS)('answers: %s', (_rule, question, ...expected) => expectRule(server, question, expected));
  test.each(REFUSALS)('refuses %s', (_rule, question, ...expected) => expectRule(server, question, expected));

  test('over IPv6', async () => {
    expect(await dig(server, 'alice.mwebpages.test +short', 1)).toBe('203.0.113.7\n');
  });

  test('answers several questions on one connection (RFC 7766 §6.2.1)', async () => {
    const before = server.counters().tcpQueries;
    const names = ['alice', 'bob', 'leave', 'nobody'].map((label) => `${label}.mwebpages.test`);
    const output = await dig(server, `+tcp +keepopen +noall +comments ${names.join(' ')}`);
    expect(output.match(/status: (NOERROR|NXDOMAIN)/g)).toHaveLength(names.length);
    expect(server.counters().tcpQueries - before).toBe(names.length);
  });

  test.each([251, 252])(
    'a transfer over UDP (type %i), which dig does not ask for, is refused too',
    async (type) => {
      const { address: host = address('::1'), port = 0 } = server.endpoints[0] ?? {};
      const reply = await exchangeUdp({ address: host, port }, dnsQuery({ name: 'mwebpages.test', type }));
      if (reply === 'silence') throw new Error('no reply');
      const { answers, rcode } = decodeDns(reply);
      expect({ answers, rcode }).toEqual({ answers: [], rcode: 5 });
    },
  );
});
