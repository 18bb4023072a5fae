import type { Clock } from '../../../runtime/clock.ts';
import type { Logger } from '../../../runtime/log.ts';
import type { AgentEvents, AgentLink } from '../../agent-link.ts';
import type { Endpoint } from '../../endpoint.ts';
import { AedesLink } from './aedes-link.ts';
import { type MqttCounters, WireTally } from './mqtt-counters.ts';
import {
  type CertificateFiles,
  type Door,
  type Doorkeeper,
  openDoor,
  openTlsDoor,
  type TlsDoor,
} from './mqtt-door.ts';
import { DEFAULT_LIMITS, type MqttLimits } from './mqtt-limits.ts';
import { SourceGate } from './source-gate.ts';

export interface MqttBrokerOptions {
  readonly listen: Endpoint | null;
  readonly tls: ({ readonly listen: Endpoint } & CertificateFiles) | null;
  readonly limits?: Partial<MqttLimits>;
  readonly events: AgentEvents;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The embedded broker. From `close()` on no event is told any more. */
export interface MqttBroker {
  readonly link: AgentLink;
  /** Where it really listens, with the ports that the system chose. */
  readonly endpoints: { readonly plain: Endpoint | null; readonly tls: Endpoint | null };
  counters(): MqttCounters;
  /** Reads the certificate files again; files that do not fit together are logged and the old ones stay. */
  reloadCertificates(): Promise<void>;
  close(): Promise<void>;
}

/** Listens on the given endpoints; rejects when one cannot be had or the certificate files are no good. */
export async function openMqttBroker(options: MqttBrokerOptions): Promise<MqttBroker> {
  const { events, clock, log } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const tally = new WireTally();
  const gate = new SourceGate(limits, clock);
  const link = new AedesLink({ events, limits, tally, clock, log });
  const keeper = doorkeeper({ link, gate, tally, limits, log });
  await link.open();
  const { plain, tls } = await openDoors(options, keeper).catch(async (error: unknown) => {
    await link.shutDown();
    throw error;
  });
  return {
    link,
    endpoints: { plain: plain?.endpoint ?? null, tls: tls?.endpoint ?? null },
    counters: () => tally.counters(gate.open),
    reloadCertificates: () => reload(tls, log),
    close: async () => {
      const doors = [plain?.close(), tls?.close()];
      await link.shutDown();
      await Promise.all(doors);
    },
  };
}

interface Doors {
  readonly plain: Door | undefined;
  readonly tls: TlsDoor | undefined;
}

async function openDoors(
  { listen, tls }: Pick<MqttBrokerOptions, 'listen' | 'tls'>,
  keeper: Doorkeeper,
): Promise<Doors> {
  const plain = listen ? await openDoor(listen, keeper) : undefined;
  try {
    return { plain, tls: tls ? await openTlsDoor(tls.listen, tls, keeper) : undefined };
  } catch (error) {
    await plain?.close();
    throw error;
  }
}

interface KeeperParts {
  readonly link: AedesLink;
  readonly gate: SourceGate;
  readonly tally: WireTally;
  readonly limits: MqttLimits;
  readonly log: Logger;
}

function doorkeeper({ link, gate, tally, limits, log }: KeeperParts): Doorkeeper {
  return {
    admits: (source) => {
      const isAdmitted = gate.admits(source);
      if (!isAdmitted) tally.dropped('crowded');
      return isAdmitted;
    },
    leaves: (source) => gate.leaves(source),
    welcome: (socket, source) => link.welcome(socket, source),
    handshakeFailed: (error) => {
      tally.dropped('handshake');
      log.debug('a TLS handshake failed', { reason: error.message });
    },
    handshakeTimeoutMs: limits.connectTimeoutMs,
  };
}

async function reload(door: TlsDoor | undefined, log: Logger): Promise<void> {
  try {
    await door?.reload();
  } catch (error) {
    log.error('the MQTT certificate stays the old one', { reason: String(error) });
  }
}
