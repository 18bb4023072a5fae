import { expect, test } from 'vitest';
import {
  isWithin,
  keyIn,
  keysUpwards,
  nameBytes,
  parseRecordName,
  ROOT,
} from '../../../../../gateway-server/zone/static/record-name.ts';
import { domain } from '../../../../support/dns-zone.ts';

test.each(['_dmarc.x', '_sip._tcp', '-a-', 'A.B', 'x'.repeat(63)])('takes %s for a name', (text) => {
  expect(parseRecordName(text)).toBe(text.toLowerCase());
});

test.each(['', '.', 'a.', 'a..b', 'x'.repeat(64), `${'x.'.repeat(127)}x`, 'a b', '*', '\u212a', 'a\\b'])(
  'does not take "%s" for a name',
  (text) => expect(parseRecordName(text)).toBeUndefined(),
);

test('makes keys of names in the zone alone, label by label', () => {
  const zone = domain('mwebpages.test');
  expect(keyIn(zone, zone)).toBe('');
  expect(keyIn(domain('a.bc.mwebpages.test'), zone)).toBe('\x01a\x02bc');
  expect(keyIn(domain('xmwebpages.test'), zone)).toBeUndefined();
  expect(isWithin(domain('xmwebpages.test'), zone)).toBe(false);
  expect(keysUpwards('\x01a\x02bc')).toEqual(['\x01a\x02bc', '\x02bc']);
});

test('writes the root as a single byte', () => {
  expect(nameBytes(ROOT)).toEqual(Buffer.from([0]));
});
