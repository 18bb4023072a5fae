import { describe, expect, test } from 'vitest';
import type { SecondaryAnswer, SecondaryView } from '../../../../gateway-server/operator/secondaries.ts';
import { parseZoneFile } from '../../../../gateway-server/zone/static/master-file.ts';
import type { Address } from '../../../../protocol/address.ts';
import type { DomainName } from '../../../../protocol/domain-name.ts';
import { type LabWish, lineOf } from '../../../support/gateway-lab.ts';
import { Operator, serviceSince } from '../../../support/operator.ts';

const ALICE = { ipv4: '198.51.100.7' };
const ZONE = 'mwebpages.test' as DomainName;
const KEYS = [
  ...['name', 'zone', 'serial', 'kind', 'served', 'words', 'line', 'presence', 'verification', 'contests'],
  ...['batch', 'history', 'secondaries'],
].sort();
const NSD: SecondaryView = { address: '192.0.2.53:53', serial: 2, lagMs: 0, proof: true, problem: null };
const FILE = `
mail    3600 IN MX 10 mx.example.
_dmarc  3600 IN TXT "v=DMARC1; p=none"
shop    3600 IN NS ns.shop.example.
a.b     3600 IN A 192.0.2.9
`;

async function operatorWith(wish: LabWish = {}, service = serviceSince(0)) {
  const operator = await Operator.at(wish, service);
  const { zone } = operator.lab.registry;
  const { records, mistakes } = parseZoneFile(FILE, ZONE, 30);
  expect(mistakes).toEqual([]);
  zone.replaceOwn({ ...zone.identity, static: records }, zone.serial);
  const words = async (name: string) => {
    const { words: told } = (await operator.ask('explain', { name })) as { words: string[] };
    return told.join('\n');
  };
  return { operator, lab: operator.lab, words };
}

