import { once } from 'node:events';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import type { Endpoint } from '../../gateway-server/endpoint.ts';
import { clientIdOf, type LineId } from '../../protocol/line-id.ts';
import {
  type Announcement,
  decodeAnnouncements,
  decodeLower,
  encodeUpper,
  type LowerMessage,
} from '../../protocol/message.ts';
import {
  ANNOUNCEMENT_TOPIC,
  LOWER_LEAVES,
  type LowerLeaf,
  parseTopic,
  topicOf,
  type UpperLeaf,
} from '../../protocol/topic.ts';
import type { AgentWish, LinkedAgent } from './agent-link-contract.ts';

const REFUSALS: Readonly<Record<number, string>> = {
  1: 'version',
  2: 'wrong-client-id',
  3: 'unavailable',
  4: 'wrong-credentials',
  5: 'not-authorized',
};

/** Connects an mqtt.js client, or gives the kind of the refusal. */
export async function connectMqtt(endpoint: Endpoint, options: IClientOptions): Promise<MqttClient | string> {
  const client = mqtt.connect({
    protocol: 'mqtt',
    protocolVersion: 4,
    host: endpoint.address,
    port: endpoint.port,
    reconnectPeriod: 0,
    writeCache: false,
    keepalive: 10,
    ...options,
  });
  return new Promise((resolve) => {
    client.once('connect', () => resolve(client));
    client.once('error', (error) => {
      client.on('error', () => undefined);
      client.end(true);
      resolve('code' in error ? (REFUSALS[Number(error.code)] ?? String(error.code)) : error.message);
    });
    client.once('close', () => resolve('closed'));
  });
}

export function optionsOf({ line, secret = 'secret', willSession }: AgentWish): IClientOptions {
  const options = { username: line, password: secret, clientId: clientIdOf(line), clean: true };
  if (willSession === undefined) return options;
  const payload = Buffer.from(encodeUpper({ kind: 'will', session: willSession }));
  return { ...options, will: { topic: topicOf(line, 'will'), payload, qos: 1, retain: false } };
}

/** A whole agent, as the contract of the link wants it: logged in and subscribed. */
export async function connectAgent(
  endpoint: Endpoint,
  wish: AgentWish,
  extra: IClientOptions = {},
): Promise<MqttAgent | string> {
  const client = await connectMqtt(endpoint, { ...optionsOf(wish), ...extra });
  if (typeof client === 'string') return client;
  const agent = new MqttAgent(client, wish.line);
  await agent.subscribe(wish.leaves ?? LOWER_LEAVES);
  return agent;
}

export class MqttAgent implements LinkedAgent {
  readonly client: MqttClient;
  readonly heard: LowerMessage[] = [];
  readonly retained: boolean[] = [];
  readonly #line: LineId;
  #announcements: readonly Announcement[] | undefined;

  constructor(client: MqttClient, line: LineId) {
    this.client = client;
    this.#line = line;
    client.on('error', () => undefined);
    client.on('message', (topic, payload, packet) => {
      this.retained.push(packet.retain);
      this.#hear(topic, payload);
    });
  }

  async subscribe(leaves: readonly LowerLeaf[]): Promise<void> {
    const topics = leaves.map((leaf) => topicOf(this.#line, leaf));
    await this.client.subscribeAsync([...topics, ANNOUNCEMENT_TOPIC], { qos: 1 });
  }

  announcements(): readonly Announcement[] | undefined {
    return this.#announcements;
  }

  isOpen(): boolean {
    return this.client.connected;
  }

  async say(message: Parameters<typeof encodeUpper>[0]): Promise<void> {
    await this.sayBytes(message.kind, encodeUpper(message));
  }

  async sayBytes(leaf: UpperLeaf, payload: Uint8Array): Promise<void> {
    await this.client.publishAsync(topicOf(this.#line, leaf), Buffer.from(payload), {
      qos: leaf === 'alive' ? 0 : 1,
    });
  }

  async leave(): Promise<void> {
    await this.client.endAsync();
  }

  async breakOff(): Promise<void> {
    const closed = once(this.client.stream, 'close');
    this.client.stream.destroy();
    await closed;
  }

  #hear(topic: string, payload: Buffer): void {
    const leaf = parseTopic(topic)?.leaf;
    const lower = LOWER_LEAVES.find((known) => known === leaf);
    if (topic === ANNOUNCEMENT_TOPIC) {
      const list = decodeAnnouncements(payload);
      if (!('kind' in list)) this.#announcements = list;
    } else if (lower) {
      const message = decodeLower(lower, payload);
      if (message.kind !== 'malformed') this.heard.push(message);
    }
  }
}
