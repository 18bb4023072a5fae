import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DnsServer } from '../../../../../gateway-server/zone/io/dns-server.ts';
import { type DigRule, dig, expectRule, hasDig, openDigServer } from '../../../../support/dns-dig.ts';
import { KEY_256, KEY_512 } from '../../../../support/dns-tsig.ts';

const EDNS: readonly DigRule[] = [
  [
    'no OPT where none was sent (RFC 6891 §7)',
    'alice.mwebpages.test +noedns',
    'ADDITIONAL: 0',
    'A 203.0.113.7',
  ],
  ['OPT with errors too (RFC 6891 §6.1.1)', 'example.com', 'status: REFUSED', 'EDNS: version: 0'],
  [
    'OPT with truncation too (RFC 6891 §6.1.1)',
    'many.mwebpages.test +bufsize=512 +ignore',
    'flags: qr aa tc rd;',
    'ANSWER: 0',
    'udp: 1232',
  ],
  [
    'a size below 512 counts as 512 (RFC 6891 §6.2.3)',
    'twenty.mwebpages.test +bufsize=100 +ignore',
    'flags: qr aa rd;',
    'ANSWER: 20',
  ],
  [
    'without OPT there is room for 512 (RFC 1035 §4.2.1)',
    'twenty.mwebpages.test +noedns +ignore',
    'flags: qr aa rd;',
    'ANSWER: 20',
  ],
  [
    'whatever the client takes, no more than 1232 are sent (RFC 9715 §3.1)',
    'crowd.mwebpages.test +bufsize=4096 +ignore',
    'flags: qr aa tc rd;',
    'ANSWER: 0',
  ],
  [
    '60 addresses fit into 1232',
    'many.mwebpages.test +bufsize=4096 +ignore',
    'flags: qr aa rd;',
    'ANSWER: 60',
  ],
  ['what was truncated is had over TCP (RFC 7766 §5)', 'crowd.mwebpages.test +noedns', 'ANSWER: 100'],
  [
    'DO goes back (RFC 3225 §3)',
    'alice.mwebpages.test +dnssec',
    'EDNS: version: 0, flags: do; udp: 1232',
    'A 203.0.113.7',
  ],
  [
    'flags that nobody knows do not (RFC 6891 §6.1.4)',
    'alice.mwebpages.test +ednsflags=0x4010',
    'status: NOERROR',
    'not MBZ',
  ],
  [
    'options that nobody knows are passed over (RFC 6891 §6.1.2)',
    'alice.mwebpages.test +ednsopt=65001:abcdef +nsid',
    'status: NOERROR',
    'not 65001',
    'not NSID',
  ],
  [
    'client subnets are not for us (RFC 7871 §7.2.1)',
    'alice.mwebpages.test +subnet=192.0.2.0/24',
    'status: NOERROR',
    'not CLIENT-SUBNET',
  ],
  [
    'version 1 is not known (RFC 6891 §6.1.3)',
    'alice.mwebpages.test +edns=1 +noednsneg',
    'status: BADVERS',
    'EDNS: version: 0',
    'ANSWER: 0',
  ],
  ['dig tries again with version 0', 'alice.mwebpages.test +edns=100', 'status: NOERROR', 'A 203.0.113.7'],
  ['Z goes back as 0 (RFC 1035 §4.1.1)', 'alice.mwebpages.test +zflag', 'status: NOERROR', 'not MBZ'],
  [
    'AD is never set, as nothing here is signed (RFC 4035 §3.1.6)',
    'alice.mwebpages.test +adflag +aaflag',
    'flags: qr aa rd;',
  ],
];

