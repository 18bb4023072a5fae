import { expect, onTestFinished, test } from 'vitest';
import { RELOAD } from '../../../agent/agent.ts';
import { topicOf } from '../../../protocol/topic.ts';
import { AgentLine, liveLine, SECRET } from '../../support/agent-line.ts';

function agentLine(): AgentLine {
  const line = new AgentLine();
  onTestFinished(() => line.finish());
  return line;
}

async function liveAgent(random?: () => number): Promise<AgentLine> {
  const line = await liveLine(random);
  onTestFinished(() => line.finish());
  return line;
}

test('registers domain and address as soon as there is a lease', async () => {
  const line = agentLine();
  expect(line.broker.attempts).toEqual([]);
  await line.holds('198.51.100.7');
  expect(line.registered).toMatchObject({
    seq: 1,
    domain: 'alice.example.test',
    ipv4: '198.51.100.7',
    ipv6: null,
    lease: { source: 'interface', interface: 'wan', expiresInMs: null },
    agent: 'porchlight-agent/0.1.0',
  });
  expect(line.registered.session).toBeGreaterThan(0);
});

test('listens to its own five leaves and the announcement, each by its exact name', async () => {
  const line = agentLine();
  await line.holds('198.51.100.7');
  const { line: id } = line.broker.link.logIn;
  const own = (['queued', 'live', 'refused', 'challenge', 'tune'] as const).map((leaf) => topicOf(id, leaf));
  expect(line.broker.link.topics).toEqual([...own, 'porchlight/1/all/announcement']);
});

test('leaves a will of four bytes that name the session', async () => {
  const line = agentLine();
  await line.holds('198.51.100.7');
  const { will } = line.broker.link.logIn;
  expect(will.topic).toMatch(/\/alice\/will$/);
  expect(new DataView(will.payload.buffer).getUint32(0)).toBe(line.registered.session);
  expect(will.payload).toHaveLength(4);
});

test('shows each state of a registration and what was missed meanwhile', async () => {
  const line = agentLine();
  await line.holds('198.51.100.7');
  expect(line.status.state).toBe('registering');
  await line.queued({ liveInMs: 60_000 });
  expect(line.status).toMatchObject({ state: 'queued', queue: { liveInMs: 60_000 } });
  line.broker.link.announce([{ id: '1', at: 5, text: 'works on Sunday' }]);
  await line.live({
    serial: 12,
    lastLogOn: 3,
    offlineForMs: 4_000,
    offlineReason: 'silent',
    hits: 2,
    messages: 1,
  });
  expect(line.status).toMatchObject({
    state: 'live',
    serial: 12,
    queue: null,
    away: { lastLogOn: 3, offlineForMs: 4_000, offlineReason: 'silent', hits: 2, messages: 1, portal: null },
    announcements: [{ text: 'works on Sunday' }],
  });
});

test('sends alive signals from the first "queued" on, one a period', async () => {
  const line = agentLine();
  await line.holds('198.51.100.7');
  await line.pass(6_000);
  expect(line.sent('alive')).toEqual([]);
  await line.queued({ liveInMs: 60_000, aliveMs: 2_000 });
  await line.pass(6_000);
  expect(line.sent('alive').map(({ seq }) => seq)).toEqual([2, 3, 4]);
});

test('says no more than the alive signals in a quiet minute, and those only when debugging', async () => {
  const line = await liveAgent();
  const before = line.log.events.length;
  const written = line.statuses.length;
  await line.pass(60_000);
  const said = line.log.events.slice(before);
  expect(said).toHaveLength(20);
  expect(said.every((event) => event.startsWith('debug alive 452'))).toBe(true);
  expect(line.statuses).toHaveLength(written);
});

test('registers again after 10 s without a reply, and reconnects after the third silence', async () => {
  const line = agentLine();
  await line.holds('198.51.100.7');
  await line.pass(10_000);
  expect(line.sent('register').map(({ seq }) => seq)).toEqual([1, 2]);
  await line.pass(19_000);
  expect(line.broker.links).toHaveLength(1);
  await line.pass(2_000);
  expect(line.broker.links).toHaveLength(2);
  expect(line.sent('register').map(({ seq }) => seq)).toEqual([1, 2, 3, 1]);
});

