import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mailboxOf, parseMailAddress } from '../../../../gateway-server/mail/mail-address.ts';

test.each([
  ['zoe@example.org', 'zoe@example.org'],
  ['  Zoe.Smith+news@Mail.Example.ORG ', 'Zoe.Smith+news@mail.example.org'],
  ["o'hara@example.org", "o'hara@example.org"],
])('takes %s', (text, address) => {
  expect(parseMailAddress(text)).toBe(address);
});

test.each([
  '',
  'zoe',
  '@example.org',
  'zoe@',
  'zoe@localhost',
  'zoe@[127.0.0.1]',
  'Zoe <zoe@example.org>',
  'zoe@example.org, bob@example.org',
  'zoe@example.org\r\nBcc: bob@example.org',
  'zoe@example.org\n.bob',
  'zoe\r\n@example.org',
  'zoe bob@example.org',
  '"zoe bob"@example.org',
  'bob@elsewhere.org@example.org',
  'bob%elsewhere.org@example.org',
  'elsewhere.org!bob@example.org',
  '.zoe@example.org',
  'zoe..bob@example.org',
  'zoë@example.org',
  'zoe@exämple.org',
  'zoe@example.org\0',
  `${'z'.repeat(65)}@example.org`,
  `zoe@${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(60)}.org`,
])('refuses %j', (text) => {
  expect(parseMailAddress(text)).toBeUndefined();
});

test('whatever is taken has one at sign and nothing that ends a line or names a second recipient', () => {
  const odd = fc.constantFrom('@', '\r\n', ',', '<', '>', ' ', '"', 'a', '.', '%', '\0', 'example.org');
  fc.assert(
    fc.property(fc.array(fc.oneof(odd, fc.string()), { maxLength: 8 }), (parts) => {
      const address = parseMailAddress(`a${parts.join('')}@example.org`);
      if (address !== undefined) expect(address).toMatch(/^[^\s@,<>"\0]+@[a-z0-9.-]+$/);
    }),
  );
});

test('letters and what follows a plus sign make no other mailbox', () => {
  const [one, two] = ['Zoe+news@example.org', 'zoe@example.org'].map((text) => parseMailAddress(text));
  expect(one && two && mailboxOf(one) === mailboxOf(two)).toBe(true);
});
