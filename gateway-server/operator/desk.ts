import type { DomainName } from '../../protocol/domain-name.ts';
import type { LineId } from '../../protocol/line-id.ts';
import { parseLineId } from '../../protocol/line-id.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { AgentLink } from '../agent-link.ts';
import type { Departures } from '../line/departures.ts';
import type { LineRecord } from '../line/line-book.ts';
import type { Registry } from '../registry.ts';
import type { Store } from '../store/store.ts';
import type { Announcements } from '../subscriber/announcements.ts';
import type { House } from '../web/house.ts';
import type { Serial } from '../zone/serial.ts';
import type { RecordName } from '../zone/static/record-name.ts';
import type { SecondaryAnswer, SecondaryView } from './secondaries.ts';

/** What the operator's commands work on, be it in the running gateway or on its store alone. */
export interface Desk {
  readonly registry: Registry;
  readonly store: Store;
  readonly announcements: Announcements;
  readonly departures: Departures;
  readonly link: AgentLink;
  readonly zoneName: DomainName;
  readonly clock: Clock;
  /** The serial with which the next gateway would start. */
  serialOnDisk(): Promise<Serial>;
  readonly house: House;
  /** What is known only while the gateway serves; null when it does not. */
  readonly service: Service | null;
}

export interface Service {
  readonly startedAt: number;
  /** Why pings are not possible now; null while they are. */
  probeProblem(): string | null;
  counters(): Readonly<Record<string, unknown>>;
  zoneMode(): 'swap' | 'halt';
  /** Resolvers get no answers now: a batch enters the zone. */
  isHalted(): boolean;
  secondaries(): readonly SecondaryView[];
  /** Asks every secondary what it serves for the name now. */
  askSecondaries(name: RecordName): Promise<readonly SecondaryAnswer[]>;
  /** Processes that answer beside this one; null when none are wanted. */
  workers(): { readonly wanted: number; readonly running: number } | null;
  /** Resolves when others have had their turn. */
  othersTurn(): Promise<void>;
}

/** A command cannot be carried out; the message is a sentence for the operator. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

export function lineOf({ registry }: Desk, id: string): LineRecord & { readonly id: LineId } {
  const line = parseLineId(id);
  const record = line && registry.book.get(line);
  if (!line || !record)
    throw new CommandError(`there is no line "${id}": see "porchlight-gateway line list"`);
  return { id: line, ...record };
}