test('registers again when the name is not live 15 s after its promised time', async () => {
  const line = agentLine();
  await line.holds('198.51.100.7');
  await line.queued({ liveInMs: 5_000, aliveMs: 60_000 });
  await line.pass(19_999);
  expect(line.sent('register')).toHaveLength(1);
  await line.pass(1);
  expect(line.sent('register')).toHaveLength(2);
  expect(line.broker.links).toHaveLength(1);
});

test('starts over at once, from the new address, when the address changes in mid-registration', async () => {
  const line = agentLine();
  await line.holds('198.51.100.7');
  await line.queued();
  const old = line.broker.link;
  await line.holds('198.51.100.8');
  expect(line.broker.links).toHaveLength(2);
  expect(old.end).toBe('cut');
  expect(line.broker.link.source).toBe('198.51.100.8');
  expect(line.registered).toMatchObject({ seq: 1, ipv4: '198.51.100.8' });
});

test('gives up a connection attempt whose address is gone', async () => {
  const line = agentLine();
  line.broker.moods = ['silent', 'accept'];
  await line.holds('198.51.100.7');
  await line.holds('198.51.100.8');
  expect(line.broker.attempts).toHaveLength(2);
  expect(line.registered.ipv4).toBe('198.51.100.8');
});

test('keeps the connection when only the other family changes', async () => {
  const line = await liveAgent();
  await line.holds('198.51.100.7', '2001:db8::7');
  expect(line.broker.links).toHaveLength(1);
  expect(line.registered).toMatchObject({ ipv4: '198.51.100.7', ipv6: '2001:db8::7' });
});

test('ignores replies to another session and to an overtaken registration', async () => {
  const line = agentLine();
  await line.holds('198.51.100.7');
  const { session, seq } = line.registered;
  await line.live({ session: session + 1 });
  await line.holds('198.51.100.7', '2001:db8::7');
  expect(line.registered.seq).toBe(seq + 1);
  await line.live({ seq });
  expect(line.status.state).toBe('registering');
  await line.live();
  expect(line.status.state).toBe('live');
});

test('answers a challenge at once, with a seq of its own', async () => {
  const line = await liveAgent();
  line.broker.link.deliver({ kind: 'challenge', nonce: 'n1' });
  expect(line.sent('answer')).toEqual([
    { kind: 'answer', nonce: 'n1', session: line.registered.session, seq: 2 },
  ]);
});

test('reconnects when nothing has been heard for 15 s', async () => {
  const line = await liveAgent();
  await line.clock.advance(14_999);
  expect(line.broker.links).toHaveLength(1);
  await line.clock.advance(1);
  expect(line.status.lastFailure?.what).toBe('nothing heard from the gateway for 15 s');
  await line.clock.advance(1_000);
  expect(line.broker.links).toHaveLength(2);
  expect(line.registered.seq).toBe(1);
});

test('shows a refusal in plain words and is silent until the gateway lets it try again', async () => {
  const line = agentLine();
  await line.holds('10.0.0.2');
  await line.refused({ reason: 'behind-nat', retryAfterMs: 600_000 });
  expect(line.status.state).toBe('refused');
  expect(line.status.lastFailure?.what).toContain('private address');
  expect(line.status.lastFailure?.advice).toContain('public address');
  await line.pass(599_000);
  expect(line.sent('alive')).toEqual([]);
  expect(line.sent('register')).toHaveLength(1);
  await line.pass(1_000);
  expect(line.sent('register')).toHaveLength(2);
});

test('stops the alive signals when a live line is refused', async () => {
  const line = await liveAgent();
  await line.refused({ reason: 'suspended', retryAfterMs: 60_000 });
  await line.pass(20_000);
  expect(line.sent('alive')).toEqual([]);
});

