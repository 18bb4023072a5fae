import type { Socket } from 'node:net';
import { parseAddress } from '../../../protocol/address.ts';
import { neighbourhoodOf } from '../rate-limit.ts';

const MOST_PER_NEIGHBOURHOOD = 64;
const MOST_IN_ALL = 4096;

/** Every open connection to the answering server; one visitor cannot hold them all. */
export class VisitorSockets {
  readonly #open = new Set<Socket>();
  readonly #countByNeighbourhood = new Map<string, number>();
  #refused = 0;

  get refused(): number {
    return this.#refused;
  }

  /** Destroys the connection that is one too many. */
  admit(socket: Socket): void {
    const neighbourhood = neighbourhoodAt(socket);
    const count = this.#countByNeighbourhood.get(neighbourhood) ?? 0;
    if (count >= MOST_PER_NEIGHBOURHOOD || this.#open.size >= MOST_IN_ALL) {
      this.#refused += 1;
      socket.destroy();
      return;
    }
    this.#open.add(socket);
    this.#countByNeighbourhood.set(neighbourhood, count + 1);
    socket.once('close', () => this.#release(socket, neighbourhood));
  }

  destroyAll(): void {
    for (const socket of this.#open) socket.destroy();
  }

  #release(socket: Socket, neighbourhood: string): void {
    this.#open.delete(socket);
    const left = (this.#countByNeighbourhood.get(neighbourhood) ?? 1) - 1;
    if (left > 0) this.#countByNeighbourhood.set(neighbourhood, left);
    else this.#countByNeighbourhood.delete(neighbourhood);
  }
}

/** The system writes IPv4 addresses in their one form, which is not worth reading for each of thousands of connections. */
function neighbourhoodAt({ remoteAddress = '', remoteFamily }: Socket): string {
  if (remoteFamily === 'IPv4') return remoteAddress;
  return neighbourhoodOf(parseAddress(remoteAddress.split('%')[0] ?? '') ?? null);
}
