import * as os from 'host:os';
import { connect as connectTo, error as errorOf, finish, ownAddress } from 'host:sockets';
import { WANT_READ, WANT_WRITE } from 'host:tls';
import { Duplex } from 'node:stream';
import { systemError } from './system-error.ts';

export interface Place {
  readonly host: string;
  readonly port: number;
  readonly localAddress?: string;
}

/** What speaks over a connected descriptor; the calls give a count, WANT_READ or WANT_WRITE, and throw what ends it. */
export interface Wire {
  /** 0 when the other side can be talked to. */
  greet(): number;
  read(buffer: ArrayBufferLike, offset: number, length: number): number;
  write(buffer: ArrayBufferLike, offset: number, length: number): number;
  /** Says that nothing more will be written. */
  finish(): void;
  close(): void;
}

interface Job {
  readonly bytes: Uint8Array;
  readonly done: (error?: Error | null) => void;
  sent: number;
}

const EAGAIN = 'EAGAIN';
const BUFFER_BYTES = 4_096;

/** A client's connection as a stream. */
export class Socket extends Duplex {
  localAddress: string | undefined;
  readonly #place: Place;
  readonly #wireOn: (fd: number) => Wire;
  readonly #readyEvent: string;
  readonly #buffer = new ArrayBuffer(BUFFER_BYTES);
  readonly #jobs: Job[] = [];
  #fd = -1;
  #wire: Wire | null = null;
  #isReady = false;
  #isWanted = true;

  constructor(place: Place, wireOn: (fd: number) => Wire = plainWire, readyEvent = 'connect') {
    super({ autoDestroy: true, allowHalfOpen: false });
    this.#place = place;
    this.#wireOn = wireOn;
    this.#readyEvent = readyEvent;
    queueMicrotask(() => this.#begin());
  }

  override _read(): void {
    if (this.#isWanted) return;
    this.#isWanted = true;
    if (this.#isReady) queueMicrotask(() => this.#pump());
  }

  override _write(chunk: Uint8Array, _encoding: string, done: Job['done']): void {
    this.#jobs.push({ bytes: chunk, done, sent: 0 });
    if (this.#isReady) this.#pump();
  }

  /** The MQTT client writes a packet in a dozen pieces: one record of TLS, not twelve. */
  override _writev(pieces: readonly { readonly chunk: Uint8Array }[], done: Job['done']): void {
    this._write(Buffer.concat(pieces.map(({ chunk }) => chunk)), '', done);
  }

  override _final(done: () => void): void {
    this.#guarded(() => this.#wire?.finish());
    done();
  }

  override _destroy(error: Error | null, done: Job['done']): void {
    this.#close();
    this.#jobs.length = 0;
    done(error);
  }

  #begin(): void {
    if (this.destroyed) return;
    const { host, port, localAddress = null } = this.#place;
    const fd = connectTo(host, String(port), localAddress);
    if (fd < 0) return void this.destroy(this.#failure(-fd));
    this.#fd = fd;
    os.setWriteHandler(fd, () => {
      os.setWriteHandler(fd, null);
      const errno = errorOf(fd);
      if (errno !== 0) return void this.destroy(this.#failure(errno));
      this.localAddress = ownAddress(fd) ?? undefined;
      this.#guarded(() => {
        this.#wire = this.#wireOn(fd);
      });
      this.#pump();
    });
  }

  #failure(errno: number): Error {
    const { host, port } = this.#place;
    const error = systemError(errno, 'connect');
    error.message = `connect ${'code' in error ? error.code : ''} ${host}:${port}`;
    return error;
  }

  /** Does all that can be done now, then waits for what is lacking. */
  #pump(): void {
    this.#guarded(() => {
      if (!this.#wire) return;
      if (!this.#isReady) {
        this.#greet(this.#wire);
        return;
      }
      const sent = this.#sendJobs();
      const received = this.#receive();
      if (this.#wire) this.#wait(this.#isWanted, sent === WANT_WRITE || received === WANT_WRITE);
    });
  }

  #greet(wire: Wire): void {
    const result = wire.greet();
    this.#wait(result < 0, result === WANT_WRITE);
    if (result < 0) return;
    this.#isReady = true;
    this.emit(this.#readyEvent);
    // whoever waited for this takes its place before anything can go wrong
    os.setTimeout(() => this.#pump(), 0);
  }

  #sendJobs(): number {
    for (let [job] = this.#jobs; job && this.#wire; [job] = this.#jobs) {
      const { bytes, sent } = job;
      const count = this.#wire.write(bytes.buffer, bytes.byteOffset + sent, bytes.byteLength - sent);
      if (count < 0) return count;
      job.sent += count;
      if (job.sent < bytes.byteLength) continue;
      this.#jobs.shift();
      job.done();
    }
    return 0;
  }

  #receive(): number {
    while (this.#isWanted && this.#wire) {
      const count = this.#wire.read(this.#buffer, 0, BUFFER_BYTES);
      if (count < 0) return count;
      // after the end of the stream nothing is wanted any more
      this.#isWanted = this.push(count === 0 ? null : Buffer.from(this.#buffer.slice(0, count))) && count > 0;
    }
    return 0;
  }

  #wait(toRead: boolean, toWrite: boolean): void {
    const go = () => this.#pump();
    os.setReadHandler(this.#fd, toRead ? go : null);
    os.setWriteHandler(this.#fd, toWrite ? go : null);
  }

  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #close(): void {
    this.#wire?.close();
    this.#wire = null;
    if (this.#fd < 0) return;
    os.setReadHandler(this.#fd, null);
    os.setWriteHandler(this.#fd, null);
    os.close(this.#fd);
    this.#fd = -1;
  }
}

export function connect(place: Place): Socket {
  return new Socket(place);
}

function plainWire(fd: number): Wire {
  return {
    greet: () => 0,
    read: (buffer, offset, length) => countOf(os.read(fd, buffer, offset, length), 'read', WANT_READ),
    write: (buffer, offset, length) => countOf(os.write(fd, buffer, offset, length), 'write', WANT_WRITE),
    finish: () => finish(fd),
    close: () => undefined,
  };
}

function countOf(result: number, call: string, want: number): number {
  if (result >= 0) return result;
  const error = systemError(-result, call);
  if ('code' in error && error.code === EAGAIN) return want;
  throw error;
}
