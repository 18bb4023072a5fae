import { parseIpv4 } from '../../protocol/address.ts';
import { type Token, tokensOf } from './dhclient-tokens.ts';
import { type EpochSeconds, type Lease, type LeaseReading, stateAt } from './lease.ts';
import { prefixOf } from './netmask.ts';

/** The statements of one `lease { ... }` block: first words ("option subnet-mask") to the words after them. */
type Statements = Map<string, readonly string[]>;

interface Blocks {
  readonly finished: readonly Statements[];
  readonly problems: readonly string[];
  readonly isUnfinished: boolean;
}

/** ISC dhclient's lease file: blocks are appended, the last one of an interface counts (dhclient.leases(5)). */
export function parseDhclient(text: string, at: EpochSeconds): LeaseReading {
  const { finished, problems, isUnfinished } = blocksOf(tokensOf(text));
  const leases = new Map<string | null, Lease>();
  const unreadable: string[] = [];
  for (const statements of finished) {
    const lease = leaseOf(statements, at);
    if (lease) leases.set(lease.interface, lease);
    else unreadable.push('a block without a readable fixed-address');
  }
  return {
    format: 'dhclient',
    leases: [...leases.values()],
    problems: [...problems, ...unreadable],
    event: null,
    isUnfinished,
  };
}

function blocksOf(tokens: Iterable<Token>): Blocks {
  const reader = new BlockReader();
  for (const token of tokens) reader.take(token);
  return reader.end();
}

/** Walks the tokens with a finger on the open lease block; blocks of other kinds are stepped over. */
class BlockReader {
  readonly #finished: Statements[] = [];
  readonly #problems: string[] = [];
  #words: string[] = [];
  #open: Statements | null = null;
  #depth = 0;

  take(token: Token): void {
    if (token.kind === 'word') {
      this.#words.push(token.text);
      return;
    }
    if (token.kind === '{') this.#begin();
    if (token.kind === '}') this.#close();
    if (token.kind === ';' && this.#open && this.#depth === 1) note(this.#open, this.#words);
    this.#words = [];
  }

  end(): Blocks {
    const isUnfinished = this.#depth > 0 || this.#words.length > 0;
    if (isUnfinished) this.#problems.push('the last block is not finished');
    return { finished: this.#finished, problems: this.#problems, isUnfinished };
  }

  #begin(): void {
    const isLease = this.#words.at(-1) === 'lease' && (this.#words.length === 1 || this.#open !== null);
    if (!isLease) {
      this.#depth++;
      return;
    }
    // a new lease inside another: the writer of the one before never finished
    if (this.#open) this.#problems.push('a block was never finished');
    this.#open = new Map();
    this.#depth = 1;
  }

  #close(): void {
    this.#depth = Math.max(0, this.#depth - 1);
    if (this.#depth > 0 || !this.#open) return;
    this.#finished.push(this.#open);
    this.#open = null;
  }
}

function note(statements: Statements, words: readonly string[]): void {
  const nameLength = words[0] === 'option' ? 2 : 1;
  statements.set(words.slice(0, nameLength).join(' '), words.slice(nameLength));
}

function leaseOf(statements: Statements, at: EpochSeconds): Lease | undefined {
  const only = (name: string) => statements.get(name)?.[0];
  const address = parseIpv4(only('fixed-address') ?? '');
  if (!address) return undefined;
  const times = ['renew', 'rebind', 'expire'].map((name) => timeOf(statements.get(name) ?? []));
  const expiry = times[2] ?? null;
  const length = Number(only('option dhcp-lease-time') ?? Number.NaN);
  // "dhclient -r" writes one more block in which all three lie in the same second
  const isReleased = typeof expiry === 'number' && times.every((time) => time === expiry);
  return {
    address,
    prefix: prefixOf(only('option subnet-mask')),
    start: typeof expiry === 'number' && !isReleased && length >= 0 ? expiry - length : null,
    expiry,
    state: isReleased ? 'released' : stateAt(expiry, at),
    interface: only('interface') ?? null,
  };
}

/** "0 2026/11/22 20:51:46" (weekday, UTC), "epoch 1795380706" or "never". */
function timeOf(words: readonly string[]): EpochSeconds | 'never' | null {
  const [first = '', second = '', third = ''] = words;
  if (first === 'never') return 'never';
  if (first === 'epoch') return /^\d{1,12}$/.test(second) ? Number(second) : null;
  const date = /^(\d{4})\/(\d{1,2})\/(\d{1,2}) (\d{1,2}):(\d{1,2}):(\d{1,2})$/.exec(`${second} ${third}`);
  if (!date) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second60 = 0] = date.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second60) / 1000;
}
