import { randomInt } from 'node:crypto';
import { connect } from 'node:net';
import { MqttClient } from 'mqtt';
import { LOWER_LEAVES } from '../../../protocol/topic.ts';
import { pause, until } from '../../support/lab/waiting.ts';
import { MqttAgent, optionsOf } from '../../support/mqtt-agent.ts';
import { type FleetMember, memberAt } from '../load/fleet-member.ts';
import { LoopbackGateway, ZONE } from '../load/loopback-gateway.ts';
import { monotonicMs } from '../loop/monotonic.ts';
import type { Figure } from '../report/figure.ts';
import { LOOPBACK } from './line-up.ts';
import type { Part } from './part.ts';
import { Sightings } from './sightings.ts';

const LINES = 1_000;
const CONNECT_MS = 10_000;
const LIVE_MS = 10_000;
/** Longer than the usual time between batches: each registration comes after a pause. */
const PAUSE_MS = 1_100;

/** The whole way through the gateway's program: from an agent's message to the new answer. */
export async function registrations(part: Part): Promise<Figure[]> {
  const gateway = await LoopbackGateway.start({});
  const sightings = new Sightings({ address: LOOPBACK, port: gateway.dnsPort });
  const samples: number[] = [];
  try {
    await gateway.importLines(LINES);
    for (let n = 0; n < (part.isShort ? 3 : 20); n++)
      samples.push(await registered(memberAt(n, ZONE), gateway.mqttPort, sightings));
  } finally {
    sightings.close();
    await gateway.end();
  }
  const name = `one registration over MQTT visible, ${LINES} lines`;
  part.say(`${name}: ${samples.at(-1)?.toFixed(1)} ms`);
  return [{ name, unit: 'ms', samples, note: 'the whole program, from sending the message of an agent' }];
}

/** Milliseconds from the message of a connected agent, the first of its line, until the name leads to it. */
async function registered(member: FleetMember, port: number, sightings: Sightings): Promise<number> {
  const { id, domain, secret, address } = member;
  const client = new MqttClient(
    () => connect({ host: LOOPBACK, port, localAddress: address, noDelay: true }),
    {
      ...optionsOf({ line: id, secret }),
      ...{ protocolVersion: 4, keepalive: 10, reconnectPeriod: 0 },
    },
  );
  const agent = new MqttAgent(client, id);
  await until(`${id} is connected`, CONNECT_MS, () => client.connected);
  await agent.subscribe(LOWER_LEAVES);
  await pause(PAUSE_MS);
  const seen = sightings.seen(domain, address, LIVE_MS);
  const sentAt = monotonicMs();
  await agent.say({
    ...{ kind: 'register', session: randomInt(1, 0xffff_ffff), seq: 1, domain, agent: 'bench/1' },
    ...{ ipv4: address, ipv6: null, lease: { source: 'bench', interface: 'lo', expiresInMs: null } },
  });
  const ms = (await seen) - sentAt;
  await agent.leave();
  return ms;
}
