import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify(argon2);

/** What a hash costs whoever computes it. */
interface Cost {
  readonly memoryKib: number;
  readonly passes: number;
  readonly lanes: number;
}

/** OWASP's least for argon2id: 19 MiB, two passes, one lane. */
const OF_NEW_HASHES: Cost = { memoryKib: 19_456, passes: 2, lanes: 1 };
/** No hash of ours costs more; one that does was written by somebody else. */
const MOST: Cost = { memoryKib: 1_048_576, passes: 64, lanes: 16 };
const SALT_BYTES = 16;
const TAG_BYTES = 32;
const LEAST_CHARACTERS = 10;
const MOST_CHARACTERS = 200;
/** Normalising can shorten a password; none that is longer than this can be right. */
const MOST_READ = 1_000;
/** More at once would only make each slower; more waiting would only be guesses. */
const MOST_AT_ONCE = 2;
const MOST_WAITING = 32;

/** Of no password: compared with where there is no account, for the time that it takes. */
export const NOBODYS_HASH = phcText(OF_NEW_HASHES, new Uint8Array(SALT_BYTES), new Uint8Array(TAG_BYTES));

/** Slow hashes of passwords, a few at a time. */
export interface PasswordHasher {
  /** Undefined when too many are asked for at once. */
  hash(password: string): Promise<string | undefined>;
  matches(hash: string, password: string): Promise<boolean | undefined>;
  /** True for a hash that cost less than a new one would. */
  isWeak(hash: string): boolean;
}

/** argon2id (RFC 9106) in the PHC string format. */
export class Argon2Hasher implements PasswordHasher {
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  readonly #cost: Cost;

  /** With the cost of new hashes; others cost what they say themselves. */
  constructor(cost: Cost = OF_NEW_HASHES) {
    this.#cost = cost;
  }

  async hash(password: string): Promise<string | undefined> {
    const salt = randomBytes(SALT_BYTES);
    const tag = await this.#derived(password, salt, this.#cost);
    return tag && phcText(this.#cost, salt, tag);
  }

  async matches(hash: string, password: string): Promise<boolean | undefined> {
    const { cost, salt, tag: known } = parsePhc(hash) ?? NOBODYS;
    const tag = await this.#derived(password, salt, cost);
    return tag && known.length === tag.length && timingSafeEqual(known, tag);
  }

  isWeak(hash: string): boolean {
    const { memoryKib, passes } = parsePhc(hash)?.cost ?? this.#cost;
    return memoryKib < this.#cost.memoryKib || passes < this.#cost.passes;
  }

  async #derived(
    password: string,
    nonce: Buffer,
    { memoryKib, passes, lanes }: Cost,
  ): Promise<Buffer | undefined> {
    if (this.#running >= MOST_AT_ONCE) {
      if (this.#waiting.length >= MOST_WAITING) return undefined;
      // whoever is done hands the place over
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else this.#running += 1;
    try {
      return await derive('argon2id', {
        message: Buffer.from(password.slice(0, MOST_READ).normalize('NFKC')),
        nonce,
        parallelism: lanes,
        tagLength: TAG_BYTES,
        memory: memoryKib,
        passes,
      });
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
}

interface Phc {
  readonly cost: Cost;
  readonly salt: Buffer;
  readonly tag: Buffer;
}

/** What a hash is compared with that cannot be read; nothing fits it. */
const NOBODYS: Phc = { cost: OF_NEW_HASHES, salt: Buffer.alloc(SALT_BYTES), tag: Buffer.alloc(TAG_BYTES) };

/** The PHC string format, for the one function that is in use. */
function phcText({ memoryKib, passes, lanes }: Cost, salt: Uint8Array, tag: Uint8Array): string {
  return `$argon2id$v=19$m=${memoryKib},t=${passes},p=${lanes}$${unpadded(salt)}$${unpadded(tag)}`;
}

/** Undefined for what is no hash of ours. */
function parsePhc(hash: string): Phc | undefined {
  const parts = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([\w+/]{22})\$([\w+/]{43})$/.exec(
    hash,
  );
  if (!parts) return undefined;
  const [memoryKib = 0, passes = 0, lanes = 0] = parts.slice(1, 4).map(Number);
  // RFC 9106 §3.1: eight blocks a lane are the least
  const isSound =
    lanes >= 1 &&
    lanes <= MOST.lanes &&
    passes >= 1 &&
    passes <= MOST.passes &&
    memoryKib >= 8 * lanes &&
    memoryKib <= MOST.memoryKib;
  if (!isSound) return undefined;
  const [salt = '', tag = ''] = parts.slice(4);
  return {
    cost: { memoryKib, passes, lanes },
    salt: Buffer.from(salt, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  };
}

/** What is wrong with a new password, in words; null when it will do. */
export function passwordProblem(password: string, login: string): string | null {
  const plain = password.normalize('NFKC');
  const letters = plain.toLowerCase();
  if (plain.length < LEAST_CHARACTERS)
    return `it has ${plain.length} characters; take at least ${LEAST_CHARACTERS}`;
  if (plain.length > MOST_CHARACTERS) return `it is longer than ${MOST_CHARACTERS} characters`;
  if (letters.includes(login.toLowerCase()) && plain.length < login.length + LEAST_CHARACTERS)
    return 'it contains the name to log in with';
  if (/^(pass(word|wort)?|qwert[yz]|letmein|welcome|admin|123|abc)/.test(letters) && plain.length < 16)
    return 'it begins like the first ones that anybody tries';
  return new Set(letters).size < 4 ? 'it repeats the same few characters' : null;
}

function unpadded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replace(/=+$/, '');
}
