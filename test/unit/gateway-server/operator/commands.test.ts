import { describe, expect, test } from 'vitest';
import { hashOfSecret } from '../../../../gateway-server/line/secret.ts';
import { Operator, serviceSince } from '../../../support/operator.ts';

const ALICE = { ipv4: '198.51.100.7' };
const LINE_KEYS = [
  ...['id', 'domain', 'names', 'state', 'presence', 'published', 'pending', 'lastLogOn', 'lastHeardMs'],
  ...['offlineReason', 'agent', 'hits', 'messages', 'suspended'],
];

describe('line add', () => {
  test('a line gets a domain below the zone and a secret that is kept as a hash only', async () => {
    const operator = await Operator.at();
    const { secret, ...told } = (await operator.ask('line add', { id: 'alice', names: ['www'] })) as Added;
    expect(told).toEqual({
      id: 'alice',
      domain: 'alice.mwebpages.test',
      names: ['www.alice.mwebpages.test'],
    });
    expect(secret).toMatch(/^[\w-]{43}$/);
    const { lines } = await operator.lab.store.load();
    expect(lines[0]?.secretHash).toBe(hashOfSecret(secret));
    expect(JSON.stringify([lines, operator.lab.log.events])).not.toContain(secret);
  });

  test('its names lead to the gateway with the next batch, and not before', async () => {
    const operator = await Operator.at();
    await operator.ask('line add', { id: 'alice' });
    expect(operator.lab.leadsTo('alice')).toEqual([]);
    expect(await operator.read('explain', { name: 'alice' })).toContain('is not in the zone yet');
    await operator.lab.pass(1_000);
    expect(operator.lab.leadsTo('alice')).toEqual(['192.0.2.80']);
  });

  test('a line without domain service has no names and leaves the zone as it is', async () => {
    const operator = await Operator.at();
    const { domain } = (await operator.ask('line add', { id: 'alice', hasDomain: false })) as Added;
    expect(domain).toBeNull();
    expect(operator.lab.pendingOf('alice')).toBeUndefined();
  });

  test('a secret of the provider is taken when it is long enough, and never quoted back', async () => {
    const operator = await Operator.at();
    const secret = 'the-provider-drew-this-one';
    expect(await operator.ask('line add', { id: 'alice', secret })).toMatchObject({ secret });
    const refusal = await operator.refusal('line add', { id: 'bob', secret: 'too short' });
    expect(refusal).toBe('the secret must be 16 to 128 printable characters, no spaces');
  });

  test.each([
    [{ id: 'alice' }, 'there already is a line alice'],
    [{ id: 'Bob' }, '"Bob" is no line id: give 1 to 32 of a-z, 0-9 and "-", not a reserved word'],
    [{ id: 'gateway' }, '"gateway" is no line id: give 1 to 32 of a-z, 0-9 and "-", not a reserved word'],
    [{ id: 'mail' }, '"mail" is a reserved name: choose another domain'],
    [{ id: 'bob', domain: 'alice.mwebpages.test' }, 'alice.mwebpages.test belongs to line alice'],
    [
      { id: 'bob', domain: 'bob.example' },
      '"bob.example" is no domain for a line: give one label below mwebpages.test',
    ],
    [{ id: 'bob', names: ['-'] }, '"-" is no name below bob.mwebpages.test: give a label such as www'],
    [{ id: 'bob', words: 'x'.repeat(2_001) }, /^words = .*: give a text of at most 2000 characters$/],
    [{ id: 7 }, 'id = 7: give a text'],
  ])('%j is refused with a sentence', async (args, sentence) => {
    const operator = await Operator.at({ lines: ['alice'] });
    expect(await operator.refusal('line add', args)).toMatch(sentence);
    expect((await operator.lab.store.load()).lines).toHaveLength(1);
  });

  test('two people who add one line at a time get one line and one refusal, also while the old one is leaving', async () => {
    const operator = await Operator.at({ lines: ['alice'] });
    await operator.ask('line remove', { id: 'alice' });
    expect(await operator.refusal('line add', { id: 'alice' })).toBe(
      'the old line alice is still being removed: try again in a moment',
    );
    await operator.lab.pass(1_000);
    expect(await operator.ask('line add', { id: 'alice' })).toMatchObject({ id: 'alice' });
  });
});

