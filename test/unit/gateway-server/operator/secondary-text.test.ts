import { expect, test } from 'vitest';
import { batchesBehind } from '../../../../gateway-server/operator/secondaries.ts';
import { secondaryText } from '../../../../gateway-server/operator/secondary-text.ts';

const NSD = { address: '192.0.2.53:53', serial: 7, lagMs: 0, proof: false, problem: null };

test.each([
  [{}, '192.0.2.53:53: serves serial 7, in step'],
  [{ proof: true }, '192.0.2.53:53, proves: serves serial 7, in step'],
  [{ serial: 5, lagMs: 3_200 }, '192.0.2.53:53: serves serial 5, 2 batches behind for 3.2 s'],
  [{ serial: 6, lagMs: 75_000 }, '192.0.2.53:53: serves serial 6, 1 batch behind for 1 min 15 s'],
  [{ serial: 9 }, '192.0.2.53:53: serves serial 9, AHEAD of this zone'],
  [{ serial: null, lagMs: null, problem: 'does not answer' }, '192.0.2.53:53: never heard; does not answer'],
])('a secondary as %j reads: %s', (change, text) => {
  expect(secondaryText({ ...NSD, ...change }, 7)).toBe(text);
});

test('batches are counted over the end of the serials', () => {
  expect([batchesBehind(0xffff_fffe, 1), batchesBehind(1, 0xffff_fffe), batchesBehind(1, 1)]).toEqual([
    3, 0, 0,
  ]);
});