test('understands a refusal of a message that the gateway could not read', async () => {
  const line = agentLine();
  await line.holds('198.51.100.7');
  await line.refused({ reason: 'malformed', session: 0, seq: 0 });
  expect(line.status.state).toBe('refused');
});

test('never asks again sooner than a second nor later than an hour, whatever the refusal says', async () => {
  const line = agentLine();
  await line.holds('198.51.100.7');
  await line.refused({ retryAfterMs: 0 });
  expect(line.sent('register')).toHaveLength(1);
  await line.pass(1_000);
  expect(line.sent('register')).toHaveLength(2);
  await line.refused({ retryAfterMs: 1e12 });
  await line.pass(3_600_000);
  expect(line.sent('register')).toHaveLength(3);
});

test('honours the time of a refusal although the gateway closes the connection', async () => {
  const line = agentLine();
  await line.holds('198.51.100.7');
  await line.refused({ reason: 'duplicate-login', retryAfterMs: 60_000 });
  line.broker.link.breakDown();
  await line.pass(59_000);
  expect(line.broker.links).toHaveLength(1);
  await line.pass(1_000);
  expect(line.broker.links).toHaveLength(2);
});

test('takes up a new rhythm from the gateway at once', async () => {
  const line = await liveAgent();
  line.broker.link.deliver({ kind: 'tune', aliveMs: 1_000, spreadMs: 0, registerAgain: false });
  await line.pass(5_000);
  expect(line.sent('alive')).toHaveLength(5);
});

test('registers again when the gateway asks for it, but not for a call that crossed its registration', async () => {
  const line = await liveAgent();
  const again = { kind: 'tune', aliveMs: 3_000, spreadMs: 0, registerAgain: true } as const;
  line.broker.link.deliver(again);
  await line.pass(1_000);
  expect(line.sent('register')).toHaveLength(1);
  line.broker.link.deliver(again);
  await line.clock.advance(0);
  expect(line.sent('register')).toHaveLength(2);
  expect(line.broker.links).toHaveLength(1);
});

test('says farewell when stopped, and leaves', async () => {
  const line = await liveLine();
  const { session } = line.registered;
  await line.stop();
  await line.ended;
  expect(line.sent('offline')).toEqual([{ kind: 'offline', session, seq: 2, reason: 'stop' }]);
  expect(line.broker.link.end).toBe('left');
  expect(line.status.state).toBe('stopped');
});

test('waits no longer than two seconds for a broker that does not take the farewell', async () => {
  const line = await liveLine();
  line.broker.acknowledges = false;
  await line.stop();
  await line.clock.advance(2_000);
  await line.ended;
  expect(line.sent('offline')).toHaveLength(1);
  expect(line.broker.link.end).toBe('cut');
  expect(line.log.events).toContain('info off-line message 456 stop false');
});

test('says no farewell when only the settings are read again', async () => {
  const line = await liveLine();
  await line.stop(RELOAD);
  await line.ended;
  expect(line.sent('offline')).toEqual([]);
  expect(line.broker.link.end).toBe('cut');
});

test('says that the lease is lost where it still can, and claims nothing until there is a new one', async () => {
  const line = await liveAgent();
  await line.holds();
  await line.clock.advance(250);
  expect(line.sent('offline')).toMatchObject([{ reason: 'lease-lost' }]);
  expect(line.status).toMatchObject({ state: 'no-lease', addresses: { ipv4: null, ipv6: null } });
  await line.pass(120_000);
  expect(line.broker.attempts).toHaveLength(1);
  expect(line.sent('alive')).toEqual([]);
  await line.holds('198.51.100.9');
  expect(line.registered.ipv4).toBe('198.51.100.9');
});

test('tries a rejected secret again after 1, 2, 5, 10 and then every 15 minutes', async () => {
  const line = agentLine();
  line.broker.moods = ['reject'];
  await line.holds('198.51.100.7');
  for (const [attempts, minutes] of [1, 2, 5, 10, 15, 15].entries()) {
    expect(line.broker.attempts).toHaveLength(attempts + 1);
    await line.clock.advance(minutes * 60_000 - 1);
    expect(line.broker.attempts).toHaveLength(attempts + 1);
    await line.clock.advance(1);
  }
  expect(line.status.lastFailure?.what).toContain('does not accept line and secret');
});