describe('a line’s name', () => {
  test('is explained by any of its spellings, or by its line', async () => {
    const names = ['www.alice.mwebpages.test' as DomainName];
    const { operator, lab, words } = await operatorWith({ lines: [lineOf('alice', { names })] });
    await lab.live('alice', ALICE);
    for (const name of ['www.alice.mwebpages.test', 'WWW.Alice.mwebpages.test.', 'www.alice'])
      expect(await words(name)).toMatch(
        /^www\.alice\.mwebpages\.test leads to the line at 198\.51\.100\.7 since .*, serial 2\.\n/,
      );
    expect(await operator.ask('explain', { name: 'alice' })).toMatchObject({ name: 'alice.mwebpages.test' });
  });

  test('that is live tells presence, batch, TTL and history, in words and as data', async () => {
    const { operator, lab, words } = await operatorWith({ lines: ['alice'] });
    await lab.live('alice', ALICE);
    const told = await words('alice');
    expect(told).toContain('The batch of serial 2 took 1 update.');
    expect(told).toContain('Resolvers may keep the answer for 30 s, its TTL.');
    expect(told).toMatch(/The line counts as up\. It was heard \d\.\d s ago, by its registration\./);
    expect(await operator.read('explain', { name: 'alice' })).toMatch(
      /What happened last:\n {2}\d{4}-.* UTC {2}logged on: porchlight-agent 0\.1\.0/,
    );
    expect(await operator.ask('explain', { name: 'alice' })).toMatchObject({
      kind: 'line',
      served: { addresses: ['198.51.100.7'], ttlSeconds: 30, records: [] },
      line: { state: 'live', pending: null },
      presence: { kind: 'up', heardMs: expect.any(Number), heardBy: 'register', doubt: null, doubtMs: null },
      verification: null,
      batch: { serial: 2, at: expect.any(Number), updates: 1, names: 1 },
      history: [{ event: 'logged on' }],
    });
  });

  test('tells by which signal its line was heard last', async () => {
    const { lab, words } = await operatorWith({ lines: ['alice'] });
    const agent = await lab.live('alice', ALICE);
    await lab.pass(2_000);
    expect(await words('alice')).toContain('ago, by its alive signal.');
    agent.fallSilent();
    await lab.clock.advance(10_500);
    agent.answerChallenges();
    expect(await words('alice')).toContain('ago, by its answer to a challenge.');
  });

  test('of both families tells both addresses', async () => {
    const { operator, lab } = await operatorWith({ lines: ['alice'] });
    await lab.live('alice', { ...ALICE, ipv6: '2001:db8::7' });
    expect(await operator.ask('explain', { name: 'alice' })).toMatchObject({
      served: { addresses: ['198.51.100.7', '2001:db8::7'] },
    });
  });

  test('of an off-line line tells why the gateway answers, and what the verification found', async () => {
    const { operator, lab, words } = await operatorWith({ lines: ['alice'] });
    const agent = await lab.live('alice', ALICE);
    agent.fallSilent();
    await lab.clock.advance(20_000);
    const told = await words('alice');
    expect(told).toContain('leads to the gateway since');
    expect(told).toContain('neither its agent nor its address answered.');
    expect(told).toMatch(
      /verified last on .*: the challenge to its agent was not answered, the ping not answered; the line was off\./,
    );
    expect(await operator.ask('explain', { name: 'alice' })).toMatchObject({
      presence: { kind: 'down' },
      verification: { at: expect.any(Number), challenge: 'silent', ping: 'silent', verdict: 'off-line' },
    });
  });

  test('of a suspect tells why it is in doubt', async () => {
    const { operator, lab, words } = await operatorWith({ lines: ['alice'] });
    const agent = await lab.live('alice', ALICE);
    await lab.pass(2_000);
    agent.breakOff();
    await lab.clock.advance(1_000);
    expect(await words('alice')).toMatch(
      /suspect and is being verified\. It was heard .* ago, by .*\. 1\.0 s ago its connection broke off\./,
    );
    expect(await operator.ask('explain', { name: 'alice' })).toMatchObject({
      presence: { kind: 'suspect', doubt: 'will', doubtMs: 1_000 },
    });
  });

  test('that waits tells when it moves, and that nobody keeps the old answer for longer', async () => {
    const { operator, lab, words } = await operatorWith({
      lines: ['alice', 'bob'],
      tunables: { everyMs: 60_000 },
    });
    await lab.live('bob', { ipv4: '198.51.100.8' });
    await lab.pass(40_000);
    lab.connect('alice', ALICE).register();
    await lab.settle();
    const told = await words('alice');
    expect(told).toMatch(
      /With the next batch \(in 20 s, at \d{4}-.* UTC\) it leads to the line at 198\.51\.100\.7\./,
    );
    expect(told).toContain(
      'Resolvers may keep the answer for 20 s, the time to its batch instead of its TTL.',
    );
    expect(await operator.ask('explain', { name: 'alice' })).toMatchObject({
      served: { addresses: ['192.0.2.80'], ttlSeconds: 20 },
      line: { state: 'queued', pending: { kind: 'to-line', liveInMs: 20_000 } },
    });
  });

  test('that has just been added is not in the zone yet', async () => {
    const { operator, words } = await operatorWith();
    await operator.ask('line add', { id: 'alice' });
    expect(await words('alice')).toMatch(
      /^alice\.mwebpages\.test is not in the zone yet\.\nWith the next batch .* it enters the zone\./,
    );
    expect(await operator.ask('explain', { name: 'alice' })).toMatchObject({ kind: 'no-name' });
  });

  test('tells who claimed its address, and how that ended', async () => {
    const { operator, lab, words } = await operatorWith({ lines: ['alice', 'bob'] });
    await lab.live('alice', ALICE);
    lab.connect('bob', ALICE).register();
    await lab.pass(3_000);
    expect(await words('alice')).toMatch(
      /contested once, on .* UTC: bob claimed 198\.51\.100\.7, and alice kept it\./,
    );
    expect(await operator.ask('explain', { name: 'alice' })).toMatchObject({
      contests: [
        {
          at: expect.any(Number),
          event: 'address contested',
          detail: expect.stringContaining('holder-keeps-it'),
        },
      ],
    });
    expect(await words('bob')).toMatch(
      /An address that it claimed was left to the line that holds it: once, on .* UTC\./,
    );
  });

  test('of a suspended line says so', async () => {
    const { operator, lab, words } = await operatorWith({ lines: ['alice'] });
    await operator.ask('line suspend', { id: 'alice' });
    await lab.pass(1_000);
    expect(await words('alice')).toContain('The line is suspended: whatever its agent says does not count.');
  });

  test('of a removed line leaves with the next batch', async () => {
    const { operator, lab, words } = await operatorWith({ lines: ['alice'] });
    lab.tunables.everyMs = 60_000;
    await lab.live('alice', ALICE);
    await operator.ask('line remove', { id: 'alice' });
    await lab.settle();
    expect(await words('alice')).toBe(
      'alice.mwebpages.test belongs to no line any more: it leaves the zone with the next batch.',
    );
  });

  test('is explained from the store alone when no gateway runs', async () => {
    const { operator, lab } = await operatorWith({ lines: ['alice'] });
    await lab.live('alice', ALICE);
    const text = await operator.withoutGateway().read('explain', { name: 'alice' });
    expect(text).toContain('No gateway is running now: nobody listens to the line.');
    expect(text).not.toContain('What the secondaries serve now');
  });

  test('of a line without domain service is none', async () => {
    const { operator } = await operatorWith();
    await operator.ask('line add', { id: 'alice', hasDomain: false });
    expect(await operator.refusal('explain', { name: 'alice' })).toBe(
      'line alice has no domain service, and so no name',
    );
  });
});

