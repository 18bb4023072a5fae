import type { DomainName } from '../../../protocol/domain-name.ts';
import type { Serial } from '../serial.ts';
import { labelsOfBytes, TYPE } from '../wire.ts';
import { soaOf, type ZoneIdentity } from '../zone-identity.ts';
import { typeNumber, type ZoneRecord } from '../zone-record.ts';
import { cutAbove, type OwnIndex, ownIndexOf } from './own-index.ts';
import { keyAbove, keyIn, type RecordName, ROOT, type Target } from './record-name.ts';

/** What the own records say to a question. */
export type OwnLook =
  | { readonly kind: 'no-data' }
  | {
      readonly kind: 'answer';
      readonly name: RecordName;
      readonly answers: readonly ZoneRecord[];
      readonly additional: readonly ZoneRecord[];
    }
  /** Others are to be asked: `authority` names them, `additional` says where they are. */
  | {
      readonly kind: 'referral';
      readonly cut: RecordName;
      readonly authority: readonly ZoneRecord[];
      readonly additional: readonly ZoneRecord[];
    };

const NO_DATA: OwnLook = { kind: 'no-data' };
const DS = 43;

/** The records that come from the settings and the zone file: SOA, NS, the servers' and the gateway's own addresses, the provider's records. */
export class OwnRecords {
  readonly #identity: ZoneIdentity;
  readonly #index: OwnIndex;
  readonly #soa: ZoneRecord;

  constructor(identity: ZoneIdentity, serial: Serial, index = ownIndexOf(identity)) {
    const { name, ttlSeconds } = identity;
    this.#identity = identity;
    this.#index = index;
    // it changes with every batch, so that it is kept no longer than a line's address, whatever the file says
    this.#soa = { name, ttlSeconds, type: 'SOA', soa: soaOf(identity, serial) };
  }

  /** The same records under another serial, without building anything anew. */
  withSerial(serial: Serial): OwnRecords {
    return new OwnRecords(this.#identity, serial, this.#index);
  }

  /** RFC 1034 §4.3.2, step 3. Undefined when there is no such name among them and no delegation above it. */
  look(key: string, type: number): OwnLook | undefined {
    const cut = cutAbove(this.#index, key);
    // RFC 4035 §3.1.4.1: only the parent knows the DS
    if (cut !== undefined && !(cut === key && type === DS)) return this.#referral(cut);
    const records = this.#at(key);
    if (!records) return undefined;
    const answers = this.#answers(key, records, type);
    if (answers.length === 0) return NO_DATA;
    return { kind: 'answer', name: this.#nameOf(key), answers, additional: this.#additional(answers) };
  }

  /** True where no name of a line may be: at, above or below a name of the zone file, at an own name, where others are asked. */
  takes(key: string): boolean {
    const { claimed, recordsByKey } = this.#index;
    if (key === '' || claimed.has(key) || cutAbove(this.#index, key) !== undefined) return true;
    return (recordsByKey.get(key) ?? []).length > 0 || this.#isBelowFile(key);
  }

  /** The SOA comes first. */
  all(): ZoneRecord[] {
    return [this.#soa, ...[...this.#index.recordsByKey.values()].flat()];
  }

  #at(key: string): readonly ZoneRecord[] | undefined {
    const records = this.#index.recordsByKey.get(key);
    return key === '' ? [this.#soa, ...(records ?? [])] : records;
  }

  #isBelowFile(key: string): boolean {
    const { claimed, recordsByKey } = this.#index;
    for (let above = keyAbove(key); above !== ''; above = keyAbove(above))
      if (claimed.has(above) && (recordsByKey.get(above) ?? []).length > 0) return true;
    return false;
  }

  #referral(cut: string): OwnLook {
    const authority = (this.#at(cut) ?? []).filter(({ type }) => type === 'NS');
    return { kind: 'referral', cut: this.#nameOf(cut), authority, additional: this.#additional(authority) };
  }

  /** Follows aliases as far as they lead to own names (RFC 1034 §4.3.2, step 3a), each once. */
  #answers(key: string, records: readonly ZoneRecord[], type: number): ZoneRecord[] {
    const answers: ZoneRecord[] = [];
    const seen = new Set<string>();
    let at: string | undefined = key;
    let found: readonly ZoneRecord[] = records;
    while (at !== undefined && !seen.has(at)) {
      seen.add(at);
      const direct = recordsOfType(found, type);
      const alias = direct.length === 0 ? found.find((record) => record.type === 'CNAME') : undefined;
      answers.push(...direct, ...(alias ? [alias] : []));
      at = alias?.type === 'CNAME' ? this.#keyOfOwn(alias.target) : undefined;
      found = at === undefined ? [] : (this.#at(at) ?? []);
    }
    return answers;
  }

  /** The addresses of the servers that the records name, where they are known here (RFC 1034 §4.3.2, step 6). */
  #additional(records: readonly ZoneRecord[]): ZoneRecord[] {
    const hosts = new Set(records.flatMap((record): Target[] => ('host' in record ? [record.host] : [])));
    return [...hosts].flatMap((host) => {
      const key = host === ROOT ? undefined : keyIn(host, this.#identity.name);
      return key === undefined ? [] : (this.#at(key) ?? []).filter((record) => 'address' in record);
    });
  }

  /** Undefined for a name outside the zone, and for one about which others are to be asked. */
  #keyOfOwn(name: RecordName): string | undefined {
    const key = keyIn(name, this.#identity.name);
    return key === undefined || cutAbove(this.#index, key) !== undefined ? undefined : key;
  }

  /** Every key with records was made of a name in this zone. */
  #nameOf(key: string): RecordName {
    const zone: DomainName = this.#identity.name;
    return [...labelsOfBytes(key), zone].join('.') as RecordName;
  }
}

/** Records of the type asked for; one set of them for ANY (RFC 8482 §4.1). */
function recordsOfType(records: readonly ZoneRecord[], type: number): ZoneRecord[] {
  const [first] = records;
  const wanted = type === TYPE.ANY && first ? typeNumber(first) : type;
  return records.filter((record) => typeNumber(record) === wanted);
}
