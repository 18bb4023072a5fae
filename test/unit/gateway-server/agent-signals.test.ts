import { describe, expect, test } from 'vitest';
import type { LineId } from '../../../protocol/line-id.ts';
import { encodeUpper } from '../../../protocol/message.ts';
import { GATEWAY, GatewayLab } from '../../support/gateway-lab.ts';

const HOME = '198.51.100.7';
const ALICE = 'alice' as LineId;

async function liveAlice() {
  const lab = await GatewayLab.start({ lines: ['alice', 'bob'] });
  const alice = await lab.live('alice', { ipv4: HOME });
  return { lab, alice };
}

describe('a log-in', () => {
  test.each([
    ['a wrong secret', { line: ALICE, secret: 'Secret' }],
    ['an empty secret', { line: ALICE, secret: '' }],
    ['a line that does not exist', { line: 'nobody' as LineId, secret: '' }],
    ['a reserved name', { line: 'gateway' as LineId }],
    ['no line id at all', { line: '$gateway' as LineId, secret: '' }],
  ])('with %s is refused without saying what was wrong', async (_what, logIn) => {
    const { lab } = await liveAlice();
    expect(lab.link.logIn(logIn)).toBe('wrong-credentials');
  });

  test('under another line’s client id is refused', async () => {
    const { lab } = await liveAlice();
    expect(lab.link.logIn({ line: ALICE, clientId: 'porchlight-bob' })).toBe('wrong-client-id');
  });

  test('leaves no secret in the log', async () => {
    const { lab } = await liveAlice();
    lab.link.logIn({ line: ALICE, secret: 'my-other-secret' });
    expect(lab.log.events.filter((event) => event.includes('my-other-secret'))).toEqual([]);
    expect(lab.logged('log-in refused')).toBe(1);
  });
});

describe('two routers with one secret', () => {
  test('push each other out three times; then the holder stays and the newcomer hears why', async () => {
    const { lab } = await liveAlice();
    const sources = ['198.51.100.8', HOME, '198.51.100.8'];
    for (const ipv4 of sources) lab.connect('alice', { ipv4 });
    const holder = lab.link.connectionOf(ALICE);
    const newcomer = lab.connect('alice', { ipv4: HOME });
    newcomer.register();
    await lab.settle();
    expect(newcomer.agent.heard).toMatchObject([{ kind: 'refused', reason: 'duplicate-login' }]);
    expect(lab.link.connectionOf(ALICE)).toBe(holder);
    expect(lab.leadsTo('alice')).toEqual([HOME]);
  });

  test('are told apart from one router that reconnects as often as it likes', async () => {
    const { lab } = await liveAlice();
    for (let turn = 0; turn < 10; turn++) lab.connect('alice', { ipv4: HOME });
    const last = lab.connect('alice', { ipv4: HOME });
    last.register();
    await lab.settle();
    expect(last.kinds).toEqual(['tune', 'live']);
  });
});

