import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify(argon2);

/** OWASP's least for argon2id: 19 MiB, two passes, one lane. */
const MEMORY_KIB = 19_456;
const PASSES = 2;
const LANES = 1;
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
export const NOBODYS_HASH = `$argon2id$v=19$${'A'.repeat(6)}$${'A'.repeat(22)}$${'A'.repeat(43)}`;

/** Slow hashes of passwords, a few at a time. */
export interface PasswordHasher {
  /** Undefined when too many are asked for at once. */
  hash(password: string): Promise<string | undefined>;
  matches(hash: string, password: string): Promise<boolean | undefined>;
}

/** argon2id (RFC 9106) in the PHC string format. */
export class Argon2Hasher implements PasswordHasher {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  async hash(password: string): Promise<string | undefined> {
    const salt = randomBytes(SALT_BYTES);
    const tag = await this.#derived(password, salt);
    if (!tag) return undefined;
    const parameters = `m=${MEMORY_KIB},t=${PASSES},p=${LANES}`;
    return `$argon2id$v=19$${parameters}$${unpadded(salt)}$${unpadded(tag)}`;
  }

  async matches(hash: string, password: string): Promise<boolean | undefined> {
    const [, , , , salt = '', expected = ''] = hash.split('$');
    const tag = await this.#derived(password, Buffer.from(salt, 'base64'));
    if (!tag) return undefined;
    const known = Buffer.from(expected, 'base64');
    return known.length === tag.length && timingSafeEqual(known, tag);
  }

  async #derived(password: string, nonce: Buffer): Promise<Buffer | undefined> {
    if (this.#running >= MOST_AT_ONCE) {
      if (this.#waiting.length >= MOST_WAITING) return undefined;
      // whoever is done hands the place over
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else this.#running += 1;
    try {
      return await derive('argon2id', {
        message: Buffer.from(password.slice(0, MOST_READ).normalize('NFKC')),
        nonce,
        parallelism: LANES,
        tagLength: TAG_BYTES,
        memory: MEMORY_KIB,
        passes: PASSES,
      });
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
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
