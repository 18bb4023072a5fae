import type { PingOutcome, Prober } from '../../gateway-server/line/prober.ts';
import type { Address } from '../../protocol/address.ts';
import type { Clock } from '../../runtime/clock.ts';

const PROBE_MS = 2_000;

/** Pings nobody: a test says which addresses answer. A round with a silent address takes the two seconds that a real one takes. */
export class ScriptedProber implements Prober {
  /** What every address does that `outcomes` does not name. */
  otherwise: PingOutcome = 'silent';
  /** When set, the next round breaks off with it. */
  breaksWith: Error | null = null;
  readonly outcomes = new Map<string, PingOutcome>();
  /** Every round so far. */
  readonly rounds: (readonly Address[])[] = [];
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async probe(
    addresses: readonly Address[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<Address, PingOutcome>> {
    this.rounds.push(addresses);
    if (this.breaksWith) throw this.breaksWith;
    const seen = new Map(addresses.map((address) => [address, this.#outcomeOf(address)]));
    if ([...seen.values()].includes('silent')) await this.#clock.sleep(PROBE_MS, signal);
    return seen;
  }

  lastProblem(): string | null {
    return this.otherwise === 'not-possible' ? 'no ping in this test' : null;
  }

  #outcomeOf(address: Address): PingOutcome {
    return this.outcomes.get(address) ?? this.otherwise;
  }
}