describe('line show and line list', () => {
  test('a live line shows exactly the keys of the contract', async () => {
    const operator = await Operator.at({ lines: ['alice'] });
    await operator.lab.live('alice', ALICE);
    await operator.lab.pass(2_000);
    const shown = (await operator.ask('line show', { id: 'alice' })) as Record<string, unknown>;
    expect(Object.keys(shown)).toEqual(LINE_KEYS);
    expect(shown).toMatchObject({
      ...{ id: 'alice', domain: 'alice.mwebpages.test', state: 'live', presence: 'up', pending: null },
      published: { kind: 'addresses', addresses: ['198.51.100.7'], serial: operator.lab.serial },
      ...{ offlineReason: null, agent: 'porchlight-agent 0.1.0', hits: 0, messages: 0, suspended: false },
    });
    expect(shown['published']).toHaveProperty('since', expect.any(Number));
    expect(shown['lastHeardMs']).toBeLessThanOrEqual(1_000);
  });

  test('a line goes from unknown over queued and live to off-line, and says why', async () => {
    const operator = await Operator.at({ lines: ['alice'], tunables: { everyMs: 60_000 } });
    const state = async () => {
      const { state: word } = (await operator.ask('line show', { id: 'alice' })) as { state: string };
      return word;
    };
    const states = [await state()];
    const agent = operator.lab.connect('alice', ALICE);
    // the first update goes at once, the second one has to wait
    agent.register();
    await operator.lab.pass(1_000);
    states.push(await state());
    agent.renumber('2001:db8::7');
    await operator.lab.settle();
    states.push(await state());
    expect(await operator.read('line show', { id: 'alice' })).toMatch(
      /waiting +to lead to 198\.51\.100\.7 2001:db8::7/,
    );
    await operator.lab.pass(60_000);
    agent.farewell();
    await operator.lab.pass(60_000);
    states.push(await state());
    expect(states).toEqual(['unknown', 'live', 'queued', 'offline']);
    expect(await operator.ask('line show', { id: 'alice' })).toMatchObject({ offlineReason: 'farewell' });
    expect(await operator.read('line show', { id: 'alice' })).toMatch(/because +its agent said good-bye/);
  });

  test('without a gateway nothing is claimed to have been heard', async () => {
    const operator = await Operator.at({ lines: ['alice'] });
    await operator.lab.live('alice', ALICE);
    expect(await operator.withoutGateway().ask('line show', { id: 'alice' })).toMatchObject({
      presence: 'unknown',
      lastHeardMs: null,
      published: { addresses: ['198.51.100.7'] },
    });
  });

  test('the list has one aligned row a line, in order', async () => {
    const operator = await Operator.at({ lines: ['bob', 'alice'] });
    await operator.lab.live('alice', ALICE);
    const [head, first, second] = (await operator.read('line list')).split('\n');
    expect(head).toMatch(/^line +domain +state +address +since +agent$/);
    expect(first).toMatch(
      /^alice {2}alice\.mwebpages\.test {2}live {5}198\.51\.100\.7 {2}.* UTC {2}porchlight-agent/,
    );
    expect(second?.indexOf('unknown')).toBe(head?.indexOf('state'));
  });

  test('where there is no line yet the list says how to make one', async () => {
    const operator = await Operator.at();
    expect(await operator.read('line list')).toContain('line add ID');
    expect(await operator.ask('line list')).toEqual([]);
  });

  test.each(['show', 'remove', 'suspend', 'resume', 'secret'])(
    'line %s of a line that is not there says where to look',
    async (command) => {
      const operator = await Operator.at();
      expect(await operator.refusal(`line ${command}`, { id: 'nobody' })).toBe(
        'there is no line "nobody": see "porchlight-gateway line list"',
      );
    },
  );
});

