import { callGateway } from '../../../gateway-server/io/control-socket.ts';
import { pause } from '../lab/waiting.ts';
import type { SeenZone } from './zone-witness.ts';

const COHORT = 6;
const PAUSE_MS = 120;

/** Lines that the operator adds several at a time: all of a cohort enter the zone together. */
export class Newcomers {
  readonly #cohorts: { readonly names: readonly string[]; isAcknowledged: boolean }[] = [];

  /** Adds one cohort after the other until the gateway is gone. */
  async keepComing(control: string, gone: AbortSignal): Promise<void> {
    while (!gone.aborted) {
      const number = this.#cohorts.length;
      const ids = Array.from({ length: COHORT }, (_, index) => `new${number}-${index}`);
      const cohort = { names: ids.map((id) => `${id}.mwebpages.test`), isAcknowledged: false };
      this.#cohorts.push(cohort);
      const rows = ids.map((id, row) => ({ row: row + 1, id }));
      try {
        cohort.isAcknowledged =
          (await callGateway(control, { command: 'line import', args: { rows } })) !== null;
      } catch (error) {
        if (!String(error).includes('broke off')) throw error;
      }
      await pause(PAUSE_MS);
    }
  }

  /** Nothing when of every cohort all are in the zone or none is. */
  complaint(zone: SeenZone): string | undefined {
    const halves = this.#cohorts.filter(({ names }) => ![0, names.length].includes(countIn(zone, names)));
    return halves.length > 0 ? `half of ${halves.map(({ names }) => names[0]).join(', ')}` : undefined;
  }

  /** True when all whose coming was acknowledged are in the zone. */
  isServed(zone: SeenZone): boolean {
    return this.#cohorts
      .filter(({ isAcknowledged }) => isAcknowledged)
      .every(({ names }) => countIn(zone, names) === names.length);
  }

  get acknowledged(): number {
    return this.#cohorts.filter(({ isAcknowledged }) => isAcknowledged).length;
  }
}

function countIn(zone: SeenZone, names: readonly string[]): number {
  return names.filter((name) => zone.addresses.has(name)).length;
}
