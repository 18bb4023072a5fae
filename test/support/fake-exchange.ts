import { type Endpoint, endpointText } from '../../gateway-server/endpoint.ts';
import type { Exchange } from '../../gateway-server/zone/backup/exchange.ts';
import type { Clock } from '../../runtime/clock.ts';

/** What a server sends when a message comes in: one message, several, or none. */
export type FakeServer = (message: Buffer) => Buffer | readonly Buffer[];

/** A network of servers that answer at once, or not at all. Where no server is, it says so at once. */
export class FakeExchange implements Exchange {
  readonly sent: { readonly to: string; readonly message: Buffer }[] = [];
  readonly #clock: Clock;
  readonly #servers = new Map<string, FakeServer>();
  #outstanding = 0;
  mostOutstanding = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  serve(endpoint: Endpoint, server: FakeServer): void {
    this.#servers.set(endpointText(endpoint), server);
  }

  async ask(
    endpoint: Endpoint,
    message: Buffer,
    waitMs: number,
    signal: AbortSignal,
  ): Promise<Buffer | 'silent'> {
    signal.throwIfAborted();
    const to = endpointText(endpoint);
    this.sent.push({ to, message });
    this.#outstanding += 1;
    this.mostOutstanding = Math.max(this.mostOutstanding, this.#outstanding);
    try {
      const reply = this.#replyOf(to, message);
      if (reply === 'nothing') await this.#clock.sleep(waitMs, signal);
      return reply instanceof Buffer ? reply : 'silent';
    } finally {
      this.#outstanding -= 1;
    }
  }

  #replyOf(to: string, message: Buffer): Buffer | 'nothing' | 'nobody' {
    const server = this.#servers.get(to);
    if (!server) return 'nobody';
    const replies = [server(message)].flat();
    return replies.find((reply) => isReply(message, reply)) ?? 'nothing';
  }
}

/** Same ID, and the same question byte by byte. */
function isReply(message: Buffer, reply: Buffer): boolean {
  const end = message.indexOf(0, 12) + 5;
  return (
    reply.readUInt16BE(0) === message.readUInt16BE(0) &&
    reply.readUInt8(2) >= 0x80 &&
    reply.subarray(12, end).equals(message.subarray(12, end))
  );
}
