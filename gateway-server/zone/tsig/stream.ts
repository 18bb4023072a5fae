import { recordFor, type SigningContext, signedReply } from './context.ts';
import { macOf, withLength } from './signature.ts';
import { readTsig, tsigTimers, withTsig } from './tsig-record.ts';

/** Signs the messages of one transfer, each over the MAC of the one before (RFC 8945 §5.3.1). */
export class TsigStream {
  readonly #context: SigningContext;
  #priorMac: Uint8Array | null = null;

  constructor(context: SigningContext) {
    this.#context = context;
  }

  /** The next message as it goes out. The message given is left as it is. */
  next(message: Buffer, nowSeconds: number): Buffer {
    return this.#priorMac
      ? this.#later(message, this.#priorMac, nowSeconds)
      : this.#first(message, nowSeconds);
  }

  #first(message: Buffer, nowSeconds: number): Buffer {
    const signed = signedReply(this.#context, message, nowSeconds);
    this.#priorMac = readTsig(signed, message.length)?.mac ?? null;
    return signed;
  }

  #later(message: Buffer, priorMac: Uint8Array, nowSeconds: number): Buffer {
    const record = recordFor(this.#context, message, nowSeconds);
    const mac = macOf(this.#context.key, [withLength(priorMac), message, tsigTimers(record)]);
    this.#priorMac = mac;
    return withTsig(message, { ...record, mac });
  }
}