describe('line remove, suspend, resume, secret and words', () => {
  test('a removed line is gone at once, its agent is put out, and its names leave with the next batch', async () => {
    const operator = await Operator.at({ lines: ['alice', 'bob'] });
    const agent = await operator.lab.live('alice', ALICE);
    await operator.ask('line remove', { id: 'alice' });
    expect(agent.agent.isOpen).toBe(false);
    expect(await operator.refusal('line show', { id: 'alice' })).toContain('there is no line "alice"');
    await operator.lab.pass(1_000);
    expect(operator.lab.leadsTo('alice')).toEqual([]);
    expect(operator.lab.leadsTo('bob')).toEqual(['192.0.2.80']);
    expect(await operator.read('zone check')).toMatch(/^The zone is well: /);
  });

  test('a suspended line leads to the gateway whatever its agent says, until it is resumed', async () => {
    const operator = await Operator.at({ lines: ['alice'] });
    await operator.lab.live('alice', ALICE);
    await operator.ask('line suspend', { id: 'alice' });
    await operator.lab.pass(1_000);
    expect(operator.lab.leadsTo('alice')).toEqual(['192.0.2.80']);
    const again = operator.lab.connect('alice', ALICE);
    again.register();
    await operator.lab.pass(1_000);
    expect(again.last('refused')).toMatchObject({ reason: 'suspended' });
    expect(await operator.read('line show', { id: 'alice' })).toMatch(/state +off-line, suspended/);
    await operator.ask('line resume', { id: 'alice' });
    expect(await operator.read('explain', { name: 'alice' })).toContain('was suspended, and its agent');
    await operator.lab.live('alice', ALICE);
    expect(operator.lab.leadsTo('alice')).toEqual(['198.51.100.7']);
  });

  test('a new secret puts the agent with the old one out', async () => {
    const operator = await Operator.at({ lines: ['alice'] });
    const agent = await operator.lab.live('alice', ALICE);
    const { secret } = (await operator.ask('line secret', { id: 'alice' })) as Added;
    expect(agent.agent.isOpen).toBe(false);
    const { lines } = await operator.lab.store.load();
    expect(lines[0]?.secretHash).toBe(hashOfSecret(secret));
  });

  test('a batch that comes between a change and the disk is not undone by it', async () => {
    const operator = await Operator.at({ lines: ['alice'] });
    const { lab } = operator;
    const agent = lab.connect('alice', ALICE);
    lab.disk.delayMs = 1_500;
    agent.register();
    // its update is on disk after 1.5 s, its batch after 3 s
    await lab.pass(2_500);
    const changing = operator.ask('line words', { id: 'alice', words: 'gone fishing' });
    await lab.pass(6_000);
    await changing;
    await lab.pass(6_000);
    lab.disk.delayMs = 0;
    expect(lab.standingOf('alice').published.kind).toBe('addresses');
    const { standings, lines } = await lab.store.load();
    expect([...standings.values()][0]?.published.kind).toBe('addresses');
    expect(lines[0]?.words).toBe('gone fishing');
  });

  test('the owner’s words can be set and taken away', async () => {
    const operator = await Operator.at({ lines: ['alice'] });
    expect(await operator.read('line words', { id: 'alice', words: 'Back soon' })).toBe(
      'The page of alice now says: Back soon',
    );
    expect(await operator.read('line words', { id: 'alice', words: '' })).toContain('no words of its own');
  });
});

