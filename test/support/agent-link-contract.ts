import { describe, expect, test, vi } from 'vitest';
import type {
  AgentEvents,
  AgentLink,
  Connection,
  Identified,
  LogIn,
} from '../../gateway-server/agent-link.ts';
import type { LineId } from '../../protocol/line-id.ts';
import type { Announcement, LowerMessage, UpperMessage } from '../../protocol/message.ts';
import type { LowerLeaf, UpperLeaf } from '../../protocol/topic.ts';

/** The agent's end of a link under test. */
export interface LinkedAgent {
  readonly heard: readonly LowerMessage[];
  /** Undefined before any have come. */
  announcements(): readonly Announcement[] | undefined;
  isOpen(): boolean;
  say(message: UpperMessage): Promise<void>;
  sayBytes(leaf: UpperLeaf, payload: Uint8Array): Promise<void>;
  /** DISCONNECT. */
  leave(): Promise<void>;
  breakOff(): Promise<void>;
}

export interface AgentWish {
  readonly line: LineId;
  readonly secret?: string;
  readonly willSession?: number;
  /** All of them unless given. */
  readonly leaves?: readonly LowerLeaf[];
}

export interface LinkUnderTest {
  readonly link: AgentLink;
  /** An agent that is let in and listens, or the kind of the refusal. */
  logIn(wish: AgentWish): Promise<LinkedAgent | string>;
  stop(): Promise<void>;
}

const ALICE = 'alice' as LineId;
const BOB = 'bob' as LineId;
const CHALLENGE: LowerMessage = { kind: 'challenge', nonce: 'n1' };

/** Everything that a link tells, in order and in words. */
export class EventDiary implements AgentEvents {
  readonly told: string[] = [];
  readonly logIns: LogIn[] = [];
  readonly connections: Connection[] = [];
  verdict: ((logIn: LogIn) => Identified) | undefined;
  failsAt: string | undefined;

  identify(logIn: LogIn): Identified {
    this.logIns.push(logIn);
    return this.verdict?.(logIn) ?? { kind: 'welcome', line: logIn.user as LineId };
  }

  arrived(connection: Connection): void {
    this.connections.push(connection);
    this.#tell(connection, 'arrived');
  }

  received(connection: Connection, message: UpperMessage): void {
    this.#tell(connection, message.kind);
  }

  malformed(connection: Connection, leaf: UpperLeaf): void {
    this.#tell(connection, `malformed ${leaf}`);
  }

  gone(connection: Connection, orderly: boolean): void {
    this.#tell(connection, orderly ? 'left' : 'broke off');
  }

  /** The connections are numbered in the order of their arrival, from 1. */
  #tell(connection: Connection, what: string): void {
    this.told.push(`${connection.line}#${this.connections.indexOf(connection) + 1} ${what}`);
    if (what === this.failsAt) throw new Error('the gateway is broken');
  }
}

/** Waits until the check holds. */
export function soon(check: () => void): Promise<void> {
  return vi.waitFor(check, { timeout: 5_000, interval: 10 });
}

