import { createHash } from 'node:crypto';
import type { ZoneIdentity } from '../zone-identity.ts';
import { recordText, typeNumber } from '../zone-record.ts';
import { OwnRecords } from './own-records.ts';

/**
 * Stands for everything of the zone that no line's address decides, but for the serial: when it differs from what was
 * served last, the zone needs a new serial. The order in which things are written down does not count.
 */
export function digestOf(identity: ZoneIdentity): string {
  const records = new OwnRecords(identity, 0)
    .all()
    .map((record) => [record.name, record.ttlSeconds, typeNumber(record), recordText(record)].join(' '));
  const hash = createHash('sha256');
  hash.update([...records].sort().join('\n'));
  hash.update(`\nttl ${identity.ttlSeconds}\nanswering ${[...identity.answering].sort().join(' ')}`);
  return hash.digest('hex');
}