describe('sessions', () => {
  test('a late will of a retired session is dropped', async () => {
    const { lab, alice } = await liveAlice();
    const next = lab.connect('alice', { ipv4: HOME });
    next.register();
    await lab.settle();
    next.agent.leave();
    const last = lab.connect('alice', { ipv4: HOME });
    last.register();
    await lab.settle();
    last.agent.say({ kind: 'will', session: alice.session });
    last.agent.say({ kind: 'will', session: next.session });
    await lab.clock.advance(200);
    expect([lab.presenceOf('alice'), lab.prober.rounds]).toEqual(['up', []]);
  });

  test('a will counts by its session even when nobody knows whether a connection is left', async () => {
    const { lab, alice } = await liveAlice();
    const next = lab.connect('alice', { ipv4: HOME });
    next.register();
    await lab.settle();
    lab.link.connectionOf = () => undefined;
    next.agent.say({ kind: 'will', session: alice.session });
    expect(lab.presenceOf('alice')).toBe('up');
    next.agent.say({ kind: 'will', session: next.session });
    expect(lab.presenceOf('alice')).toBe('suspect');
  });

  test('a will of the current session that comes before the connection is gone starts nothing yet', async () => {
    const { lab, alice } = await liveAlice();
    alice.agent.say({ kind: 'will', session: alice.session });
    await lab.clock.advance(200);
    expect(lab.presenceOf('alice')).toBe('up');
  });

  test('an alive of a session that was never seen is asked to register, and proves nothing', async () => {
    const { lab, alice } = await liveAlice();
    alice.fallSilent();
    const next = lab.connect('alice', { ipv4: HOME });
    for (let second = 0; second < 13; second++) {
      next.alive();
      await lab.clock.advance(1_000);
    }
    expect(next.last('tune')).toEqual({ kind: 'tune', aliveMs: 3_333, spreadMs: 0, registerAgain: true });
    expect(lab.leadsTo('alice')).toEqual([GATEWAY]);
  });

  test('a replayed seq proves nothing', async () => {
    const { lab, alice } = await liveAlice();
    await lab.pass(3_000);
    alice.fallSilent();
    for (let second = 0; second < 13; second++) {
      alice.alive(3);
      await lab.clock.advance(1_000);
    }
    expect(lab.leadsTo('alice')).toEqual([GATEWAY]);
  });

  test('a registration of a retired session is dropped', async () => {
    const { lab, alice } = await liveAlice();
    const next = lab.connect('alice', { ipv4: HOME });
    next.register();
    await lab.settle();
    next.register({ session: alice.session, seq: 99 });
    await lab.settle();
    expect(next.kinds).toEqual(['tune', 'live']);
  });

  test('an alive of an off-line line is asked to register, and the name moves only then', async () => {
    const { lab, alice } = await liveAlice();
    alice.fallSilent();
    await lab.clock.advance(15_000);
    alice.alive();
    await lab.pass(2_000);
    expect([lab.leadsTo('alice'), lab.presenceOf('alice')]).toEqual([[GATEWAY], 'down']);
    expect(alice.last('tune')?.registerAgain).toBe(true);
    alice.register();
    await lab.pass(1_000);
    expect([lab.leadsTo('alice'), lab.presenceOf('alice')]).toEqual([[HOME], 'up']);
  });
});

describe('a malformed message', () => {
  const registerBytes = (change: object) =>
    new TextEncoder().encode(JSON.stringify({ v: 1, domain: 'alice.mwebpages.test', ...change }));

  test.each([
    ['malformed', new Uint8Array([1, 2, 3])],
    ['malformed', registerBytes({ session: 0 })],
    ['version', registerBytes({ v: 2 })],
  ] as const)('registration is refused as %s', async (reason, bytes) => {
    const { lab, alice } = await liveAlice();
    alice.agent.sayBytes('register', bytes);
    expect(alice.last('refused')).toEqual({
      kind: 'refused',
      session: 0,
      seq: 0,
      reason,
      retryAfterMs: 60_000,
    });
    expect([lab.presenceOf('alice'), lab.leadsTo('alice')]).toEqual(['up', [HOME]]);
  });

  test('of any other kind is dropped without a word', async () => {
    const { lab, alice } = await liveAlice();
    const alive = encodeUpper({ kind: 'alive', session: alice.session, seq: 50 });
    alice.fallSilent();
    await lab.clock.advance(9_000);
    alice.agent.sayBytes('alive', alive.subarray(1));
    alice.agent.sayBytes('offline', new Uint8Array());
    alice.agent.sayBytes('will', new Uint8Array(4));
    alice.agent.sayBytes('answer', new Uint8Array(5_000));
    await lab.clock.advance(1_100);
    expect([alice.last('refused'), lab.presenceOf('alice')]).toEqual([undefined, 'suspect']);
    expect(lab.logged('malformed message dropped')).toBe(4);
  });
});

test('a line that is up while its name leads to the gateway, and nothing waits, is asked to register', async () => {
  const { lab, alice } = await liveAlice();
  const published = { kind: 'answering', reason: 'farewell', serial: lab.serial, since: 0 } as const;
  lab.registry.book.setStanding(ALICE, { ...lab.standingOf('alice'), published });
  alice.alive();
  expect(alice.last('tune')?.registerAgain).toBe(true);
});
