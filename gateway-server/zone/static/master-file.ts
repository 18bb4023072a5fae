import type { DomainName } from '../../../protocol/domain-name.ts';
import type { ZoneRecord } from '../zone-record.ts';
import { readRecordData } from './record-data.ts';
import type { RecordName, Target } from './record-name.ts';
import { Fields, looksLikeTime, shown, WrongField } from './zone-file-fields.ts';
import { type Entry, lexZoneFile, type ZoneFileMistake } from './zone-file-lexer.ts';

/** What was understood of a zone file, and everything that was not. */
export interface ZoneFileReading {
  /** With the SOA, if there is one. */
  readonly records: readonly ZoneRecord[];
  readonly mistakes: readonly ZoneFileMistake[];
}

const OTHER_CLASSES: ReadonlySet<string> = new Set(['CH', 'CS', 'HS', 'ANY', 'NONE']);

/** Reads a standard zone file (RFC 1035 §5, RFC 2308 §4, RFC 3597 §5). Whatever it holds, nothing is thrown. */
export function parseZoneFile(text: string, zone: DomainName, defaultTtlSeconds: number): ZoneFileReading {
  const { entries, mistakes } = lexZoneFile(text);
  const reader = new EntryReader(zone, defaultTtlSeconds);
  for (const entry of entries) reader.take(entry);
  const all = [...mistakes, ...reader.mistakes].sort((a, b) => a.line - b.line);
  return { records: reader.records, mistakes: all };
}

/** Goes through the entries with what the later ones inherit from the earlier ones. */
class EntryReader {
  readonly records: ZoneRecord[] = [];
  readonly mistakes: ZoneFileMistake[] = [];
  #origin: Target;
  #owner: RecordName | undefined;
  /** What $TTL says (RFC 2308 §4). */
  #ttlOfFile: number | undefined;
  /** The last TTL that a record stated (RFC 1035 §5.1), before that the default. */
  #ttlBefore: number;

  constructor(zone: DomainName, defaultTtlSeconds: number) {
    this.#origin = zone;
    this.#ttlBefore = defaultTtlSeconds;
  }

  take(entry: Entry): void {
    try {
      const fields = new Fields(entry.tokens, this.#origin);
      const first = fields.peek() ?? '';
      if (first.startsWith('$')) this.#directive(first.toUpperCase(), fields);
      else this.records.push(this.#record(entry, fields));
    } catch (error) {
      if (!(error instanceof WrongField)) throw error;
      this.mistakes.push({ line: entry.line, text: error.message });
    }
  }

  #directive(directive: string, fields: Fields): void {
    fields.skip();
    if (directive === '$TTL') this.#ttlOfFile = fields.seconds('a TTL');
    else if (directive === '$ORIGIN') this.#origin = fields.target('an origin');
    else throw new WrongField(refusalOfDirective(directive));
    fields.end(directive);
  }

  #record({ isContinued }: Entry, fields: Fields): ZoneRecord {
    const name = this.#readOwner(isContinued, fields);
    const ttlSeconds = this.#readTtlAndClass(fields);
    return { name, ttlSeconds, ...readRecordData(fields) };
  }

  #readOwner(isContinued: boolean, fields: Fields): RecordName {
    if (!isContinued) {
      // a record whose owner is wrong must not lend the owner of another to those behind it
      this.#owner = undefined;
      this.#owner = ownerOf(fields);
    }
    if (this.#owner) return this.#owner;
    throw new WrongField('the record has no owner: write its name in front, as no good name stands above it');
  }

  /** Class and TTL come in either order, and either may be missing (RFC 1035 §5.1). */
  #readTtlAndClass(fields: Fields): number {
    let ttlSeconds: number | undefined;
    let hasClass = false;
    for (let word = fields.peek(); word !== undefined; word = fields.peek()) {
      if (ttlSeconds === undefined && looksLikeTime(word)) ttlSeconds = fields.seconds('a TTL');
      else if (!hasClass && isClass(word)) {
        hasClass = true;
        fields.skip();
      } else break;
    }
    this.#ttlBefore = ttlSeconds ?? this.#ttlBefore;
    return ttlSeconds ?? this.#ttlOfFile ?? this.#ttlBefore;
  }
}

function ownerOf(fields: Fields): RecordName {
  if (fields.peek()?.split('.').includes('*'))
    throw new WrongField(
      'wildcards are refused: they would hide which names are free for lines; write each name',
    );
  return fields.name('the owner of a record');
}

function isClass(word: string): boolean {
  const upper = word.toUpperCase();
  if (OTHER_CLASSES.has(upper) || /^CLASS\d+$/.test(upper))
    throw new WrongField(`class ${shown(word)} has no place in this zone: write IN, or no class at all`);
  return upper === 'IN';
}

function refusalOfDirective(directive: string): string {
  if (directive === '$INCLUDE') return '$INCLUDE is not supported: put all records into this file';
  if (directive === '$GENERATE') return '$GENERATE is not supported: write each record';
  return `"${shown(directive)}" is no directive: $ORIGIN and $TTL are the ones that are known`;
}
