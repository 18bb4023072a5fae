import { expect, test } from 'vitest';
import { Zone } from '../../../../gateway-server/zone/zone.ts';
import { address, ask, change, domain, identity, sampleZone } from '../../../support/dns-zone.ts';

const A = 1;
const NS = 2;
const SOA = 6;
const TXT = 16;
const AAAA = 28;
const ANY = 255;

const rdata = (records: readonly { readonly rdata: string }[]) => records.map((record) => record.rdata);

test("answers a line's name with its addresses, with authority and the zone's TTL", () => {
  const reply = ask(sampleZone(), { name: 'bob.mwebpages.test', type: AAAA });
  expect(reply).toMatchObject({ rcode: 0, flags: 'qr aa rd', authority: [], additional: [] });
  expect(reply.answers).toEqual([
    { name: 'bob.mwebpages.test', type: AAAA, class: 1, ttl: 30, rdata: '2001:db8:0:0:0:0:0:8' },
  ]);
});

test('gives every address of a name that has several', () => {
  const zone = sampleZone();
  zone.apply([change('dave.mwebpages.test', '192.0.2.1', '192.0.2.2', '2001:db8::1')], 3);
  expect(rdata(ask(zone, { name: 'dave.mwebpages.test' }).answers)).toEqual(['192.0.2.1', '192.0.2.2']);
  expect(ask(zone, { name: 'dave.mwebpages.test', type: AAAA }).answers).toHaveLength(1);
});

test('answers any spelling of a name and repeats the spelling', () => {
  const reply = ask(sampleZone(), { name: 'aLiCe.MwEbPages.TEST' });
  expect(reply.questions[0]?.name).toBe('aLiCe.MwEbPages.TEST');
  expect(reply.answers).toMatchObject([{ name: 'aLiCe.MwEbPages.TEST', rdata: '203.0.113.7' }]);
});

test.each([
  ['a name that nobody has', 'nobody.mwebpages.test', A, 3],
  ['a name below a line that has no such name', 'ftp.alice.mwebpages.test', A, 3],
  ['a name without an address of this family', 'alice.mwebpages.test', AAAA, 0],
  ['a name that has only names below it', 'carol.mwebpages.test', A, 0],
  ['a type that nobody has', 'alice.mwebpages.test', TXT, 0],
  ['the zone itself without such a record', 'mwebpages.test', A, 0],
  ['an own name without such a record', 'leave.mwebpages.test', TXT, 0],
])('tells of %s with the SOA record and a short TTL', (_case, name, type, rcode) => {
  const reply = ask(sampleZone(), { name, type });
  expect(reply).toMatchObject({ rcode, flags: 'qr aa rd', answers: [] });
  expect(reply.authority).toEqual([
    {
      name: 'mwebpages.test',
      type: SOA,
      class: 1,
      ttl: 30,
      rdata: 'ns1.mwebpages.test hostmaster.mwebpages.test 2 60 15 604800 30',
    },
  ]);
});

test('never lets a resolver remember an absence for longer than 30 s, or than the TTL if that is less', () => {
  const ttlOf = (ttlSeconds: number) =>
    ask(sampleZone({ ttlSeconds }), { name: 'x.mwebpages.test' }).authority[0]?.ttl;
  expect([ttlOf(3600), ttlOf(5)]).toEqual([30, 5]);
});

test('names a primary outside the zone in full', () => {
  const zone = sampleZone({ nameservers: new Map([[domain('ns.other.example'), []]]) });
  expect(ask(zone, { name: 'x.mwebpages.test' }).authority[0]?.rdata).toMatch(
    /^ns\.other\.example hostmaster\.mweb/,
  );
});

test('gives SOA and NS of the zone, with the addresses of the name servers inside it', () => {
  const zone = sampleZone();
  expect(rdata(ask(zone, { name: 'MWEBpages.test', type: SOA }).answers)).toEqual([
    'ns1.MWEBpages.test hostmaster.MWEBpages.test 2 60 15 604800 30',
  ]);
  const reply = ask(zone, { name: 'mwebpages.test', type: NS, edns: {} });
  expect(rdata(reply.answers)).toEqual(['ns1.mwebpages.test', 'ns.other.example']);
  expect(rdata(reply.additional)).toEqual(['192.0.2.53', '2001:db8:0:0:0:0:0:53']);
  expect(rdata(ask(zone, { name: 'ns1.mwebpages.test' }).answers)).toEqual(['192.0.2.53']);
});

