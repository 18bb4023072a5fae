import { expect, test } from 'vitest';
import { parseZoneFile } from '../../../../../gateway-server/zone/static/master-file.ts';
import { digestOf } from '../../../../../gateway-server/zone/static/own-digest.ts';
import { OwnRecords } from '../../../../../gateway-server/zone/static/own-records.ts';
import { labelBytes } from '../../../../../gateway-server/zone/wire.ts';
import {
  nameserversWithoutAddress,
  soaOf,
  type ZoneIdentity,
} from '../../../../../gateway-server/zone/zone-identity.ts';
import { recordText, type ZoneRecord } from '../../../../../gateway-server/zone/zone-record.ts';
import { domain, identity } from '../../../../support/dns-zone.ts';

const A = 1;
const NS = 2;
const CNAME = 5;
const SOA = 6;
const MX = 15;
const TXT = 16;
const DS = 43;
const ANY = 255;

function withFile(text: string, changed: Partial<ZoneIdentity> = {}): ZoneIdentity {
  const { records, mistakes } = parseZoneFile(text, domain('mwebpages.test'), 300);
  expect(mistakes).toEqual([]);
  return identity({ static: records, ...changed });
}

const key = (text: string) => labelBytes(text === '' ? [] : text.split('.'));
const shown = (records: readonly ZoneRecord[]) =>
  records.map((record) => `${record.name.split('.')[0]} ${record.type} ${recordText(record)}`);

function look(text: string, name: string, type: number) {
  return new OwnRecords(withFile(text), 7).look(key(name), type);
}

/** Answers and additional records as text; the kind alone for anything else. */
function answer(text: string, name: string, type: number) {
  const found = look(text, name, type);
  return found?.kind === 'answer' ? [...shown(found.answers), '+', ...shown(found.additional)] : found?.kind;
}

test('answers with records of the file, the addresses of servers beside them', () => {
  const file = 'mail A 192.0.2.25\n@ MX 10 mail\n@ MX 20 mail.other.example.\n@ TXT hello\n';
  expect(answer(file, '', MX)).toEqual([
    'mwebpages MX 10 mail.mwebpages.test.',
    'mwebpages MX 20 mail.other.example.',
    '+',
    'mail A 192.0.2.25',
  ]);
  expect(answer(file, '', TXT)).toEqual(['mwebpages TXT "hello"', '+']);
  expect(answer(file, 'mail', TXT)).toBe('no-data');
  expect(answer(file, 'nothing', TXT)).toBeUndefined();
});

test('knows a name that has only names below it as one without data', () => {
  expect(answer('_sip._tcp SRV 1 1 5060 ns1\n', '_tcp', A)).toBe('no-data');
});

test('answers ANY with one record set', () => {
  expect(answer('x A 192.0.2.1\nx A 192.0.2.2\nx TXT t\n', 'x', ANY)).toEqual([
    'x A 192.0.2.1',
    'x A 192.0.2.2',
    '+',
  ]);
});

test('follows an alias as far as it leads to own names, and no alias twice', () => {
  const file =
    'a CNAME b\nb CNAME c\nc A 192.0.2.1\nloop CNAME pool\npool CNAME loop\nout CNAME www.other.example.\n';
  expect(answer(file, 'a', A)).toEqual([
    'a CNAME b.mwebpages.test.',
    'b CNAME c.mwebpages.test.',
    'c A 192.0.2.1',
    '+',
  ]);
  expect(answer(file, 'a', CNAME)).toEqual(['a CNAME b.mwebpages.test.', '+']);
  expect(answer(file, 'loop', A)).toHaveLength(3);
  expect(answer(file, 'out', A)).toEqual(['out CNAME www.other.example.', '+']);
  expect(answer(file, 'a', ANY)).toEqual(['a CNAME b.mwebpages.test.', '+']);
});

const DELEGATED =
  'sub NS ns.sub\nsub NS ns.other.example.\nns.sub A 192.0.2.9\nsub DS 1 8 2 aabbaabbaabbaabbaabbaabbaabbaabbaabbaabbaabbaabbaabbaabbaabbaabb\nto CNAME x.sub\n';

test.each(['sub', 'www.sub', 'a.b.c.sub', 'ns.sub'])(
  'refers whoever asks for %s to the servers of the delegation, with their addresses',
  (name) => {
    const found = look(DELEGATED, name, A);
    if (found?.kind !== 'referral') throw new Error('no referral');
    expect(found.cut).toBe('sub.mwebpages.test');
    expect(shown(found.authority)).toEqual(['sub NS ns.sub.mwebpages.test.', 'sub NS ns.other.example.']);
    expect(shown(found.additional)).toEqual(['ns A 192.0.2.9']);
  },
);

