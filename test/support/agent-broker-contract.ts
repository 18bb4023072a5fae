import { expect, onTestFinished, test, vi } from 'vitest';
import type { Broker, LinkEvents, LogIn } from '../../agent/broker.ts';
import { NO_ADDRESSES, parseIpv4 } from '../../protocol/address.ts';
import { parseLineId } from '../../protocol/line-id.ts';
import { topicOf } from '../../protocol/topic.ts';

/** The other side of a broker under test. */
export interface BrokerUnderTest {
  readonly broker: Broker;
  /** Topics of everything that has been published, wills included. */
  published(): readonly string[];
  send(topic: string, payload: Uint8Array): void;
  /** Closes every connection without a word. */
  dropAll(): void;
  stop(): Promise<void>;
}

const LINE = parseLineId('alice') ?? raise();
const CHALLENGE = topicOf(LINE, 'challenge');
const ALIVE = topicOf(LINE, 'alive');
const REGISTER = topicOf(LINE, 'register');
const WILL = topicOf(LINE, 'will');
const HERE = parseIpv4('127.0.0.9') ?? raise();
export const RIGHT_SECRET = 'right';

/** What the core relies on, for the fake and for the real thing. */
export function brokerContract(open: () => Promise<BrokerUnderTest>): void {
  async function opened() {
    const side = await open();
    onTestFinished(() => side.stop());
    return side;
  }

  async function linked(fields: Partial<LogIn> = {}) {
    const side = await opened();
    const diary = newDiary();
    const result = await side.broker.connect(logIn(fields), diary.events, new AbortController().signal);
    if (result.kind !== 'connected') throw new Error(result.kind);
    const { link } = result;
    onTestFinished(() => link.cut());
    return { side, diary, link };
  }

  test('carries messages both ways, and every packet counts as heard', async () => {
    const { side, diary, link } = await linked();
    await link.subscribe([CHALLENGE]);
    await link.publish(ALIVE, new Uint8Array(8), 0);
    await link.publish(REGISTER, new Uint8Array([1]), 1);
    await vi.waitFor(() => expect(side.published()).toEqual([ALIVE, REGISTER]));
    const before = diary.heard();
    side.send(CHALLENGE, new TextEncoder().encode('hello'));
    await vi.waitFor(() => expect(diary.received).toEqual([[CHALLENGE, 'hello']]));
    expect(diary.heard()).toBeGreaterThanOrEqual(before);
  });

  test('comes from the claimed address', async () => {
    const { link } = await linked({ from: { ...NO_ADDRESSES, ipv4: HERE } });
    expect(link.source).toBe(HERE);
  });

  test('tells wrong credentials from a gateway that is not there', async () => {
    const side = await opened();
    const { signal } = new AbortController();
    const rejected = await side.broker.connect(logIn({ secret: 'wrong' }), newDiary().events, signal);
    expect(rejected.kind).toBe('wrong-credentials');
  });

  test('gives up when told to', async () => {
    const side = await opened();
    const result = await side.broker.connect(logIn(), newDiary().events, AbortSignal.abort());
    expect(result.kind).toBe('failed');
  });

  test('tells once when the other side ends the connection; then nothing can be sent any more', async () => {
    const { side, diary, link } = await linked();
    side.dropAll();
    await vi.waitFor(() => expect(diary.closedFor).toHaveLength(1));
    await expect(link.publish(REGISTER, new Uint8Array(1), 1)).rejects.toThrow();
    link.cut();
    expect(diary.closedFor).toHaveLength(1);
  });

  test('leaves its will behind when it is cut, and tells nobody here', async () => {
    const { side, diary, link } = await linked();
    link.cut();
    await vi.waitFor(() => expect(side.published()).toEqual([WILL]));
    await expect(link.publish(REGISTER, new Uint8Array(1), 1)).rejects.toThrow();
    expect(diary.closedFor).toEqual([]);
  });

  test('leaves no will when it says good-bye', async () => {
    const { side, diary, link } = await linked();
    await link.publish(REGISTER, new Uint8Array(1), 1);
    await link.leave();
    const again = await side.broker.connect(logIn(), newDiary().events, new AbortController().signal);
    if (again.kind === 'connected') await again.link.leave();
    expect(side.published()).toEqual([REGISTER]);
    expect(diary.closedFor).toEqual([]);
  });
}

function logIn(fields: Partial<LogIn> = {}): LogIn {
  const will = { topic: WILL, payload: new Uint8Array([0, 0, 0, 1]) };
  return { line: LINE, secret: RIGHT_SECRET, will, from: NO_ADDRESSES, ...fields };
}

function newDiary() {
  const received: [string, string][] = [];
  const closedFor: string[] = [];
  let heard = 0;
  const events: LinkEvents = {
    received: (topic, payload) => void received.push([topic, new TextDecoder().decode(payload)]),
    heard: () => void heard++,
    closed: (why) => void closedFor.push(why),
  };
  return { events, received, closedFor, heard: () => heard };
}

function raise(): never {
  throw new Error('the test names something that is none');
}
