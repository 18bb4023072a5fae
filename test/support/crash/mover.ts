import { randomInt } from 'node:crypto';
import { connect } from 'node:net';
import { MqttClient } from 'mqtt';
import type { Endpoint } from '../../../gateway-server/endpoint.ts';
import type { Line } from '../../../gateway-server/line/line.ts';
import { parseIpv4, parseIpv6 } from '../../../protocol/address.ts';
import { LOWER_LEAVES } from '../../../protocol/topic.ts';
import { until } from '../lab/waiting.ts';
import { MqttAgent, optionsOf } from '../mqtt-agent.ts';
import type { SeenZone } from './zone-witness.ts';

const PATIENCE_MS = 10_000;

/** A line whose IPv6 address counts its registrations, so that the zone tells which one it knows. */
export class Mover {
  readonly #line: Line;
  readonly #number: number;
  #sent = 0;
  #queued = 0;
  #live = 0;

  constructor(line: Line, number: number) {
    this.#line = line;
    this.#number = number;
  }

  /** Registers again and again, as soon as the gateway has told that the last one is queued, until the gateway is gone. */
  async keepsMoving(mqtt: Endpoint, told: (serial: number) => void, gone: AbortSignal): Promise<void> {
    const client = new MqttClient(
      () => connect({ host: mqtt.address, port: mqtt.port, localAddress: this.#ipv4 }),
      { ...optionsOf({ line: this.#line.id }), protocolVersion: 4, keepalive: 10, reconnectPeriod: 0 },
    );
    const agent = new MqttAgent(client, this.#line.id);
    let isBroken = false;
    client.on('close', () => {
      isBroken = true;
    });
    const isOver = () => gone.aborted || isBroken;
    gone.addEventListener('abort', () => client.end(true), { once: true });
    try {
      await until('the agent is connected', PATIENCE_MS, () => isOver() || client.connected);
      if (!isOver()) await agent.subscribe(LOWER_LEAVES);
      const first = this.#sent;
      for (const session = randomInt(1, 0xffff_ffff); !isOver(); ) {
        await this.#register(agent, session, this.#sent + 1 - first);
        await until('the update is queued', PATIENCE_MS, () => isOver() || this.#isQueued(agent, first));
      }
    } catch (error) {
      // a gateway that dies breaks off in the midst of anything
      if (client.connected && !gone.aborted) throw error;
    } finally {
      client.end(true);
      this.#take(agent, told);
    }
  }

  /** What the zone says against what this line was told; nothing when all is well. */
  complaint(zone: SeenZone): string | undefined {
    const { id, domain, names } = this.#line;
    const [addresses, ...others] = [domain ?? '', ...names].map((name) =>
      (zone.addresses.get(name) ?? []).join(' '),
    );
    if (others.some((other) => other !== addresses)) return `${id}: half of its names have moved`;
    const number = this.#numberIn(addresses ?? '');
    if (number === undefined) return `${id}: half of its addresses in "${addresses}"`;
    if (number > this.#sent) return `${id}: registration ${number} was never sent`;
    return number < this.#live
      ? `${id}: registration ${this.#live} was live, and now it is ${number}`
      : undefined;
  }

  /** True when the zone knows all that was acknowledged. */
  isServed(zone: SeenZone): boolean {
    const served = this.#numberIn((zone.addresses.get(this.#line.domain ?? '') ?? []).join(' '));
    return served !== undefined && served >= this.#queued;
  }

  /** How many registrations were acknowledged. */
  get acknowledged(): number {
    return this.#queued;
  }

  async #register(agent: MqttAgent, session: number, seq: number): Promise<void> {
    const ipv4 = parseIpv4(this.#ipv4);
    const ipv6 = parseIpv6(this.#ipv6(this.#sent + 1));
    if (!ipv4 || !ipv6 || !this.#line.domain) throw new Error('no such line');
    this.#sent += 1;
    await agent.say({
      ...{ kind: 'register', session, seq, domain: this.#line.domain, agent: 'mover/1', ipv4, ipv6 },
      lease: { source: 'test', interface: 'wan', expiresInMs: null },
    });
  }

  #isQueued(agent: MqttAgent, first: number): boolean {
    const refused = agent.heard.find(({ kind }) => kind === 'refused');
    if (refused) throw new Error(`${this.#line.id} is refused: ${JSON.stringify(refused)}`);
    for (const message of agent.heard)
      if (message.kind === 'queued') this.#queued = Math.max(this.#queued, first + message.seq);
    return this.#queued === this.#sent;
  }

  /** Whatever was heard before the gateway died was promised. */
  #take(agent: MqttAgent, told: (serial: number) => void): void {
    for (const message of agent.heard) {
      if (message.kind !== 'live') continue;
      told(message.serial);
      const { ipv4, ipv6 } = message.addresses;
      this.#live = Math.max(this.#live, this.#numberIn(`${ipv4} ${ipv6}`) ?? 0);
    }
  }

  get #ipv4(): string {
    return `127.1.0.${this.#number}`;
  }

  #ipv6(registration: number): string {
    return `fd00:0:0:0:0:0:${this.#number.toString(16)}:${registration.toString(16)}`;
  }

  /** The registration that gave these addresses; 0 for the gateway's own, none when they do not belong together. */
  #numberIn(addresses: string): number | undefined {
    if (addresses === '127.0.0.1' || addresses === '') return 0;
    const [ipv4, ipv6 = ''] = addresses.split(' ');
    const registration = Number.parseInt(ipv6.split(':').at(-1) ?? '', 16);
    return ipv4 === this.#ipv4 && parseIpv6(ipv6) === parseIpv6(this.#ipv6(registration))
      ? registration
      : undefined;
  }
}
