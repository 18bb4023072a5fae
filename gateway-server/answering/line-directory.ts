import type { DomainName } from '../../protocol/domain-name.ts';
import type { LineBook, LineRecord } from '../line/line-book.ts';
import type { Called, Directory } from './called.ts';

interface Parts {
  readonly book: LineBook;
  readonly zoneName: DomainName;
  readonly leaveHost: DomainName;
  readonly ttlSeconds: number;
}

/** Finds whom a visitor called. What the zone says decides, never what the gateway believes of the line. */
export class LineDirectory implements Directory {
  readonly leaveHost: DomainName;
  readonly zoneName: DomainName;
  readonly ttlSeconds: number;
  readonly #book: LineBook;

  constructor({ book, zoneName, leaveHost, ttlSeconds }: Parts) {
    this.#book = book;
    this.zoneName = zoneName;
    this.leaveHost = leaveHost;
    this.ttlSeconds = ttlSeconds;
  }

  called(host: DomainName): Called {
    if (host === this.leaveHost) return { kind: 'leave' };
    const record = this.#book.byName(host);
    return record?.line.domain ? calledLine(record, record.line.domain) : { kind: 'nobody' };
  }
}

function calledLine({ line, standing }: LineRecord, domain: DomainName): Called {
  const { published, absence } = standing;
  if (published.kind === 'addresses') return { kind: 'live', line: line.id, domain };
  const since = line.tellsSince && absence?.until === null ? absence.since : null;
  return { kind: 'off-line', line: line.id, domain, words: line.words, since };
}