/** What every link does, the real one and the fake. */
export function agentLinkContract(open: (events: AgentEvents) => Promise<LinkUnderTest>): void {
  async function withLink(story: (link: LinkUnderTest, diary: EventDiary) => Promise<void>): Promise<void> {
    const diary = new EventDiary();
    const link = await open(diary);
    try {
      await story(link, diary);
    } finally {
      await link.stop();
    }
  }
  const letIn = async (link: LinkUnderTest, wish: AgentWish): Promise<LinkedAgent> => {
    const agent = await link.logIn(wish);
    if (typeof agent === 'string') throw new Error(`refused: ${agent}`);
    return agent;
  };
  const connectionOf = ({ link }: LinkUnderTest, line: LineId): Connection => {
    const connection = link.connectionOf(line);
    if (!connection) throw new Error(`${line} is not connected`);
    return connection;
  };
  const soonTold = (diary: EventDiary, told: readonly string[]) =>
    soon(() => expect(diary.told).toEqual(told));

  describe('an agent link', () => {
    test('tells of an agent that arrives, speaks and says goodbye', () =>
      withLink(async (link, diary) => {
        const agent = await letIn(link, { line: ALICE, secret: 'lamp', willSession: 7 });
        await soonTold(diary, ['alice#1 arrived']);
        expect(diary.logIns).toMatchObject([{ user: 'alice', secret: 'lamp', clientId: 'porchlight-alice' }]);
        expect(connectionOf(link, ALICE)).toMatchObject({ line: 'alice', source: diary.logIns[0]?.source });
        await agent.say({ kind: 'alive', session: 7, seq: 1 });
        await soonTold(diary, ['alice#1 arrived', 'alice#1 alive']);
        await agent.leave();
        await soonTold(diary, ['alice#1 arrived', 'alice#1 alive', 'alice#1 left']);
        expect(link.link.connectionOf(ALICE)).toBeUndefined();
      }));

    test('delivers the will and then the end of a connection that breaks', () =>
      withLink(async (link, diary) => {
        const agent = await letIn(link, { line: ALICE, willSession: 7 });
        await agent.breakOff();
        await soonTold(diary, ['alice#1 arrived', 'alice#1 will', 'alice#1 broke off']);
      }));

    test('reports what is no message and keeps the connection', () =>
      withLink(async (link, diary) => {
        const agent = await letIn(link, { line: ALICE });
        await agent.sayBytes('alive', Uint8Array.of(1, 2, 3));
        await agent.sayBytes('register', new TextEncoder().encode('{'));
        await soonTold(diary, ['alice#1 arrived', 'alice#1 malformed alive', 'alice#1 malformed register']);
        expect(agent.isOpen()).toBe(true);
      }));

    test('sends only to the one connection and only what its agent listens to', () =>
      withLink(async (link) => {
        const alice = await letIn(link, { line: ALICE, leaves: ['challenge'] });
        const bob = await letIn(link, { line: BOB });
        const connection = connectionOf(link, ALICE);
        expect(link.link.send(connection, CHALLENGE)).toBe(true);
        expect(
          link.link.send(connection, { kind: 'tune', aliveMs: 3_000, spreadMs: 0, registerAgain: true }),
        ).toBe(false);
        await soon(() => expect(alice.heard).toEqual([CHALLENGE]));
        expect(bob.heard).toEqual([]);
      }));

    test('gives a line to its newest connection, after the will and the end of the old one', () =>
      withLink(async (link, diary) => {
        const first = await letIn(link, { line: ALICE, willSession: 7 });
        const old = connectionOf(link, ALICE);
        await letIn(link, { line: ALICE, willSession: 8 });
        await soonTold(diary, ['alice#1 arrived', 'alice#1 will', 'alice#1 broke off', 'alice#2 arrived']);
        await soon(() => expect(first.isOpen()).toBe(false));
        expect(connectionOf(link, ALICE).id).not.toBe(old.id);
        expect(link.link.send(old, CHALLENGE)).toBe(false);
      }));

    test('tells a duplicate so and leaves the holder alone', () =>
      withLink(async (link, diary) => {
        const holder = await letIn(link, { line: ALICE, willSession: 7 });
        diary.verdict = () => ({ kind: 'duplicate', line: ALICE });
        const newcomer = await letIn(link, { line: ALICE, willSession: 9 });
        await newcomer.sayBytes('register', new TextEncoder().encode('{'));
        await soon(() =>
          expect(newcomer.heard).toEqual([
            { kind: 'refused', session: 0, seq: 0, reason: 'duplicate-login', retryAfterMs: 60_000 },
          ]),
        );
        await soon(() => expect(newcomer.isOpen()).toBe(false));
        expect(holder.isOpen()).toBe(true);
        expect(diary.told).toEqual(['alice#1 arrived']);
        expect(link.link.send(connectionOf(link, ALICE), CHALLENGE)).toBe(true);
      }));

    test('refuses as the gateway says', () =>
      withLink(async (link, diary) => {
        for (const kind of ['wrong-client-id', 'wrong-credentials', 'unavailable'] as const) {
          diary.verdict = () => ({ kind });
          expect(await link.logIn({ line: ALICE })).toBe(kind);
        }
        expect(diary.told).toEqual([]);
      }));

    test('closes a connection when the gateway wants it, once', () =>
      withLink(async (link, diary) => {
        const agent = await letIn(link, { line: ALICE });
        const connection = connectionOf(link, ALICE);
        link.link.close(connection, 'test');
        link.link.close(connection, 'test');
        await soonTold(diary, ['alice#1 arrived', 'alice#1 broke off']);
        await soon(() => expect(agent.isOpen()).toBe(false));
        expect(link.link.send(connection, CHALLENGE)).toBe(false);
      }));

    test('announces to those who listen and to those who come later', () =>
      withLink(async (link) => {
        const early = await letIn(link, { line: ALICE });
        await soon(() => expect(early.announcements()).toEqual([]));
        const news = [{ id: 'a1', at: 1, text: 'Maintenance at night' }];
        link.link.announce(news);
        const late = await letIn(link, { line: BOB });
        await soon(() => expect([early.announcements(), late.announcements()]).toEqual([news, news]));
        link.link.announce([]);
        await soon(() => expect([early.announcements(), late.announcements()]).toEqual([[], []]));
      }));
  });
}
