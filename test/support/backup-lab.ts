import type { Endpoint } from '../../gateway-server/endpoint.ts';
import type { Secondary } from '../../gateway-server/zone/backup/secondary.ts';
import type { Serial } from '../../gateway-server/zone/serial.ts';
import type { TsigKey } from '../../gateway-server/zone/tsig-key.ts';
import type { ZoneIdentity } from '../../gateway-server/zone/zone-identity.ts';
import type { Elapsed } from '../../runtime/clock.ts';
import { replyTo, soaReply } from './backup-replies.ts';
import { decodeDns } from './dns-message.ts';
import { address, identity } from './dns-zone.ts';
import { FakeExchange } from './fake-exchange.ts';
import { ManualClock } from './manual-clock.ts';
import { MemoryLog } from './memory-log.ts';

const NOTIFY = 4;

/** A name server that serves a serial, or is not there. */
export interface FakeBackup {
  readonly secondary: Secondary;
  /** Null while it is dead. */
  serial: Serial | null;
  /** What it answers to a NOTIFY; by default it takes it. */
  toNotify: (message: Buffer) => Buffer | readonly Buffer[];
  /** The serials of which it was notified, and when. */
  readonly notified: { readonly serial: Serial; readonly at: Elapsed }[];
  /** When it was asked for its serial. */
  readonly askedAt: Elapsed[];
}

interface Nature {
  readonly key?: TsigKey;
  readonly proof?: boolean;
  readonly serial?: Serial | null;
}

/** A zone and its backups on a network that is not there. */
export class BackupLab {
  readonly clock = new ManualClock();
  readonly log = new MemoryLog();
  readonly exchange = new FakeExchange(this.clock);
  readonly zone: { readonly identity: ZoneIdentity; serial: Serial };
  readonly #stop = new AbortController();
  #lastId = 0;

  constructor(serial: Serial) {
    this.zone = { identity: identity(), serial };
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  readonly nextId = (): number => ++this.#lastId;

  stop(): void {
    this.#stop.abort();
  }

  /** Puts a backup to port 53 of the address. */
  backup(host: string, { key, proof = true, serial = null }: Nature = {}): FakeBackup {
    const endpoint: Endpoint = { address: address(host), port: 53 };
    const backup: FakeBackup = {
      secondary: { endpoint, key: key ?? null, proof, from: [] },
      serial,
      toNotify: (message) => replyTo(message),
      notified: [],
      askedAt: [],
    };
    this.exchange.serve(endpoint, (message) => this.#reply(backup, message));
    return backup;
  }

  #reply(backup: FakeBackup, message: Buffer): Buffer | readonly Buffer[] {
    const { opcode, answers } = decodeDns(message);
    const at = this.clock.elapsed();
    if (opcode === NOTIFY) backup.notified.push({ serial: Number(answers[0]?.rdata.split(' ')[2]), at });
    else backup.askedAt.push(at);
    if (backup.serial === null) return [];
    return opcode === NOTIFY ? backup.toNotify(message) : soaReply(message, backup.serial);
  }
}