test("leads the gateway's own names to the gateway", () => {
  expect(rdata(ask(sampleZone(), { name: 'leave.mwebpages.test' }).answers)).toEqual(['192.0.2.80']);
});

test.each([
  ['bob.mwebpages.test', A],
  ['leave.mwebpages.test', A],
  ['mwebpages.test', SOA],
])('answers ANY for %s with one record set', (name, type) => {
  const types = ask(sampleZone(), { name, type: ANY }).answers.map((record) => record.type);
  expect(new Set(types)).toEqual(new Set([type]));
});

test('answers ANY with IPv6 for a name that has nothing else', () => {
  const zone = sampleZone();
  zone.apply([change('six.mwebpages.test', '2001:db8::6')], 3);
  expect(ask(zone, { name: 'six.mwebpages.test', type: ANY }).answers).toMatchObject([{ type: AAAA }]);
});

test.each(['example.test', 'test', '', 'xmwebpages.test', 'mwebpages.test.example'])(
  'refuses "%s", which lies outside the zone, without authority',
  (name) => {
    expect(ask(sampleZone(), { name })).toMatchObject({ rcode: 5, flags: 'qr rd', authority: [] });
  },
);

test('changes A and AAAA of a name together, and the serial with them', () => {
  const zone = sampleZone();
  zone.apply([change('bob.mwebpages.test', '203.0.113.99')], 3);
  expect(zone.serial).toBe(3);
  expect(rdata(ask(zone, { name: 'bob.mwebpages.test' }).answers)).toEqual(['203.0.113.99']);
  expect(ask(zone, { name: 'bob.mwebpages.test', type: AAAA }).answers).toEqual([]);
  expect(ask(zone, { name: 'mwebpages.test', type: SOA }).answers[0]?.rdata).toContain(' 3 60 ');
});

test('takes a removed name out, but keeps it as an empty one while a name below it is there', () => {
  const zone = sampleZone();
  const rcode = (name: string) => ask(zone, { name }).rcode;
  zone.apply([change('alice.mwebpages.test', null)], 3);
  expect([rcode('alice.mwebpages.test'), rcode('www.alice.mwebpages.test')]).toEqual([0, 0]);
  zone.apply([change('www.alice.mwebpages.test', null)], 4);
  expect([rcode('alice.mwebpages.test'), rcode('www.alice.mwebpages.test')]).toEqual([3, 3]);
});

test.each(['leave.mwebpages.test', 'mwebpages.test', 'ns1.mwebpages.test', 'alice.example'])(
  'takes nothing of a batch that claims %s',
  (name) => {
    const zone = sampleZone();
    const batch = [change('bob.mwebpages.test', null), change(name, '203.0.113.1')];
    expect(() => zone.apply(batch, 3)).toThrow(`${name} has no place`);
    expect(zone.serial).toBe(2);
    expect(ask(zone, { name: 'bob.mwebpages.test' }).answers).toHaveLength(1);
    expect(zone.canHold(domain(name))).toBe(false);
  },
);

test('serves names below a name server that lies deeper in the zone', () => {
  const zone = new Zone(
    identity({ nameservers: new Map([[domain('a.ns.mwebpages.test'), [address('192.0.2.1')]]]) }),
    1,
  );
  zone.apply([change('x.leave.mwebpages.test', '192.0.2.9')], 2);
  expect(ask(zone, { name: 'ns.mwebpages.test' }).rcode).toBe(0);
  expect(ask(zone, { name: 'b.ns.mwebpages.test' }).rcode).toBe(3);
  expect(ask(zone, { name: 'leave.mwebpages.test' }).answers).toHaveLength(1);
});

test.each([
  ['no name server', { nameservers: new Map() }],
  [
    'a name server in the zone without an address',
    { nameservers: new Map([[domain('ns1.mwebpages.test'), []]]) },
  ],
])('is not made with %s', (_case, changed) => {
  expect(() => new Zone(identity(changed), 1)).toThrow(/name server/);
});

test('keeps the names of own records that will come free, until they come or are taken back', () => {
  const zone = sampleZone();
  const name = domain('carol-s-shop.mwebpages.test');
  const shop = { name, ttlSeconds: 30, type: 'A' as const, address: '192.0.2.1' as never };
  const coming = identity({ static: [shop] });
  zone.expectOwn(coming);
  expect(zone.canHold(name)).toBe(false);
  zone.expectOwn(null);
  expect(zone.canHold(name)).toBe(true);
  zone.expectOwn(coming);
  zone.replaceOwn(coming, 3);
  zone.replaceOwn(identity(), 4);
  expect(zone.canHold(name)).toBe(true);
});
