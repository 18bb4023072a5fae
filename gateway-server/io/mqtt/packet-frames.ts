/** Sees the fixed header of a packet (MQTT 3.1.1 §2.2); gives a reason to stop. */
export type HeaderJudge<Reason> = (firstByte: number, remainingBytes: number) => Reason | undefined;

/** Finds packet boundaries in a stream of chunks and keeps none of the bytes. */
export class PacketFrames<Reason> {
  readonly #judge: HeaderJudge<Reason>;
  readonly #malformed: Reason;
  #firstByte: number | undefined;
  #remaining = 0;
  #lengthBytes = 0;
  #toSkip = 0;

  /** `malformed` is the reason given for a length of more than four bytes. */
  constructor(judge: HeaderJudge<Reason>, malformed: Reason) {
    this.#judge = judge;
    this.#malformed = malformed;
  }

  /** The first reason to stop that the chunk brings; nothing may be fed afterwards. */
  feed(chunk: Uint8Array): Reason | undefined {
    for (let at = 0; at < chunk.length; ) {
      if (this.#toSkip > 0) {
        const step = Math.min(this.#toSkip, chunk.length - at);
        this.#toSkip -= step;
        at += step;
        continue;
      }
      const reason = this.#takeHeaderByte(chunk[at++] ?? 0);
      if (reason !== undefined) return reason;
    }
    return undefined;
  }

  #takeHeaderByte(byte: number): Reason | undefined {
    if (this.#firstByte === undefined) {
      this.#firstByte = byte;
      return undefined;
    }
    this.#remaining += (byte & 0x7f) * 128 ** this.#lengthBytes++;
    const goesOn = byte >= 0x80;
    if (goesOn) return this.#lengthBytes === 4 ? this.#malformed : undefined;
    return this.#endHeader(this.#firstByte);
  }

  #endHeader(firstByte: number): Reason | undefined {
    const remaining = this.#remaining;
    this.#toSkip = remaining;
    this.#firstByte = undefined;
    this.#remaining = 0;
    this.#lengthBytes = 0;
    return this.#judge(firstByte, remaining);
  }
}
