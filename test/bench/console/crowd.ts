import type { Line } from '../../../gateway-server/line/line.ts';
import type { Standing } from '../../../gateway-server/line/standing.ts';
import { type Registry, registryOf } from '../../../gateway-server/registry.ts';
import type { Address } from '../../../protocol/address.ts';
import type { LineId } from '../../../protocol/line-id.ts';
import { domain } from '../../support/dns-zone.ts';
import type { ManualClock } from '../../support/manual-clock.ts';
import { MemoryLog } from '../../support/memory-log.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { ZONE } from '../dns/bench-zone.ts';
import { lineOf } from '../dns/our-lines.ts';

const GATEWAY = '192.0.2.80' as Address;
const HEARD_BETWEEN = 1_000;
const CHANGED_BETWEEN = 200;

/** Very many lines as a gateway knows them: one in ten is off-line, one in a thousand suspect, their agents of five versions. */
export class Crowd {
  readonly registry: Registry;
  readonly #clock: ManualClock;
  readonly #ids: readonly LineId[];
  #turn = 0;

  private constructor(registry: Registry, clock: ManualClock) {
    this.registry = registry;
    this.#clock = clock;
    this.#ids = [...registry.book.all()].map(({ line }) => line.id);
  }

  static async of(count: number, clock: ManualClock): Promise<Crowd> {
    const store = new MemoryStore();
    const members = Array.from({ length: count }, (_, n) => memberAt(strewn(n, count)));
    const stored = {
      ...(await store.load()),
      lines: members.map(([line]) => line),
      standings: new Map(members.map(([line, standing]) => [line.id, standing])),
    };
    const identity = {
      ...{ name: domain(ZONE), ttlSeconds: 30, ownNames: [], static: [] },
      ...{ nameservers: new Map([[domain(`ns1.${ZONE}`), [GATEWAY]]]), answering: [GATEWAY] },
    };
    const [everyMs, timeoutMs] = [() => 1_000, () => 30_000];
    const registry = registryOf({ identity, store, stored, everyMs, timeoutMs, clock, log: new MemoryLog() });
    const crowd = new Crowd(registry, clock);
    await crowd.livesOn();
    for (let n = 0; n < count; n += 1_000) registry.presence.doubt(crowd.#idAt(n), 'missed-signal');
    return crowd;
  }

  /** Three seconds pass, in which a hundredth of the lines is heard and some are given another address. */
  async livesOn(): Promise<void> {
    const { book, presence } = this.registry;
    await this.#clock.advance(3_000);
    for (let n = 0; n < HEARD_BETWEEN; n++) {
      const id = this.#idAt(this.#turn * 7_919 + n * 97);
      if (presence.kindOf(id) === 'up') presence.heard(id);
    }
    for (let n = 0; n < CHANGED_BETWEEN; n++) {
      const record = book.get(this.#idAt(this.#turn * 104_729 + n * 389));
      if (record?.standing.published.kind !== 'addresses') continue;
      const published = { ...record.standing.published, since: this.#turn * 1_000 };
      book.setStanding(record.line.id, { ...record.standing, published });
    }
    this.#turn += 1;
  }

  #idAt(n: number): LineId {
    const id = this.#ids[n % this.#ids.length];
    if (id === undefined) throw new Error('no lines');
    return id;
  }
}

function memberAt(n: number): readonly [Line, Standing] {
  const [line, standing] = lineOf(n);
  const agent = `porchlight-agent 0.${n % 5}.0`;
  const since = (n * 7_919) % 1_000_000_000;
  if (n % 10 !== 3) return [line, { ...standing, agent, published: { ...standing.published, since } }];
  const published = { kind: 'answering', reason: 'silent', serial: 1, since } as const;
  return [line, { ...standing, agent, published }];
}

/** Lines come in no order. */
function strewn(n: number, count: number): number {
  return (n * 7_368_787) % count;
}
