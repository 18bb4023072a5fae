import { array, assert, boolean, domain, integer, oneof, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { isBelow, labelsOf, nameBelow, parentOf, parseDomainName } from '../../../protocol/domain-name.ts';

const name = (text: string) => {
  const parsed = parseDomainName(text);
  if (!parsed) throw new Error(`${text} is a domain name`);
  return parsed;
};
const LONG_LABEL = 'a'.repeat(63);
const LONGEST = `${LONG_LABEL}.${LONG_LABEL}.${LONG_LABEL}.${'a'.repeat(61)}`;

test('writes a name in one form whatever its case and with or without the root dot', async () => {
  const anyCase = property(domain(), array(boolean()), boolean(), (text, upper, dot) => {
    const mixed = [...text]
      .map((letter, at) => (upper[at % upper.length] ? letter.toUpperCase() : letter))
      .join('');
    expect(parseDomainName(`${mixed}${dot ? '.' : ''}`)).toBe(text.toLowerCase());
  });
  await assert(anyCase);
});

test.each([
  '',
  '.',
  '..',
  'a..b',
  '.a',
  'a..',
  '-a.test',
  'a-.test',
  'a_b.test',
  '_dmarc.test',
  '*.test',
  'a b.test',
  'a\0.test',
  'a\n',
  'ä.test',
  '\u212Aelvin.test',
  'a\u3002test',
  `${LONG_LABEL}a.test`,
  `${LONGEST}a`,
  `${LONGEST}a.`,
])('does not take %j for a host name', (text) => {
  expect(parseDomainName(text)).toBeUndefined();
});

test.each(['a', 'a.b', '1.test', 'a--b.test', 'xn--bcher-kva.test', LONGEST, `${LONGEST}.`])(
  'takes %j for a host name',
  (text) => {
    expect(parseDomainName(text)).toBe(text.replace(/\.$/, ''));
  },
);

test('takes any text without throwing, and what it gives is its own canonical form', async () => {
  const anyCase = property(
    oneof(
      string(),
      array(integer({ max: 0xffff, min: 0 })).map((codes) => String.fromCharCode(...codes)),
    ),
    (text) => {
      const parsed = parseDomainName(text);
      return parsed === undefined || parseDomainName(parsed) === parsed;
    },
  );
  await assert(anyCase);
});

test('knows labels, parents and what lies below', () => {
  const www = name('www.alice.test');
  expect(labelsOf(www)).toEqual(['www', 'alice', 'test']);
  expect(parentOf(www)).toBe('alice.test');
  expect(parentOf(name('test'))).toBeUndefined();
  expect(isBelow(www, name('alice.test'))).toBe(true);
  expect(isBelow(www, www)).toBe(false);
  expect(isBelow(name('malice.test'), name('alice.test'))).toBe(false);
});

test('sets a label before a name only where that gives a name', () => {
  expect(nameBelow('WWW', name('alice.test'))).toBe('www.alice.test');
  expect(nameBelow('', name('alice.test'))).toBeUndefined();
  expect(nameBelow('a b', name('alice.test'))).toBeUndefined();
  expect(nameBelow('a', name(LONGEST))).toBeUndefined();
});
