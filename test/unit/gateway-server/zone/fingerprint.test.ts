import fc from 'fast-check';
import { expect, test } from 'vitest';
import { change, sampleZone } from '../../../support/dns-zone.ts';

const name = fc.integer({ min: 0, max: 20 }).map((n) => `line${n}.mwebpages.test`);
const anyChange = fc.record({ name, address: fc.option(fc.ipV4(), { nil: null }) });

test('is the same for the same names, whatever way led to them, and another for others', () => {
  fc.assert(
    fc.property(fc.array(anyChange, { maxLength: 60 }), (changes) => {
      const [stepwise, atOnce] = [sampleZone(), sampleZone()];
      changes.forEach(({ name: text, address }, n) => {
        const draft = stepwise.draft();
        draft.add(change(text, address as string));
        const foretold = stepwise.fingerprintAfter(draft.diff());
        stepwise.swap(draft.diff(), n);
        expect(stepwise.fingerprint).toBe(foretold);
      });
      const last = new Map(changes.map(({ name: text, address }) => [text, address]));
      atOnce.apply(
        [...last].map(([text, address]) => change(text, address as string)),
        9,
      );
      expect(atOnce.fingerprint).toBe(stepwise.fingerprint);
      const before = atOnce.fingerprint;
      atOnce.apply([change('line99.mwebpages.test', '192.0.2.1')], 10);
      expect(atOnce.fingerprint).not.toBe(before);
    }),
    { numRuns: 60 },
  );
});
