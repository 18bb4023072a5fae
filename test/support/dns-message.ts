/** Builds and takes apart DNS messages for tests, on its own: it shares no code with the product. */

export interface Asking {
  readonly name?: string;
  readonly type?: number;
  readonly class?: number;
  readonly id?: number;
  /** The two flag bytes; RD alone unless given. */
  readonly flags?: number;
  readonly edns?: {
    readonly size?: number;
    readonly version?: number;
    readonly dnssecOk?: boolean;
    readonly options?: Buffer;
  };
}

interface DecodedRecord {
  readonly name: string;
  readonly type: number;
  readonly class: number;
  readonly ttl: number;
  /** Addresses as text, names as text, everything else in hexadecimal. */
  readonly rdata: string;
}

export interface DecodedMessage {
  readonly id: number;
  readonly opcode: number;
  /** With the upper bits of the OPT record. */
  readonly rcode: number;
  /** QR, AA, TC, RD, RA, AD, CD and Z, those that are set. */
  readonly flags: string;
  readonly questions: readonly { readonly name: string; readonly type: number; readonly class: number }[];
  readonly answers: readonly DecodedRecord[];
  readonly authority: readonly DecodedRecord[];
  /** Without the OPT record. */
  readonly additional: readonly DecodedRecord[];
  readonly edns: { readonly size: number; readonly version: number; readonly dnssecOk: boolean } | null;
}

export function wireName(name: string): Buffer {
  const labels = name.split('.').filter((label) => label !== '');
  return Buffer.concat([
    ...labels.map((label) => Buffer.from([label.length, ...Buffer.from(label, 'latin1')])),
    Buffer.from([0]),
  ]);
}

export function u16(...values: number[]): Buffer {
  return Buffer.from(values.flatMap((value) => [value >> 8, value & 255]));
}

export function optRecord({
  size = 1232,
  version = 0,
  dnssecOk = false,
  options = Buffer.alloc(0),
}: NonNullable<Asking['edns']>): Buffer {
  const ttl = [0, version, dnssecOk ? 0x80 : 0, 0];
  return Buffer.concat([Buffer.from([0]), u16(41, size), Buffer.from(ttl), u16(options.length), options]);
}

export function dnsQuery(asking: Asking = {}): Buffer {
  const { name = 'alice.mwebpages.test', type = 1, id = 0x1234, flags = 0x0100, edns } = asking;
  return Buffer.concat([
    u16(id, flags, 1, 0, 0, edns ? 1 : 0),
    wireName(name),
    u16(type, asking.class ?? 1),
    edns ? optRecord(edns) : Buffer.alloc(0),
  ]);
}

/** Throws on anything that is not exactly one well-formed message. */
export function decodeDns(bytes: Uint8Array): DecodedMessage {
  return new Decoder(Buffer.from(bytes)).message();
}

const FLAGS: readonly (readonly [string, number])[] = [
  ['qr', 0x8000],
  ['aa', 0x0400],
  ['tc', 0x0200],
  ['rd', 0x0100],
  ['ra', 0x0080],
  ['z', 0x0040],
  ['ad', 0x0020],
  ['cd', 0x0010],
];

class Decoder {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  message(): DecodedMessage {
    const id = this.#u16();
    const bits = this.#u16();
    const [questionCount, answerCount, authorityCount, additionalCount] = [
      this.#u16(),
      this.#u16(),
      this.#u16(),
      this.#u16(),
    ];
    const questions = this.#times(questionCount, () => ({
      name: this.#name(),
      type: this.#u16(),
      class: this.#u16(),
    }));
    const answers = this.#times(answerCount, () => this.#record());
    const authority = this.#times(authorityCount, () => this.#record());
    const extra = this.#times(additionalCount, () => this.#record());
    if (this.#at !== this.#bytes.length) throw new Error('bytes after the last record');
    const opts = extra.filter(({ type }) => type === 41);
    if (opts.length > 1) throw new Error('two OPT records');
    const [opt] = opts;
    return {
      id,
      opcode: (bits >> 11) & 15,
      rcode: (bits & 15) | (opt ? (opt.ttl >>> 24) << 4 : 0),
      flags: FLAGS.filter(([, bit]) => bits & bit)
        .map(([flag]) => flag)
        .join(' '),
      questions,
      answers,
      authority,
      additional: extra.filter(({ type }) => type !== 41),
      edns: opt
        ? { size: opt.class, version: (opt.ttl >> 16) & 255, dnssecOk: (opt.ttl & 0x8000) !== 0 }
        : null,
    };
  }

  #record(): DecodedRecord {
    const name = this.#name();
    const [type, cls] = [this.#u16(), this.#u16()];
    const ttl = this.#u16() * 65536 + this.#u16();
    const length = this.#u16();
    const end = this.#at + length;
    const rdata = this.#rdata(type, end);
    if (this.#at !== end) throw new Error('record data of another length than it says');
    return { name, type, class: cls, ttl, rdata };
  }

  #rdata(type: number, end: number): string {
    if (type === 1) return this.#times(4, () => this.#u8()).join('.');
    if (type === 2) return this.#name();
    if (type === 6) return `${this.#name()} ${this.#name()} ${this.#times(5, () => this.#u32()).join(' ')}`;
    if (type === 28) return this.#times(8, () => this.#u16().toString(16)).join(':');
    const hex = this.#bytes.toString('hex', this.#at, end);
    this.#at = end;
    return hex;
  }

  #name(): string {
    const labels: string[] = [];
    let returnTo = -1;
    for (let length = this.#u8(); length !== 0; length = this.#u8()) {
      if (length < 0xc0) {
        labels.push(this.#label(length));
        continue;
      }
      const target = (length & 0x3f) * 256 + this.#u8();
      if (returnTo < 0) returnTo = this.#at;
      if (target >= this.#at - 2) throw new Error('a pointer that does not lead back');
      this.#at = target;
    }
    if (returnTo >= 0) this.#at = returnTo;
    return labels.join('.');
  }

  #label(length: number): string {
    if (length > 63) throw new Error('no such label');
    this.#at += length;
    return this.#bytes.toString('latin1', this.#at - length, this.#at);
  }

  #times<T>(count: number, read: () => T): T[] {
    return Array.from({ length: count }, read);
  }

  #u8(): number {
    if (this.#at >= this.#bytes.length) throw new Error('the message ends too early');
    return this.#bytes.readUInt8(this.#at++);
  }

  #u16(): number {
    return this.#u8() * 256 + this.#u8();
  }

  #u32(): number {
    return this.#u16() * 65536 + this.#u16();
  }
}
