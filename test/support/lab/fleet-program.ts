import { connect } from 'node:net';
import mqtt from 'mqtt';
import { parseIpv4 } from '../../../protocol/address.ts';
import { parseDomainName } from '../../../protocol/domain-name.ts';
import { clientIdOf, type LineId, parseLineId } from '../../../protocol/line-id.ts';
import { decodeLower, encodeUpper, type LowerMessage, type UpperMessage } from '../../../protocol/message.ts';
import { LOWER_LEAVES, topicOf } from '../../../protocol/topic.ts';
import type { SimulatedLine } from './fleet.ts';
import { MQTT_PORT } from './lab-settings.ts';

/** Told by `queued`; until then a line signals about as often as any gateway asks. */
const ALIVE_MS = 1_000;

const live = new Set<string>();

function tell(fields: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify(fields)}\n`);
}

/** One connection of one line: registers, signals, answers challenges. */
class SpokenLine {
  readonly #id: LineId;
  readonly #line: SimulatedLine;
  readonly #client: mqtt.MqttClient;
  readonly #session = 1 + Math.floor(Math.random() * 0xffff_fffe);
  #seq = 0;
  #beat: NodeJS.Timeout | undefined;

  constructor(gateway: string, line: SimulatedLine, closed: () => void) {
    this.#line = line;
    this.#id = must(parseLineId(line.id));
    this.#client = new mqtt.MqttClient(
      () => connect({ host: gateway, port: MQTT_PORT, localAddress: line.from }),
      {
        protocolVersion: 4,
        username: line.id,
        password: line.secret,
        clientId: clientIdOf(this.#id),
        keepalive: 10,
        reconnectPeriod: 0,
        will: { topic: topicOf(this.#id, 'will'), payload: this.#will(), qos: 1, retain: false },
      },
    );
    this.#client.on('error', (error) => tell({ event: 'error', line: line.id, reason: error.message }));
    this.#client.on('message', (topic, payload) => this.#take(topic, payload));
    this.#client.once('connect', () => void this.#begin());
    this.#client.once('close', () => {
      clearInterval(this.#beat);
      closed();
    });
  }

  async #begin(): Promise<void> {
    await this.#client.subscribeAsync(LOWER_LEAVES.map((leaf) => topicOf(this.#id, leaf)));
    const { domain, from, claims = from } = this.#line;
    this.#say({
      kind: 'register',
      ...this.#signal(),
      domain: must(parseDomainName(domain)),
      ipv4: must(parseIpv4(claims)),
      ipv6: null,
      lease: { source: 'fleet', interface: 'wan', expiresInMs: null },
      agent: 'fleet/1',
    });
    this.#beat = setInterval(() => this.#say({ kind: 'alive', ...this.#signal() }), ALIVE_MS);
  }

  #take(topic: string, payload: Buffer): void {
    const leaf = LOWER_LEAVES.find((known) => topic === topicOf(this.#id, known));
    const message = leaf && decodeLower(leaf, payload);
    if (message && message.kind !== 'malformed') this.#hear(message);
  }

  #hear(message: LowerMessage): void {
    const line = this.#id;
    if (message.kind === 'challenge') this.#say({ kind: 'answer', nonce: message.nonce, ...this.#signal() });
    if (message.kind === 'refused') tell({ event: 'refused', line, reason: message.reason });
    if (message.kind === 'live') {
      live.add(line);
      tell({ event: 'live', line, serial: message.serial, count: live.size });
    }
  }

  #say(message: UpperMessage): void {
    const qos = message.kind === 'alive' ? 0 : 1;
    this.#client.publish(topicOf(this.#id, message.kind), Buffer.from(encodeUpper(message)), { qos });
  }

  #signal(): { session: number; seq: number } {
    return { session: this.#session, seq: ++this.#seq };
  }

  #will(): Buffer {
    return Buffer.from(encodeUpper({ kind: 'will', session: this.#session }));
  }
}

function must<T>(parsed: T | undefined): T {
  if (parsed === undefined) throw new Error('the test gave a line that cannot be');
  return parsed;
}

/** A line whose connection breaks comes back within a second, as an agent does. */
function keepUp(gateway: string, line: SimulatedLine): void {
  new SpokenLine(gateway, line, () => {
    tell({ event: 'closed', line: line.id });
    setTimeout(keepUp, 200 + Math.random() * 800, gateway, line);
  });
}

const { gateway, lines } = JSON.parse(process.argv[2] ?? '{}') as {
  readonly gateway: string;
  readonly lines: readonly SimulatedLine[];
};
for (const line of lines) keepUp(gateway, line);