describe('any other name', () => {
  test.each([
    ['leave', 'own', "leave.mwebpages.test is a name of the gateway's own: it always leads there."],
    ['leave', 'own', 'It answers: A 192.0.2.80 (30 s).'],
    ['mwebpages.test', 'own', 'mwebpages.test is the zone itself.'],
    ['ns1', 'own', 'ns1.mwebpages.test is a name server of the zone: the settings give its addresses.'],
    ['mail', 'own', 'mail.mwebpages.test is in the zone file.'],
    ['mail', 'own', 'It answers: MX 10 mx.example. (3600 s).'],
    ['_dmarc.mwebpages.test', 'own', '_dmarc.mwebpages.test is in the zone file.'],
    ['shop', 'delegated', 'shop.mwebpages.test is delegated: resolvers are sent to ns.shop.example.'],
    [
      'www.shop.mwebpages.test.',
      'delegated',
      'www.shop.mwebpages.test is delegated with all that lies below shop.mwebpages.test: resolvers are sent to ns.shop.example.',
    ],
    [
      'b',
      'between',
      'b.mwebpages.test has no records itself, but there are names below it: its answers are empty.',
    ],
    ['nobody', 'no-name', 'nobody.mwebpages.test: no such name (NXDOMAIN), as no line has it.'],
    ['x.alice', 'outside', 'x.alice lies outside mwebpages.test: questions for it are refused.'],
    ['x.alice.mwebpages.test', 'no-name', 'Line alice above it has the names alice.mwebpages.test.'],
    [
      'nobody.example',
      'outside',
      'nobody.example lies outside mwebpages.test: questions for it are refused.',
    ],
    ['example.', 'outside', 'example lies outside mwebpages.test: questions for it are refused.'],
  ])('%s is %s, and the words say why', async (name, kind, sentence) => {
    const { operator } = await operatorWith({ lines: ['alice'] });
    const answer = (await operator.ask('explain', { name })) as { kind: string; words: string[] };
    expect(answer.words).toContain(sentence);
    expect(answer.kind).toBe(kind);
    expect(Object.keys(answer).sort()).toEqual(KEYS);
  });

  test('that can be no name is refused', async () => {
    const { operator } = await operatorWith();
    expect(await operator.refusal('explain', { name: '..' })).toBe('".." is no name');
    expect(await operator.refusal('explain', { name: 'ü' })).toBe('"ü" is no name');
  });

  test('has the same keys as a line’s', async () => {
    const { operator } = await operatorWith({ lines: ['alice'] });
    expect(Object.keys((await operator.ask('explain', { name: 'alice' })) as object).sort()).toEqual(KEYS);
  });
});

describe('the secondaries', () => {
  const answers: SecondaryAnswer[] = [
    { address: '192.0.2.53:53', answer: 'addresses', addresses: ['198.51.100.7' as Address], serial: 2 },
    { address: '192.0.2.54:53', answer: 'no-name', addresses: [], serial: 1 },
    { address: '192.0.2.55:53', answer: 'silent', addresses: [], serial: null },
  ];

  test('are asked now, and each tells what it serves and from which zone', async () => {
    const asked: string[] = [];
    const service = serviceSince(0, {
      secondaries: () => [NSD],
      askSecondaries: async (name) => {
        asked.push(name);
        return answers;
      },
    });
    const { operator, lab } = await operatorWith({ lines: ['alice'] }, service);
    await lab.live('alice', ALICE);
    const text = await operator.read('explain', { name: 'alice' });
    expect(text).toContain('What the secondaries serve now:');
    expect(text).toMatch(/ {2}192\.0\.2\.53:53 {2}198\.51\.100\.7, serial 2, in step\n/);
    expect(text).toMatch(/ {2}192\.0\.2\.54:53 {2}no such name, serial 1, 1 batch behind\n/);
    expect(text).toMatch(/ {2}192\.0\.2\.55:53 {2}does not answer\n/);
    expect(asked).toEqual(['alice.mwebpages.test']);
    expect(await operator.ask('explain', { name: 'alice' })).toMatchObject({ secondaries: answers });
  });

  test('that say nothing within a second are silent, and nobody waits any longer', async () => {
    const service = serviceSince(0, {
      secondaries: () => [NSD],
      askSecondaries: () => new Promise(() => undefined),
    });
    const { operator, lab } = await operatorWith({ lines: ['alice'] }, service);
    const asking = operator.ask('explain', { name: 'alice' });
    await lab.clock.advance(1_000);
    expect(await asking).toMatchObject({ secondaries: [{ address: NSD.address, answer: 'silent' }] });
  });

  test('are not asked about names of other zones', async () => {
    const service = serviceSince(0, { secondaries: () => [NSD], askSecondaries: async () => answers });
    const { operator } = await operatorWith({}, service);
    expect(await operator.ask('explain', { name: 'www.example.org' })).toMatchObject({ secondaries: [] });
  });
});

test('every line of every explanation fits on a terminal', async () => {
  const service = serviceSince(0, { secondaries: () => [NSD] });
  const { operator, lab } = await operatorWith({ lines: ['alice', 'bob'] }, service);
  const agent = await lab.live('alice', { ...ALICE, ipv6: '2001:db8::7' });
  lab.connect('bob', ALICE).register();
  await lab.pass(3_000);
  agent.fallSilent();
  await lab.clock.advance(60_000);
  for (const name of ['alice', 'bob', 'mwebpages.test', 'shop', 'www.shop.mwebpages.test', 'b', 'x.y']) {
    const text = await operator.read('explain', { name });
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
  }
});