const COOKIES: readonly DigRule[] = [
  [
    'a client that knows none learns one (RFC 7873 §5.2.3)',
    'alice.mwebpages.test +cookie=0102030405060708',
    'COOKIE: 010203040506070801000000',
    '(good)',
    'A 203.0.113.7',
  ],
  [
    'a cookie that is not ours is as good as none (RFC 7873 §5.2.4)',
    'alice.mwebpages.test +cookie=0102030405060708010000000102030405060708090a0b0c',
    'COOKIE: 0102030405060708',
    'not 0102030405060708090a0b0c',
    'A 203.0.113.7',
  ],
  ['no cookie, none back (RFC 7873 §5.2.1)', 'alice.mwebpages.test +nocookie', 'not COOKIE', 'A 203.0.113.7'],
  [
    'what is too short for a cookie is none (RFC 7873 §5.2.2)',
    'alice.mwebpages.test +nocookie +ednsopt=10:01020304050607',
    'status: FORMERR',
    'not COOKIE',
  ],
  [
    "a server's half that is too short neither (RFC 7873 §5.2.2)",
    'alice.mwebpages.test +nocookie +ednsopt=10:01020304050607080102',
    'status: FORMERR',
  ],
  ['errors carry cookies too (RFC 7873 §5.2.3)', 'example.com +cookie', 'status: REFUSED', '(good)'],
];

const SIGNED: readonly DigRule[] = [
  [
    'with hmac-sha256',
    `-y ${keyOption('hmac-sha256', KEY_256)} alice.mwebpages.test`,
    'A 203.0.113.7',
    'TSIG hmac-sha256.',
    'NOERROR 0',
    'not verify',
  ],
  [
    'with hmac-sha512, over TCP',
    `-y ${keyOption('hmac-sha512', KEY_512)} nobody.mwebpages.test +tcp`,
    'status: NXDOMAIN',
    'TSIG hmac-sha512.',
    'NOERROR 0',
    'not verify',
  ],
  [
    'in the room that is left (RFC 8945 §5.3)',
    `-y ${keyOption('hmac-sha512', KEY_512)} some.mwebpages.test +noedns +ignore`,
    'flags: qr aa tc rd;',
    'NOERROR 0',
    'not verify',
  ],
  [
    'not with a key that nobody has (RFC 8945 §5.2.1)',
    `-y ${keyOption('hmac-sha256', { ...KEY_256, name: 'nobody' })} alice.mwebpages.test`,
    'status: NOTAUTH',
    'BADKEY',
    'ANSWER: 0',
  ],
  [
    'not with a wrong secret (RFC 8945 §5.2.2)',
    `-y ${keyOption('hmac-sha256', { ...KEY_256, secret: Buffer.from('wrong') })} alice.mwebpages.test`,
    'status: NOTAUTH',
    'BADSIG',
    'ANSWER: 0',
  ],
  [
    "not with another algorithm than the key's (RFC 8945 §5.2.1)",
    `-y ${keyOption('hmac-sha512', KEY_256)} alice.mwebpages.test`,
    'status: NOTAUTH',
    'BADKEY',
    'ANSWER: 0',
  ],
];

function keyOption(algorithm: string, { name, secret }: { name: string; secret: Uint8Array }): string {
  return `${algorithm}:${name}:${Buffer.from(secret).toString('base64')}`;
}

describe.skipIf(!hasDig)('what dig adds to a question', () => {
  let server: DnsServer;

  beforeAll(async () => {
    server = await openDigServer();
  });

  afterAll(() => server.close());

  test.each(EDNS)('EDNS: %s', (_rule, question, ...expected) => expectRule(server, question, expected));
  test.each(COOKIES)('cookies: %s', (_rule, question, ...expected) => expectRule(server, question, expected));
  test.each(SIGNED)('answers who signs, %s', (_rule, question, ...expected) =>
    expectRule(server, question, expected),
  );

  test('dig keeps the cookie that it was given, and is known by it (RFC 9018 §4)', async () => {
    const first = await dig(server, 'alice.mwebpages.test +cookie=0102030405060708');
    const [, cookie = ''] = /COOKIE: ([0-9a-f]{48})/.exec(first) ?? [];
    expect(await dig(server, `alice.mwebpages.test +cookie=${cookie}`)).toContain(`COOKIE: ${cookie} (good)`);
  });
});
