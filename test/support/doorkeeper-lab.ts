import type { LogIn } from '../../gateway-server/web/doorkeeper.ts';
import { KeptDoorkeeper } from '../../gateway-server/web/kept-doorkeeper.ts';
import type { PasswordHasher } from '../../gateway-server/web/password.ts';
import type { LineId } from '../../protocol/line-id.ts';
import { countingRandom } from './database-in-memory.ts';
import { ManualClock } from './manual-clock.ts';
import { MemoryAccounts } from './memory-accounts.ts';
import { MemoryLog } from './memory-log.ts';
import { ALICE } from './stored-lines.ts';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
/** The operator's password. */
export const GOOD = 'lamp on the porch';
/** The neighbourhood that tries come from. */
export const HERE = '192.0.2.1';

/** Passwords in plain sight, counted. */
class CountingHasher implements PasswordHasher {
  hashes = 0;
  isBusy = false;
  /** Happens while a hash is computed. */
  onHash: () => Promise<unknown> = async () => undefined;

  async hash(password: string): Promise<string | undefined> {
    this.hashes += 1;
    await this.onHash();
    return this.isBusy ? undefined : `#${password}`;
  }

  async matches(hash: string, password: string): Promise<boolean | undefined> {
    this.hashes += 1;
    await this.onHash();
    return this.isBusy ? undefined : hash.replace(/^weak/, '') === `#${password}`;
  }

  isWeak(hash: string): boolean {
    return hash.startsWith('weak');
  }
}

export async function opened(key = Buffer.alloc(32, 1)) {
  const [store, hasher, clock] = [new MemoryAccounts(), new CountingHasher(), new ManualClock(10 * DAY_MS)];
  const lines = new Set<LineId>([ALICE]);
  const suspended = new Set<LineId>();
  const setUpAt = new Map<LineId, number>();
  const restarted = () =>
    KeptDoorkeeper.open({
      ...{ store, hasher, clock, key, random: countingRandom(), log: new MemoryLog() },
      isWelcome: (line) => lines.has(line) && !suspended.has(line),
      setUpAt: (line) => (lines.has(line) ? (setUpAt.get(line) ?? 1) : undefined),
      lineCalled: (text) => [...lines].find((line) => line === text),
    });
  return { doorkeeper: await restarted(), store, hasher, clock, lines, suspended, setUpAt, restarted };
}

/** With mira, a keeper who has chosen her password. */
export async function staffed() {
  const parts = await opened();
  const mira = await parts.doorkeeper.addOperator('mira', 'keeper');
  if ('problem' in mira) throw new Error(mira.problem);
  const cookie = cookieOf(
    await parts.doorkeeper.enter('console', parts.doorkeeper.operatorToken(mira.id), 'office'),
  );
  await parts.doorkeeper.changePassword(sessionAt(parts.doorkeeper, cookie), null, GOOD, cookie);
  await parts.doorkeeper.logOut('console', cookie);
  return { ...parts, mira };
}

export async function enterAs(doorkeeper: KeptDoorkeeper): Promise<string> {
  return cookieOf(await doorkeeper.logIn('console', 'mira', GOOD, HERE));
}

export function cookieOf(outcome: LogIn): string {
  if (outcome.kind !== 'in') throw new Error(`not in: ${outcome.kind}`);
  return outcome.cookie;
}

export function sessionAt(doorkeeper: KeptDoorkeeper, cookie: string) {
  const session = doorkeeper.session('console', cookie);
  if (!session) throw new Error('no session');
  return session;
}
