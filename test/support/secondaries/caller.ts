import { randomInt } from 'node:crypto';
import { connect } from 'node:net';
import { MqttClient } from 'mqtt';
import type { Endpoint } from '../../../gateway-server/endpoint.ts';
import { parseIpv4 } from '../../../protocol/address.ts';
import { type DomainName, parseDomainName } from '../../../protocol/domain-name.ts';
import { type LineId, parseLineId } from '../../../protocol/line-id.ts';
import { LOWER_LEAVES } from '../../../protocol/topic.ts';
import { until } from '../lab/waiting.ts';
import { MqttAgent, optionsOf } from '../mqtt-agent.ts';

const LIVE_MS = 20_000;

/** A line whose agent the test plays: it calls from any loopback address, and that address is what it claims. */
export class Caller {
  readonly id: LineId;
  readonly domain: DomainName;
  readonly #secret: string;

  constructor(line: { readonly id: string; readonly domain: string; readonly secret: string }) {
    this.id = known(parseLineId(line.id));
    this.domain = known(parseDomainName(line.domain));
    this.#secret = line.secret;
  }

  /** Registers from this address over a connection of its own, and stays connected. */
  async calls(mqtt: Endpoint, address: string): Promise<Call> {
    const client = new MqttClient(
      () => connect({ host: mqtt.address, port: mqtt.port, localAddress: address }),
      {
        ...optionsOf({ line: this.id, secret: this.#secret }),
        protocolVersion: 4,
        keepalive: 10,
        reconnectPeriod: 0,
      },
    );
    const agent = new MqttAgent(client, this.id);
    await until(`${this.id} is connected from ${address}`, LIVE_MS, () => client.connected);
    await agent.subscribe(LOWER_LEAVES);
    const session = randomInt(1, 0xffff_ffff);
    await agent.say({
      ...{ kind: 'register', session, seq: 1, domain: this.domain, agent: 'caller/1' },
      ...{ ipv4: known(parseIpv4(address)), ipv6: null },
      lease: { source: 'test', interface: 'wan', expiresInMs: null },
    });
    return new Call(agent, session);
  }
}

/** One registration, and what the gateway says to it. */
export class Call {
  readonly #agent: MqttAgent;
  readonly #session: number;

  constructor(agent: MqttAgent, session: number) {
    this.#agent = agent;
    this.#session = session;
  }

  /** What the gateway has said as soon as it has said it. */
  async hears<K extends 'queued' | 'live' | 'refused'>(kind: K, limitMs = LIVE_MS) {
    const found = await until(`the agent hears "${kind}"`, limitMs, () =>
      this.#agent.heard.find((message) => message.kind === kind && message.session === this.#session),
    );
    return found as Extract<typeof found, { kind: K }>;
  }

  /** Leaves without a farewell. */
  async hangUp(): Promise<void> {
    await this.#agent.leave();
  }
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the test gave something that cannot be');
  return value;
}