test('answers for the DS at a delegation itself (RFC 4035 §3.1.4.1)', () => {
  expect(answer(DELEGATED, 'sub', DS)).toEqual([`sub TYPE43 \\# 36 00010802${'aabb'.repeat(16)}`, '+']);
  expect(answer('sub NS ns.other.example.\n', 'sub', DS)).toBe('no-data');
  expect(answer(DELEGATED, 'x.sub', DS)).toBe('referral');
  expect(answer(DELEGATED, 'to', A)).toEqual(['to CNAME x.sub.mwebpages.test.', '+']);
});

test('takes names of the file, those above and below them, delegations and own names from the lines', () => {
  const own = new OwnRecords(withFile(`${DELEGATED}deep.er A 192.0.2.1\n`), 1);
  const taken = ['', 'to', 'x.to', 'er', 'deep.er', 'sub', 'x.sub', 'leave', 'ns1'];
  expect(taken.filter((name) => !own.takes(key(name)))).toEqual([]);
  const free = ['alice', 'www.alice', 'other.er', 'x.leave'];
  expect(free.filter((name) => own.takes(key(name)))).toEqual([]);
});

test("takes over the file's SOA but for its serial, and lets no absence be kept for longer than 30 s", () => {
  const file = '@ 900 SOA ns1 host 99 1h 2h 3w 1d\n';
  const own = new OwnRecords(withFile(file), 7);
  const [soa] = own.all();
  expect(soa && `${soa.ttlSeconds} ${recordText(soa)}`).toBe(
    '30 ns1.mwebpages.test. host.mwebpages.test. 7 3600 7200 1814400 30',
  );
  expect(soaOf(withFile(file, { ttlSeconds: 5 }), 8)).toMatchObject({ serial: 8, minimumSeconds: 5 });
  expect(own.all().filter(({ type }) => type === 'SOA')).toHaveLength(1);
  expect(own.withSerial(9).look('', SOA)).toMatchObject({ answers: [{ soa: { serial: 9 } }] });
});

test('joins name servers of settings and file, and drops those that nobody chose', () => {
  const file = '@ 60 NS ns9\nns9 A 192.0.2.9\n@ NS ns1\n';
  const hosts = (changed: Partial<ZoneIdentity>) => {
    const found = new OwnRecords(withFile(file, changed), 1).look('', NS);
    return found?.kind === 'answer' ? found.answers.map((one) => `${one.ttlSeconds} ${recordText(one)}`) : [];
  };
  expect(hosts({})).toEqual(['60 ns1.mwebpages.test.', '60 ns.other.example.', '60 ns9.mwebpages.test.']);
  expect(hosts({ nameserversAreDefault: true })).toEqual([
    '60 ns9.mwebpages.test.',
    '60 ns1.mwebpages.test.',
  ]);
});

test('finds the address of a name server of the settings in the file', () => {
  const nameservers = new Map([[domain('ns5.mwebpages.test'), []]]);
  expect(nameserversWithoutAddress(withFile('', { nameservers }))).toEqual(['ns5.mwebpages.test']);
  expect(nameserversWithoutAddress(withFile('ns5 A 192.0.2.5\n', { nameservers }))).toEqual([]);
});

test('has another digest whenever what is served changes, whatever the order and the serial of the file', () => {
  const base = digestOf(withFile('@ SOA ns1 host 1 1h 1h 1w 30\na A 192.0.2.1\nb A 192.0.2.2\n'));
  expect(digestOf(withFile('b A 192.0.2.2\n@ SOA ns1 host 2 1h 1h 1w 30\na A 192.0.2.1\n'))).toBe(base);
  const others = [
    '@ SOA ns1 host 1 1h 1h 1w 30\na A 192.0.2.1\n',
    '@ SOA ns1 host 1 1h 1h 1w 30\na A 192.0.2.1\nb 9 A 192.0.2.2\n',
    '@ SOA ns1 host 1 2h 1h 1w 30\na A 192.0.2.1\nb A 192.0.2.2\n',
  ];
  for (const file of others) expect(digestOf(withFile(file))).not.toBe(base);
  expect(digestOf(identity())).not.toBe(digestOf(identity({ ttlSeconds: 20 })));
  expect(digestOf(identity({ ownNames: [] }))).not.toBe(digestOf(identity({ ownNames: [], answering: [] })));
});
