const SIGNED = 'a secondary signs the zone: see docs/dns.md';
const META = 'it is a question or an option, no record';

/** Types that have no place among the provider's own records, by number, and why. */
const REFUSED: ReadonlyMap<number, readonly [name: string, reason: string]> = new Map([
  [24, ['SIG', SIGNED]],
  [25, ['KEY', SIGNED]],
  [30, ['NXT', SIGNED]],
  [39, ['DNAME', 'names below it could not lead to lines: write a CNAME for each name']],
  [41, ['OPT', META]],
  [46, ['RRSIG', SIGNED]],
  [47, ['NSEC', SIGNED]],
  [48, ['DNSKEY', SIGNED]],
  [50, ['NSEC3', SIGNED]],
  [51, ['NSEC3PARAM', SIGNED]],
  [59, ['CDS', SIGNED]],
  [60, ['CDNSKEY', SIGNED]],
  [63, ['ZONEMD', SIGNED]],
  [249, ['TKEY', META]],
  [250, ['TSIG', META]],
  [251, ['IXFR', META]],
  [252, ['AXFR', META]],
  [253, ['MAILB', META]],
  [254, ['MAILA', META]],
  [255, ['ANY', META]],
]);

/** Why records of this type are refused; undefined when they are not. */
export function refusalOf(number: number): string | undefined {
  const known = REFUSED.get(number);
  if (known) return `${known[0]} records are refused: ${known[1]}`;
  // RFC 6895 §3.1
  const isMeta = number === 0 || (number >= 128 && number <= 255) || number === 0xffff;
  return isMeta ? `TYPE${number} records are refused: ${META}` : undefined;
}

/** The number of a refused type by its name. */
export function numberOfRefused(name: string): number | undefined {
  for (const [number, [known]] of REFUSED) if (known === name) return number;
  return undefined;
}
