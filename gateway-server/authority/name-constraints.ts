import { addressOfBytes, bytesOf } from '../../protocol/address.ts';
import { parseDomainName } from '../../protocol/domain-name.ts';
import { type CertificateName, isPermitted } from './certificate-name.ts';

/** Object identifier of the extension. */
export const NAME_CONSTRAINTS = '2.5.29.30';

const SEQUENCE = 0x30;
const PERMITTED = 0xa0;
const EXCLUDED = 0xa1;
const DNS_NAME = 0x82;
const IP_ADDRESS = 0x87;
const ANY_IPV4 = new Uint8Array(8);
const ANY_IPV6 = new Uint8Array(32);

/** Names that an authority may sign for, with all below them; every other name and address is forbidden (RFC 5280 §4.2.1.10). */
export function constraintsFor(names: readonly CertificateName[]): Uint8Array {
  const permitted = names
    .filter((name, index) => !isPermitted(name, names.slice(0, index)))
    .map((name) => element(SEQUENCE, baseOf(name)));
  const families = new Set(names.map((name) => (name.kind === 'address' ? bytesOf(name.address).length : 0)));
  // a kind of name that is permitted nowhere would be free
  const excluded = [families.has(4) ? [] : [ANY_IPV4], families.has(16) ? [] : [ANY_IPV6]]
    .flat()
    .map((range) => element(SEQUENCE, element(IP_ADDRESS, range)));
  const lists = [element(PERMITTED, Buffer.concat(permitted))];
  if (excluded.length > 0) lists.push(element(EXCLUDED, Buffer.concat(excluded)));
  return element(SEQUENCE, Buffer.concat(lists));
}

/** The permitted names of an extension as `constraintsFor` makes it; none when it is not one of those. */
export function permittedBy(extension: Uint8Array): readonly CertificateName[] {
  const [whole] = elementsIn(extension);
  const permitted = elementsIn(whole?.value).find(({ tag }) => tag === PERMITTED);
  return elementsIn(permitted?.value).flatMap(({ value }) => {
    const [base] = elementsIn(value);
    return base ? nameOf(base) : [];
  });
}

interface Element {
  readonly tag: number;
  readonly value: Uint8Array;
}

function baseOf(name: CertificateName): Uint8Array {
  if (name.kind !== 'address') return element(DNS_NAME, Buffer.from(name.name));
  const bytes = bytesOf(name.address);
  return element(IP_ADDRESS, Buffer.concat([bytes, Buffer.alloc(bytes.length, 0xff)]));
}

function nameOf({ tag, value }: Element): CertificateName[] {
  if (tag === DNS_NAME) {
    const name = parseDomainName(Buffer.from(value).toString('latin1'));
    return name ? [{ kind: 'host', name }] : [];
  }
  const address = tag === IP_ADDRESS ? addressOfBytes(value.subarray(0, value.length / 2)) : undefined;
  return address ? [{ kind: 'address', address }] : [];
}

/** One tag, length and value (X.690 §8.1). */
function element(tag: number, value: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from([tag, ...lengthOf(value.length)]), value]);
}

function lengthOf(length: number): number[] {
  if (length < 0x80) return [length];
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
}

function elementsIn(bytes: Uint8Array = new Uint8Array()): Element[] {
  const found: Element[] = [];
  for (let at = 0; at + 2 <= bytes.length; ) {
    const [tag = 0, first = 0, ...more] = bytes.subarray(at, at + 4);
    const extra = first < 0x80 ? 0 : first & 0x7f;
    const length = extra === 0 ? first : more.slice(0, extra).reduce((sum, byte) => sum * 256 + byte, 0);
    const start = at + 2 + extra;
    found.push({ tag, value: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return found;
}
