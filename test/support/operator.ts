import { carryOut } from '../../gateway-server/operator/commands.ts';
import type { Desk, Service } from '../../gateway-server/operator/desk.ts';
import { inProse } from '../../gateway-server/operator/prose.ts';
import type { DomainName } from '../../protocol/domain-name.ts';
import { emptyHouse } from './empty-house.ts';
import { GatewayLab, type LabWish } from './gateway-lab.ts';
import { slowStore } from './slow-store.ts';

/** The operator before the gateway of a lab: gives commands and reads what they say. */
export class Operator {
  readonly lab: GatewayLab;
  readonly desk: Desk;

  private constructor(lab: GatewayLab, service: Service | null) {
    const { registry, announcements, link, clock } = lab;
    const store = slowStore(lab.store, lab.disk, clock);
    this.lab = lab;
    this.desk = {
      ...{ registry, store, announcements, link, clock, service },
      departures: lab.departures(),
      serialOnDisk: async () => (await lab.store.load()).serial,
      zoneName: 'mwebpages.test' as DomainName,
      house: emptyHouse(registry.stage),
    };
  }

  static async at(wish: LabWish = {}, service: Service | null = serviceSince(0)): Promise<Operator> {
    return new Operator(await GatewayLab.start(wish), service);
  }

  /** The same desk as a command finds it on the store alone. */
  withoutGateway(): Operator {
    return new Operator(this.lab, null);
  }

  /** What a script reads with --json. */
  async ask(command: string, args: object = {}): Promise<unknown> {
    return JSON.parse(JSON.stringify((await carryOut(this.desk, { command, args })) ?? null));
  }

  /** What a person reads. */
  async read(command: string, args: object = {}): Promise<string> {
    return inProse(command, await this.ask(command, args), this.lab.clock.now());
  }

  /** The sentence with which a command is refused. */
  async refusal(command: string, args: object = {}): Promise<string> {
    try {
      await this.ask(command, args);
    } catch (error) {
      if (error instanceof Error && error.name === 'CommandError') return error.message;
      throw error;
    }
    throw new Error(`"${command}" was carried out`);
  }
}

export function serviceSince(startedAt: number, change: Partial<Service> = {}): Service {
  return {
    startedAt,
    probeProblem: () => null,
    counters: () => ({ dns: { queries: 1 } }),
    zoneMode: () => 'swap',
    isHalted: () => false,
    secondaries: () => [],
    askSecondaries: async () => [],
    workers: () => null,
    othersTurn: async () => undefined,
    ...change,
  };
}
