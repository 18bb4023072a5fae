import type { Socket } from 'node:net';
import type { Clock, Elapsed } from '../../../runtime/clock.ts';

interface Parts {
  readonly clock: Clock;
  /** The replies to one message, in order; undefined ends the connection. */
  readonly repliesTo: (message: Buffer) => Iterable<Buffer> | undefined;
}

const NO_BYTES = Buffer.alloc(0);
const NO_REPLIES: Iterator<Buffer> = [].values();
/** A client gets so many steps of its work done before other connections and the UDP sockets have their turn. */
const STEPS_A_TURN = 64;

/** One client's TCP connection: messages behind two bytes of length (RFC 1035 §4.2.2), as many as the client likes (RFC 7766 §6.2.1). */
export class TcpConnection {
  /** When the client last got something done; dribbled bytes do not count. */
  activeAt: Elapsed;
  readonly #socket: Socket;
  readonly #parts: Parts;
  /** Less than one message, and what came with its last bytes. */
  #received: Buffer = NO_BYTES;
  #replies: Iterator<Buffer> = NO_REPLIES;
  /** The socket is paused: the client reads too slowly, or others have their turn. */
  #isWaiting = false;
  #hasEnded = false;

  constructor(socket: Socket, parts: Parts) {
    this.#socket = socket;
    this.#parts = parts;
    this.activeAt = parts.clock.elapsed();
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('end', () => this.#end());
    socket.on('drain', () => this.#goOn());
    // a connection that breaks is closed by Node; there is nobody left to tell
    socket.on('error', () => undefined);
    // a transfer that nobody reads any more lets go of its snapshot
    socket.on('close', () => this.#replies.return?.());
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    if (!this.#isWaiting) this.#work();
  }

  /** RFC 7766 §6.2.4: who has no more questions still gets the answers. */
  #end(): void {
    this.#hasEnded = true;
    if (!this.#isWaiting) this.#work();
  }

  #goOn(): void {
    if (this.#socket.destroyed) return;
    this.#isWaiting = false;
    this.activeAt = this.#parts.clock.elapsed();
    this.#work();
  }

  #work(): void {
    for (let turn = 0; turn < STEPS_A_TURN; turn++) {
      const step = this.#step();
      if (step === 'done') continue;
      if (step === 'rest') this.#rest();
      else this.#wait();
      return;
    }
    this.#wait();
    setImmediate(() => this.#goOn());
  }

  #step(): 'done' | 'rest' | 'wait' {
    const reply = this.#nextReply();
    if (!reply.done) return this.#write(reply.value) ? 'done' : 'wait';
    const message = this.#takeMessage();
    if (!message) return 'rest';
    const replies = this.#parts.repliesTo(message);
    if (!replies) this.#socket.destroy();
    this.#replies = replies?.[Symbol.iterator]() ?? NO_REPLIES;
    return replies ? 'done' : 'wait';
  }

  /** A mistake of ours ends this connection, not the process. */
  #nextReply(): IteratorResult<Buffer> {
    try {
      return this.#replies.next();
    } catch {
      this.#socket.destroy();
      return { done: true, value: undefined };
    }
  }

  #takeMessage(): Buffer | undefined {
    if (this.#received.length < 2) return undefined;
    const end = 2 + this.#received.readUInt16BE(0);
    if (this.#received.length < end) return undefined;
    const message = this.#received.subarray(2, end);
    this.#received = this.#received.subarray(end);
    this.activeAt = this.#parts.clock.elapsed();
    return message;
  }

  /** Length and message leave in one write (RFC 7766 §8). False when the client does not keep up. */
  #write(message: Buffer): boolean {
    const framed = Buffer.allocUnsafe(2 + message.length);
    framed.writeUInt16BE(message.length, 0);
    message.copy(framed, 2);
    return this.#socket.write(framed);
  }

  #wait(): void {
    this.#isWaiting = true;
    this.#socket.pause();
  }

  #rest(): void {
    if (this.#hasEnded) this.#socket.end();
    else this.#socket.resume();
  }
}
