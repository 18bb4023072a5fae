import { type Address, addressesIn } from '../../protocol/address.ts';
import type { DomainName } from '../../protocol/domain-name.ts';
import type { LineId } from '../../protocol/line-id.ts';
import type { Instant } from '../../runtime/clock.ts';
import type { Serial } from '../zone/serial.ts';
import { ChangedLines } from './changed-lines.ts';
import type { Line } from './line.ts';
import type { Standing } from './standing.ts';

/** A line and what has become of it. */
export interface LineRecord {
  readonly line: Line;
  readonly standing: Standing;
}

/** All lines in memory, found by id, by name and by the address that the zone gives for them. */
export class LineBook {
  readonly #records = new Map<LineId, LineRecord>();
  readonly #idByName = new Map<string, LineId>();
  readonly #holderByAddress = new Map<Address, LineId>();
  readonly #followers: ChangedLines[] = [];

  /** Adds a line or takes its newest state; indexes follow. */
  set(record: LineRecord): void {
    this.remove(record.line.id);
    this.#records.set(record.line.id, record);
    for (const name of namesOf(record.line)) this.#idByName.set(name, record.line.id);
    for (const address of heldBy(record.standing)) this.#holderByAddress.set(address, record.line.id);
    this.#tell(record.line.id);
  }

  remove(id: LineId): void {
    const old = this.#records.get(id);
    if (!old) return;
    this.#records.delete(id);
    for (const name of namesOf(old.line)) this.#idByName.delete(name);
    this.#letGo(id, old.standing);
    this.#tell(id);
  }

  setStanding(id: LineId, standing: Standing): void {
    const record = this.#records.get(id);
    if (!record) return;
    this.#records.set(id, { line: record.line, standing });
    this.#tell(id);
    if (record.standing.published === standing.published) return;
    this.#letGo(id, record.standing);
    for (const address of heldBy(standing)) this.#holderByAddress.set(address, id);
  }

  get(id: LineId): LineRecord | undefined {
    return this.#records.get(id);
  }

  byName(name: string): LineRecord | undefined {
    const id = this.#idByName.get(name);
    return id === undefined ? undefined : this.#records.get(id);
  }

  /** The line to which the zone gives the address now. */
  holderOf(address: Address): LineId | undefined {
    return this.#holderByAddress.get(address);
  }

  all(): IterableIterator<LineRecord> {
    return this.#records.values();
  }

  get size(): number {
    return this.#records.size;
  }

  /** Notes from now on what comes, goes or changes; all lines that are here now to begin with. */
  follow(): ChangedLines {
    const changed = new ChangedLines(this.#records.keys());
    this.#followers.push(changed);
    return changed;
  }

  #tell(id: LineId): void {
    for (const changed of this.#followers) changed.note(id);
  }

  /** An address may have another holder by now. */
  #letGo(id: LineId, standing: Standing): void {
    for (const address of heldBy(standing)) {
      if (this.#holderByAddress.get(address) === id) this.#holderByAddress.delete(address);
    }
  }
}

/** The domain and the extra names; none for a line without domain service. */
export function namesOf(line: Line): readonly DomainName[] {
  return line.domain === null ? [] : [line.domain, ...line.names];
}

/** The state of a line that has just been set up: its names lead to the gateway, for no reason yet. */
export function newStanding(serial: Serial, since: Instant): Standing {
  return {
    published: { kind: 'answering', reason: null, serial, since },
    logOn: null,
    previousLogOn: null,
    absence: null,
    agent: null,
    messages: 0,
  };
}

function heldBy({ published }: Standing): readonly Address[] {
  return published.kind === 'addresses' ? addressesIn(published.addresses) : [];
}
