import type { ConnectPacket } from 'aedes';
import type { Address } from '../../../protocol/address.ts';
import { clientIdOf, parseLineId } from '../../../protocol/line-id.ts';
import type { Logger } from '../../../runtime/log.ts';
import type { AgentEvents, Identified } from '../../agent-link.ts';
import { mayLeaveWill } from '../../topic-rules.ts';

/** Why a CONNECT is not accepted, and the CONNACK return code that says so (MQTT 3.1.1 §3.2.2.3). */
export const CONNACK_CODES = {
  version: 1,
  'persistent-session': 2,
  'wrong-client-id': 2,
  unavailable: 3,
  'wrong-credentials': 4,
  will: 5,
} as const;
export type LogInRefusal = keyof typeof CONNACK_CODES;

/** The log-in was refused, and its connection ends. */
export class LogInRefused extends Error {
  override readonly name = 'LogInRefused';
  readonly refusal: LogInRefusal;

  constructor(refusal: LogInRefusal) {
    super(`log-in refused: ${refusal}`);
    this.refusal = refusal;
  }
}

export type Admission = Extract<Identified, { readonly line: unknown }>;

export interface Judges {
  readonly events: AgentEvents;
  readonly log: Logger;
}

/** Figure 5, block 506, first half, as MQTT asks it. A fault of the gateway's own is never blamed on the agent. */
export function identify(
  packet: ConnectPacket,
  source: Address,
  { events, log }: Judges,
): Admission | LogInRefused {
  const fault = faultOf(packet);
  if (fault) return new LogInRefused(fault);
  const { username: user = '', clientId, password = '' } = packet;
  try {
    const identified = events.identify({ user, clientId, secret: password.toString(), source });
    return 'line' in identified ? identified : new LogInRefused(identified.kind);
  } catch (error) {
    log.error('a log-in could not be judged', { line: user, reason: String(error) });
    return new LogInRefused('unavailable');
  }
}

/** What is wrong with a CONNECT whoever sent it, before anybody is asked about credentials. */
function faultOf(packet: ConnectPacket): LogInRefusal | undefined {
  if (packet.protocolVersion !== 4) return 'version';
  if (packet.clean !== true) return 'persistent-session';
  const line = parseLineId(packet.username ?? '');
  if (!line || packet.password === undefined) return 'wrong-credentials';
  if (packet.clientId !== clientIdOf(line)) return 'wrong-client-id';
  const { will } = packet;
  if (!will) return undefined;
  const note = {
    topic: will.topic,
    qos: will.qos ?? 0,
    isRetained: will.retain === true,
    payloadBytes: Buffer.byteLength(will.payload),
  };
  return mayLeaveWill(line, note) ? undefined : 'will';
}

export function connackBytes(refusal: LogInRefusal): Buffer {
  return Buffer.from([0x20, 0x02, 0x00, CONNACK_CODES[refusal]]);
}