describe('line import and line export', () => {
  const row = (number: number, id: string, change: object = {}) => ({ row: number, id, ...change });

  test('all lines come in one batch, with a secret for each that brought none', async () => {
    const operator = await Operator.at();
    const answer = (await operator.ask('line import', {
      rows: [
        row(2, 'alice'),
        row(3, 'bob', { secret: 'bobs-very-own-secret' }),
        row(4, 'carol', { hasDomain: false }),
      ],
    })) as { imported: number; lines: Added[] };
    expect(answer.imported).toBe(3);
    expect(answer.lines.map(({ secret }) => secret)).toEqual([
      expect.stringMatching(/^[\w-]{43}$/),
      'bobs-very-own-secret',
      expect.stringMatching(/^[\w-]{43}$/),
    ]);
    const before = operator.lab.serial;
    await operator.lab.pass(1_000);
    expect(operator.lab.serial).toBe(before + 1);
    expect(operator.lab.leadsTo('bob')).toEqual(['192.0.2.80']);
  });

  test('one bad row keeps all of them out, and every bad row is named', async () => {
    const operator = await Operator.at({ lines: ['zoe'] });
    const refusal = await operator.refusal('line import', {
      rows: [
        row(2, 'alice'),
        row(3, 'Bob'),
        row(5, 'carol', { domain: 'alice.mwebpages.test' }),
        row(6, 'dora', { secret: 'short' }),
        row(7, 'zoe'),
        row(8, 'emil', { secretHash: 'xyz' }),
      ],
    });
    expect(refusal.split('\n')).toEqual([
      'nothing was imported:',
      expect.stringContaining('  row 3: "Bob" is no line id'),
      '  row 5: alice.mwebpages.test stands in row 2 already',
      '  row 6: the secret must be 16 to 128 printable characters, no spaces',
      '  row 7: there already is a line zoe',
      '  row 8: the secret_hash is no SHA-256 in 64 hexadecimal digits',
    ]);
    expect((await operator.lab.store.load()).lines).toHaveLength(1);
  });

  test('the export has every line with its hash and no secret', async () => {
    const operator = await Operator.at({ lines: ['bob', 'alice'] });
    const lines = (await operator.ask('line export')) as { id: string; secretHash: string }[];
    expect(lines.map(({ id }) => id)).toEqual(['alice', 'bob']);
    expect(lines[0]?.secretHash).toMatch(/^[0-9a-f]{64}$/);
    expect(await operator.read('line export')).toMatch(
      /^id,domain,names,secret,secret_hash,suspended,words\nalice,/,
    );
  });
});

describe('announce', () => {
  test('an announcement reaches the agents and the list', async () => {
    const operator = await Operator.at({ lines: ['alice'] });
    expect(await operator.read('announce', { text: ' Maintenance at 2 ' })).toMatch(/^Announced/);
    expect(operator.lab.link.announcements).toMatchObject([{ text: 'Maintenance at 2' }]);
    expect(await operator.read('announcements')).toMatch(/UTC {2}Maintenance at 2$/);
    expect(await operator.ask('announcements')).toEqual([
      { id: expect.any(String), at: expect.any(Number), text: 'Maintenance at 2' },
    ]);
  });

  test('empty and endless ones are refused', async () => {
    const operator = await Operator.at();
    expect(await operator.refusal('announce', { text: ' ' })).toContain('is empty');
    expect(await operator.refusal('announce', { text: 'x'.repeat(601) })).toContain('is too long');
    expect(await operator.read('announcements')).toContain('Nothing is announced');
  });
});

