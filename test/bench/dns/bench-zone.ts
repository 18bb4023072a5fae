import { writeFileSync } from 'node:fs';

/** The zone that every name server of the bench serves. */
export const ZONE = 'mwebpages.test';
export const TTL_SECONDS = 30;

const NAME_DIGITS = 7;
const LARGE_PRIME = 7_368_787;
const GENERATIONS = 100;
const FIRST_OCTET = 20;

/** The label and line id of one subscriber. */
export function subscriber(n: number): string {
  return `s${String(n).padStart(NAME_DIGITS, '0')}`;
}

export function nameOf(n: number): string {
  return `${subscriber(n)}.${ZONE}`;
}

/** No two subscribers have the same address, and none has the same one in the next generation. */
export function addressOf(n: number, generation = 0): string {
  return `${FIRST_OCTET + (generation % GENERATIONS)}.${n >> 16}.${(n >> 8) & 255}.${n & 255}`;
}

/** The zone as a master file, with so many subscribers. */
export function writeZoneFile(path: string, names: number): void {
  const rows = [
    `$TTL ${TTL_SECONDS}`,
    `${ZONE}. IN SOA ns1.${ZONE}. hostmaster.${ZONE}. 1 60 15 604800 ${TTL_SECONDS}`,
    `${ZONE}. IN NS ns1.${ZONE}.`,
    `ns1.${ZONE}. IN A 127.0.0.1`,
  ];
  for (let n = 0; n < names; n++) rows.push(`${nameOf(n)}. IN A ${addressOf(n)}`);
  writeFileSync(path, `${rows.join('\n')}\n`);
}

/** What dnsperf asks: each of the first `names` subscribers once, in no order, the same in every run. */
export function writeQuestions(path: string, names: number): void {
  const rows = Array.from({ length: names }, (_, n) => `${nameOf(strewn(n, names))} A`);
  writeFileSync(path, `${rows.join('\n')}\n`);
}

/** A step that has no factor in common with `names` reaches every place once. */
function strewn(n: number, names: number): number {
  return (n * LARGE_PRIME) % names;
}
