import type { PrintedRecord, Zone } from './zone.ts';

/** The zone as a master file (RFC 1035 §5), every name absolute, so that each line stands for itself. */
export function zoneFile(zone: Pick<Zone, 'records'>): string {
  return [...zone.records()].map(recordLine).join('');
}

function recordLine({ name, type, ttl, text }: PrintedRecord): string {
  return `${name}.\t${ttl}\tIN\t${type}\t${text}\n`;
}