describe('status', () => {
  test('it has the keys of the contract and counts every line once', async () => {
    const operator = await Operator.at({ lines: ['alice', 'bob'] });
    await operator.lab.live('alice', ALICE);
    const status = (await operator.ask('status')) as Record<string, object>;
    expect(status).toMatchObject({
      ...{ version: expect.any(String), uptimeMs: expect.any(Number), zone: 'mwebpages.test' },
      serial: operator.lab.serial,
      lines: { live: 1, queued: 0, suspect: 0, offline: 0, unknown: 1 },
      batches: { count: 1, lastAt: expect.any(Number), lastSize: 1, lastMs: expect.any(Number) },
      ...{ secondaries: [], brake: false, probe: { ok: true, problem: null } },
    });
    expect(Object.keys(status['lines'] ?? {})).toHaveLength(5);
  });

  test('people read it in two columns with words for counts', async () => {
    const operator = await Operator.at({ lines: ['alice', 'bob'] });
    await operator.lab.live('alice', ALICE);
    const text = await operator.read('status');
    expect(text).toMatch(/^gateway {2}serving for /);
    expect(text).toMatch(/\nlines {4}1 live, 1 unknown\n/);
    expect(text).toMatch(/\nbatches {2}1, the last .* UTC \(.* ago\): 1 update in [\d.]+ ms\n/);
    expect(text).toMatch(/\npings {4}possible$/);
  });

  test('pings that are not possible are told with their reason', async () => {
    const operator = await Operator.at(
      {},
      serviceSince(0, { probeProblem: () => 'fping: there is no such program' }),
    );
    expect(await operator.ask('status')).toMatchObject({
      probe: { ok: false, problem: 'fping: there is no such program' },
    });
    expect(await operator.read('status')).toContain('NOT POSSIBLE: fping: there is no such program');
  });

  test('secondaries, halts and workers are told, each in a row of its own', async () => {
    const nsd = { address: '192.0.2.53:53', serial: 1, lagMs: 0, proof: true, problem: null };
    const service = serviceSince(0, {
      secondaries: () => [nsd, { ...nsd, address: '192.0.2.54:53', serial: null, lagMs: null }],
      zoneMode: () => 'halt',
      workers: () => ({ wanted: 2, running: 1 }),
    });
    const operator = await Operator.at({}, service);
    expect(await operator.ask('status')).toMatchObject({
      ...{ mode: 'halt', halted: false, workers: { wanted: 2, running: 1 } },
      secondaries: [nsd, { address: '192.0.2.54:53', serial: null }],
    });
    const text = await operator.read('status');
    expect(text).toContain('mwebpages.test, serial 1, halts for resolvers at every batch\n');
    expect(text).toContain('\nsecondary  192.0.2.53:53, proves: serves serial 1, in step\n');
    expect(text).toContain('\nsecondary  192.0.2.54:53, proves: never heard\n');
    expect(text).toContain('\nworkers    ONLY 1 of 2 are running\n');
  });

  test('a zone that halts right now says so', async () => {
    const operator = await Operator.at({}, serviceSince(0, { isHalted: () => true }));
    expect(await operator.read('status')).toContain(', HALTED for resolvers while a batch enters it\n');
  });

  test('on the store alone it says that no gateway runs', async () => {
    const operator = (await Operator.at({ lines: ['alice'] })).withoutGateway();
    expect(await operator.ask('status')).toMatchObject({ running: false, uptimeMs: 0 });
    expect(await operator.read('status')).toContain('not running; this is what its store says');
  });
});

describe('zone print', () => {
  test('the zone is printed as a master file with its serial', async () => {
    const operator = await Operator.at({ lines: ['alice'] });
    await operator.lab.live('alice', ALICE);
    const text = await operator.read('zone print');
    expect(text).toMatch(new RegExp(`^mwebpages\\.test\\.\\t30\\tIN\\tSOA\\t.* ${operator.lab.serial} `));
    expect(text.split('\n').at(-1)).toBe('alice.mwebpages.test.\t30\tIN\tA\t198.51.100.7');
  });
});

describe('any command', () => {
  test('one that there is not is refused by name', async () => {
    const operator = await Operator.at();
    expect(await operator.refusal('line fly')).toBe('there is no command "line fly"');
  });

  test('the brake says whether it was on', async () => {
    const operator = await Operator.at();
    expect(await operator.ask('brake release')).toEqual({ wasOn: false, brake: false });
    expect(await operator.read('brake release')).toBe('The brake was not on.');
  });

  test('an argument too many is a mistake, not something to be passed over', async () => {
    const operator = await Operator.at();
    expect(await operator.refusal('status', { colour: 'red' })).toContain('colour');
  });
});

interface Added {
  readonly domain: string | null;
  readonly secret: string;
}