test('gives up a connection that is not there after 5 s, and tries again', async () => {
  const line = agentLine();
  line.broker.moods = ['silent', 'accept'];
  await line.holds('198.51.100.7');
  await line.clock.advance(5_000);
  expect(line.status).toMatchObject({ state: 'waiting', lastFailure: { what: 'no connection within 5 s' } });
  await line.clock.advance(1_000);
  expect(line.broker.links).toHaveLength(1);
});

test('gives up a broker that does not confirm the subscriptions', async () => {
  const line = agentLine();
  line.broker.acknowledges = false;
  await line.holds('198.51.100.7');
  expect(line.sent('register')).toEqual([]);
  await line.clock.advance(5_000);
  expect(line.broker.links[0]?.end).toBe('cut');
  line.broker.acknowledges = true;
  await line.clock.advance(1_000);
  expect(line.sent('register')).toHaveLength(1);
});

test('tells the same failure once, however often it is tried', async () => {
  const line = agentLine();
  line.broker.moods = ['unreachable'];
  await line.holds('198.51.100.7');
  await line.clock.advance(600_000);
  expect(line.broker.attempts.length).toBeGreaterThan(20);
  expect(line.log.events.filter((event) => event.startsWith('warn'))).toEqual([
    'warn not connected connection refused 500',
  ]);
});

test('connects at once, not after the back-off, when the address changes or the cable is back', async () => {
  const line = agentLine();
  line.broker.moods = ['unreachable'];
  await line.holds('198.51.100.7');
  await line.clock.advance(300_000);
  const before = line.broker.attempts.length;
  await line.holds('198.51.100.8');
  expect(line.broker.attempts).toHaveLength(before + 1);
  line.watch.interfaceSeen({ addresses: heldBy(line), hasCarrier: false });
  line.watch.interfaceSeen({ addresses: heldBy(line), hasCarrier: true });
  await line.clock.advance(0);
  expect(line.broker.attempts).toHaveLength(before + 2);
});

test('spreads its return over the window that the gateway announced', async () => {
  const line = await liveAgent();
  line.broker.link.deliver({ kind: 'tune', aliveMs: 3_000, spreadMs: 40_000, registerAgain: false });
  line.broker.link.breakDown();
  await line.clock.advance(19_999);
  expect(line.broker.attempts).toHaveLength(1);
  await line.clock.advance(1);
  expect(line.broker.attempts).toHaveLength(2);
});

test('survives messages that are none', async () => {
  const line = await liveAgent();
  for (const leaf of ['queued', 'live', 'refused', 'challenge', 'tune'] as const) {
    line.broker.link.deliverRaw(topicOf(line.broker.link.logIn.line, leaf), new Uint8Array([0xff, 0, 1]));
  }
  await line.pass(3_000);
  expect(line.status.state).toBe('live');
  expect(line.sent('alive')).toHaveLength(1);
});

test('lives through jumps of the wall clock without a word', async () => {
  const line = await liveAgent();
  const before = line.log.events.length;
  line.clock.jumpWall(86_400_000);
  await line.pass(30_000);
  line.clock.jumpWall(-10 * 86_400_000);
  await line.pass(30_000);
  expect(line.log.events.slice(before).filter((event) => !event.startsWith('debug'))).toEqual([]);
  expect(line.sent('alive')).toHaveLength(20);
});

test('never tells the secret to log or status', async () => {
  const line = await liveAgent();
  await line.refused();
  expect(line.broker.attempts[0]?.secret).toBe(SECRET);
  expect(JSON.stringify([line.log.events, line.statuses])).not.toContain(SECRET);
});

function heldBy(line: AgentLine) {
  const { ipv4 } = line.watch.claim.addresses;
  if (ipv4 === null) throw new Error('no address');
  return [{ address: ipv4, isGlobal: true, isSecondary: false, isUnfit: false, preferredSeconds: 100 }];
}
