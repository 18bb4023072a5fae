import type { AgentEvents } from '../../gateway-server/agent-link.ts';
import type { Endpoint } from '../../gateway-server/endpoint.ts';
import { type MqttBroker, openMqttBroker } from '../../gateway-server/io/mqtt/mqtt-broker.ts';
import type { CertificateFiles } from '../../gateway-server/io/mqtt/mqtt-door.ts';
import type { MqttLimits } from '../../gateway-server/io/mqtt/mqtt-limits.ts';
import type { Ipv4 } from '../../protocol/address.ts';
import { systemClock } from '../../runtime/clock.ts';
import { type AgentWish, EventDiary } from './agent-link-contract.ts';
import { MemoryLog } from './memory-log.ts';
import { connectAgent, type MqttAgent } from './mqtt-agent.ts';

export const LOOPBACK: Endpoint = { address: '127.0.0.1' as Ipv4, port: 0 };

/** A real broker on loopback with everything that a test looks at. */
export interface BrokerLab {
  readonly broker: MqttBroker;
  readonly diary: EventDiary;
  readonly log: MemoryLog;
  readonly plain: Endpoint;
  logIn(wish: AgentWish): Promise<MqttAgent | string>;
  /** An agent that must be let in. */
  agent(wish: AgentWish): Promise<MqttAgent>;
  stop(): Promise<void>;
}

export interface LabSetting {
  readonly listen?: Endpoint;
  readonly limits?: Partial<MqttLimits>;
  readonly tls?: CertificateFiles;
  readonly events?: AgentEvents;
}

export async function openBrokerLab({
  listen = LOOPBACK,
  limits = {},
  tls,
  events,
}: LabSetting = {}): Promise<BrokerLab> {
  const diary = new EventDiary();
  const log = new MemoryLog();
  const broker = await openMqttBroker({
    listen,
    tls: tls ? { listen: LOOPBACK, ...tls } : null,
    limits,
    events: events ?? diary,
    clock: systemClock,
    log,
  });
  const agents: MqttAgent[] = [];
  const plain = broker.endpoints.plain ?? LOOPBACK;
  const logIn = async (wish: AgentWish) => {
    const agent = await connectAgent(plain, wish);
    if (typeof agent !== 'string') agents.push(agent);
    return agent;
  };
  return {
    broker,
    diary,
    log,
    plain,
    logIn,
    agent: async (wish) => {
      const agent = await logIn(wish);
      if (typeof agent === 'string') throw new Error(`the broker refused the agent: ${agent}`);
      return agent;
    },
    stop: async () => {
      await broker.close();
      for (const { client } of agents) client.end(true);
    },
  };
}

/** Runs a story against a broker and stops everything afterwards. */
export async function withBroker(
  setting: LabSetting,
  story: (lab: BrokerLab) => Promise<void>,
): Promise<void> {
  const lab = await openBrokerLab(setting);
  try {
    await story(lab);
  } finally {
    await lab.stop();
  }
}
