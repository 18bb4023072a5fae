import { assert, constantFrom, property, record, string } from 'fast-check';
import { expect, test } from 'vitest';
import { parseVerification, verificationText } from '../../../../gateway-server/line/verification.ts';

const outcome = constantFrom('answered', 'silent', 'not-possible');

test('what the history keeps of a verification is read as it was written', async () => {
  const verification = record({
    challenge: outcome,
    ping: outcome,
    verdict: constantFrom('up', 'off-line', 'undecided'),
  });
  await assert(
    property(verification, (one) => {
      expect(parseVerification(verificationText(one))).toEqual(one);
    }),
  );
});

test('any other text is none', async () => {
  await assert(property(string(), (text) => parseVerification(text) === undefined));
  expect(parseVerification('challenge answered, ping maybe: up')).toBeUndefined();
});
