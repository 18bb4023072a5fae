import { type Address, parseAddress } from '../../../protocol/address.ts';
import { contains } from '../../../protocol/prefix.ts';
import type { Clock, Elapsed } from '../../../runtime/clock.ts';
import type { Logger } from '../../../runtime/log.ts';
import type { Secondary } from '../backup/secondary.ts';
import type { Client } from '../transfers.ts';
import type { TsigKey } from '../tsig-key.ts';

export type Access = 'yes' | 'wrong-address' | 'unsigned' | 'wrong-key';

/** Whether the zone goes to whoever asks from this address with this key; several secondaries may share an address. */
export function mayTransfer(
  secondaries: readonly Secondary[],
  address: Address | undefined,
  signedBy: TsigKey | null,
): Access {
  const there = secondaries.filter(({ from }) => from.some((net) => address && contains(net, address)));
  if (there.length === 0) return 'wrong-address';
  if (there.some(({ key }) => key === null || (signedBy !== null && isSameKey(key, signedBy)))) return 'yes';
  return signedBy === null ? 'unsigned' : 'wrong-key';
}

/** The signature was good: what it is called by tells which key it was. */
function isSameKey(a: TsigKey, b: TsigKey): boolean {
  return a.name === b.name && a.algorithm === b.algorithm;
}

interface Parts {
  readonly secondaries: () => readonly Secondary[];
  readonly clock: Clock;
  readonly log: Logger;
}

const TELL_AGAIN_MS = 60_000;
/** Addresses are easily pretended over UDP: neither the log nor the memory of it grows with them. */
const MOST_TOLD = 100;

/** Lets the secondaries have the zone and nobody else (RFC 5936 §5), and says in the log who was refused and why. */
export class TransferAccess {
  readonly #parts: Parts;
  readonly #toldAt = new Map<string, Elapsed>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  of({ address }: Client, signedBy: TsigKey | null): Access {
    // a link-local address comes with its interface ("fe80::1%eth0")
    return mayTransfer(this.#parts.secondaries(), parseAddress(address.replace(/%.*/, '')), signedBy);
  }

  /** As `of`; a refusal is logged, once a minute for each client and reason. */
  allows(client: Client, signedBy: TsigKey | null): boolean {
    const reason = this.of(client, signedBy);
    if (reason !== 'yes' && this.#isNews(`${client.address} ${reason}`))
      this.#parts.log.warn('transfer refused', {
        client: client.address,
        reason,
        key: signedBy?.name ?? null,
      });
    return reason === 'yes';
  }

  #isNews(refusal: string): boolean {
    const now = this.#parts.clock.elapsed();
    for (const [told, at] of this.#toldAt) if (now - at >= TELL_AGAIN_MS) this.#toldAt.delete(told);
    if (this.#toldAt.has(refusal) || this.#toldAt.size >= MOST_TOLD) return false;
    this.#toldAt.set(refusal, now);
    return true;
  }
}
