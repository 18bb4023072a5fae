import { array, assert, constantFrom, integer, property, record } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Sessions } from '../../../../gateway-server/line/sessions.ts';
import type { LineId } from '../../../../protocol/line-id.ts';

const ALICE = 'alice' as LineId;
const BOB = 'bob' as LineId;

/** A line whose session has registered with seq 1 and was accepted. */
function registered(session = 100) {
  const sessions = new Sessions();
  sessions.register(ALICE, { session, seq: 1 });
  sessions.settle(ALICE, session, true);
  return sessions;
}

describe('sessions', () => {
  test('count signals of the current session with a higher seq, once each', () => {
    const sessions = registered();
    const worths = [2, 2, 1, 5, 4, 6].map((seq) => sessions.judge(ALICE, { session: 100, seq }));
    expect(worths).toEqual(['counts', 'stale', 'stale', 'counts', 'stale', 'counts']);
  });

  test('are never compared by size: a smaller number takes over from a larger one', () => {
    const sessions = registered(4_294_967_295);
    expect(sessions.register(ALICE, { session: 1, seq: 1 })).toBe(true);
    sessions.settle(ALICE, 1, true);
    expect(sessions.judge(ALICE, { session: 1, seq: 2 })).toBe('counts');
    expect(sessions.judge(ALICE, { session: 4_294_967_295, seq: 2 })).toBe('stale');
  });

  test('remember the last eight that are retired', () => {
    const sessions = registered(1);
    for (let session = 2; session <= 10; session++) sessions.register(ALICE, { session, seq: 1 });
    const again = [1, 2, 9].map((session) => sessions.register(ALICE, { session, seq: 50 }));
    expect(again).toEqual([true, true, false]);
    const few = registered(1);
    for (let session = 2; session <= 9; session++) few.register(ALICE, { session, seq: 1 });
    expect(few.register(ALICE, { session: 1, seq: 50 })).toBe(false);
  });

  test('prove nothing before their registration is accepted, nor after a claim of theirs was refused', () => {
    const sessions = new Sessions();
    expect(sessions.judge(ALICE, { session: 7, seq: 1 })).toBe('unregistered');
    sessions.register(ALICE, { session: 7, seq: 2 });
    expect(sessions.judge(ALICE, { session: 7, seq: 3 })).toBe('unregistered');
    sessions.settle(ALICE, 7, true);
    expect(sessions.judge(ALICE, { session: 7, seq: 3 })).toBe('counts');
    sessions.register(ALICE, { session: 7, seq: 4 });
    sessions.settle(ALICE, 7, false);
    expect(sessions.judge(ALICE, { session: 7, seq: 5 })).toBe('unregistered');
  });

  test('log on once, however often they register', () => {
    const sessions = new Sessions();
    const logOns = [1, 2, 3].map((seq) => {
      sessions.register(ALICE, { session: 7, seq });
      return sessions.settle(ALICE, 7, seq > 1);
    });
    expect(logOns).toEqual([false, true, false]);
  });

  test('that were followed by another one while their claim was decided are settled no more', () => {
    const sessions = registered(7);
    sessions.register(ALICE, { session: 8, seq: 1 });
    expect(sessions.settle(ALICE, 7, true)).toBe(false);
    expect(sessions.judge(ALICE, { session: 8, seq: 2 })).toBe('unregistered');
  });

  test('of one line say nothing of another’s, and are forgotten with it', () => {
    const sessions = registered(7);
    expect([sessions.isCurrent(ALICE, 7), sessions.isCurrent(BOB, 7)]).toEqual([true, false]);
    sessions.forget(ALICE);
    expect([sessions.isCurrent(ALICE, 7), sessions.judge(ALICE, { session: 7, seq: 9 })]).toEqual([
      false,
      'unregistered',
    ]);
  });
});

const event = record({
  kind: constantFrom('register', 'refused', 'signal', 'signal'),
  session: integer({ min: 1, max: 5 }),
  seq: integer({ min: 1, max: 12 }),
});

/** The rules of DESIGN section 3 in the plainest words, beside the sessions themselves. */
class SessionsAndModel {
  readonly #sessions = new Sessions();
  readonly #seen = new Set<number>();
  #current = { session: 0, seq: 0, registeredSeq: 0, isAccepted: false };

  signal(session: number, seq: number): void {
    const { session: current, seq: highest, isAccepted } = this.#current;
    const counts = session === current && isAccepted && seq > highest;
    expect(this.#sessions.judge(ALICE, { session, seq }) === 'counts').toBe(counts);
    if (counts) this.#current = { ...this.#current, seq };
  }

  register(session: number, seq: number, isAccepted: boolean): void {
    const isUnseen = !this.#seen.has(session);
    // a registration that had to wait its turn may have been overtaken by other signals of its session
    const isNewer = session === this.#current.session && seq > this.#current.registeredSeq;
    const isTaken = this.#sessions.register(ALICE, { session, seq });
    expect(isTaken).toBe(isUnseen || isNewer);
    if (!isTaken) return;
    this.#seen.add(session);
    this.#sessions.settle(ALICE, session, isAccepted);
    const highest = isUnseen ? seq : Math.max(seq, this.#current.seq);
    this.#current = { session, seq: highest, registeredSeq: seq, isAccepted };
  }
}

test('whatever arrives in whatever order, only the session that registered last counts, and each of its signals once', async () => {
  await assert(
    property(array(event, { maxLength: 60 }), (events) => {
      const sessions = new SessionsAndModel();
      for (const { kind, session, seq } of events) {
        if (kind === 'signal') sessions.signal(session, seq);
        else sessions.register(session, seq, kind === 'register');
      }
    }),
  );
});

test('a registration that waited while alive signals came is still the newest registration', () => {
  const sessions = new Sessions();
  sessions.register(ALICE, { session: 7, seq: 1 });
  sessions.settle(ALICE, 7, true);
  expect(sessions.judge(ALICE, { session: 7, seq: 3 })).toBe('counts');
  expect(sessions.register(ALICE, { session: 7, seq: 2 })).toBe(true);
  expect(sessions.register(ALICE, { session: 7, seq: 2 })).toBe(false);
  expect(sessions.judge(ALICE, { session: 7, seq: 3 })).toBe('stale');
});
