/** 64 bits in two halves: this engine's numbers do not reach so far, and its big integers are slow. */
class Word {
  high: number;
  low: number;

  constructor(high: number, low: number) {
    this.high = high | 0;
    this.low = low | 0;
  }

  add(other: Word): void {
    const low = (this.low + other.low) | 0;
    const carry = low >>> 0 < this.low >>> 0 ? 1 : 0;
    this.high = (this.high + other.high + carry) | 0;
    this.low = low;
  }

  xor(other: Word): void {
    this.high ^= other.high;
    this.low ^= other.low;
  }

  /** Turns to the left by fewer than 32 bits. */
  turn(bits: number): void {
    const { high, low } = this;
    this.high = (high << bits) | (low >>> (32 - bits));
    this.low = (low << bits) | (high >>> (32 - bits));
  }

  /** Turns by 32 bits. */
  swap(): void {
    const { high } = this;
    this.high = this.low;
    this.low = high;
  }
}

/** Key and hash are little-endian, as in the reference code of the paper's authors. */
export type SipKey = readonly [k0: Word, k1: Word];

/** The key in 16 bytes. */
export function sipKey(bytes: Uint8Array): SipKey {
  const view = viewOf(bytes);
  return [wordAt(view, 0), wordAt(view, 8)];
}

/** SipHash-2-4, 8 bytes long (Aumasson and Bernstein, "SipHash: a fast short-input PRF", §2). */
export function sipHash([k0, k1]: SipKey, message: Uint8Array): Uint8Array {
  const state = new SipState(k0, k1);
  const view = viewOf(message);
  const wholeWords = message.length - (message.length % 8);
  for (let at = 0; at < wholeWords; at += 8) state.take(wordAt(view, at));
  state.take(lastWord(message, wholeWords));
  return state.finish();
}

class SipState {
  readonly #v0 = new Word(0x736f6d65, 0x70736575);
  readonly #v1 = new Word(0x646f7261, 0x6e646f6d);
  readonly #v2 = new Word(0x6c796765, 0x6e657261);
  readonly #v3 = new Word(0x74656462, 0x79746573);

  constructor(k0: Word, k1: Word) {
    this.#v0.xor(k0);
    this.#v1.xor(k1);
    this.#v2.xor(k0);
    this.#v3.xor(k1);
  }

  take(word: Word): void {
    this.#v3.xor(word);
    this.#round();
    this.#round();
    this.#v0.xor(word);
  }

  finish(): Uint8Array {
    this.#v2.xor(new Word(0, 0xff));
    for (let left = 4; left > 0; left--) this.#round();
    for (const other of [this.#v1, this.#v2, this.#v3]) this.#v0.xor(other);
    const hash = new Uint8Array(8);
    viewOf(hash).setUint32(0, this.#v0.low, true);
    viewOf(hash).setUint32(4, this.#v0.high, true);
    return hash;
  }

  #round(): void {
    mix(this.#v0, this.#v1, 13);
    this.#v0.swap();
    mix(this.#v2, this.#v3, 16);
    mix(this.#v0, this.#v3, 21);
    mix(this.#v2, this.#v1, 17);
    this.#v2.swap();
  }
}

function mix(sum: Word, turned: Word, bits: number): void {
  sum.add(turned);
  turned.turn(bits);
  turned.xor(sum);
}

/** The bytes that fill no word, and the length of the message in the highest byte. */
function lastWord(message: Uint8Array, start: number): Word {
  const bytes = new Uint8Array(8);
  bytes.set(message.subarray(start));
  bytes[7] = message.length;
  return wordAt(viewOf(bytes), 0);
}

function wordAt(view: DataView, at: number): Word {
  return new Word(view.getUint32(at + 4, true), view.getUint32(at, true));
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
