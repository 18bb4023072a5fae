import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  isPermitted,
  namesFor,
  parseCertificateName,
  textOf,
} from '../../../../gateway-server/authority/certificate-name.ts';
import { constraintsFor, permittedBy } from '../../../../gateway-server/authority/name-constraints.ts';
import { parseDomainName } from '../../../../protocol/domain-name.ts';

const hosts = fc.constantFrom(
  'street.test',
  '*.street.test',
  'a.b.street.test',
  'shop.example',
  '*.x.example',
);
const names = fc.array(fc.oneof(hosts, fc.ipV4(), fc.ipV6()), { minLength: 1, maxLength: 30 });

describe('names for a certificate', () => {
  test('a host, all names below a host, and addresses are names; anything else is none', () => {
    expect(parseCertificateName('Shop.Example')).toEqual({ kind: 'host', name: 'shop.example' });
    expect(parseCertificateName('*.shop.example')).toEqual({ kind: 'below', name: 'shop.example' });
    expect(parseCertificateName('192.0.2.1')).toEqual({ kind: 'address', address: '192.0.2.1' });
    expect(parseCertificateName('2001:DB8::1')).toEqual({ kind: 'address', address: '2001:db8::1' });
    for (const text of [
      '',
      '*',
      '*.',
      '*.*.x',
      'a b',
      'a,DNS:b',
      'x.*.y',
      '192.0.2',
      '192.0.2.256',
      '*.192.0.2.1',
    ])
      expect(parseCertificateName(text), text).toBeUndefined();
  });

  test('the zone and every name in it are always there, and none is there twice', () => {
    const extra = parsed(['street.test', '*.shop.example', '*.shop.example']);
    expect(namesFor(zone(), extra).map(textOf)).toEqual(['street.test', '*.street.test', '*.shop.example']);
  });
});

describe('name constraints', () => {
  test('are the bytes of RFC 5280, with every other address excluded', () => {
    const bytes = Buffer.from(constraintsFor(parsed(['ab.test', '*.ab.test']))).toString('hex');
    const permitted = `a00b${'3009'}8207${Buffer.from('ab.test').toString('hex')}`;
    const excluded = `a130300a8708${'00'.repeat(8)}30228720${'00'.repeat(32)}`;
    expect(bytes).toBe(`303f${permitted}${excluded}`);
  });

  test('permit after reading exactly what they were made for', () => {
    fc.assert(
      fc.property(names, (texts) => {
        const wished = parsed(texts);
        const permitted = permittedBy(constraintsFor(wished));
        return (
          wished.every((name) => isPermitted(name, permitted)) &&
          !permitted.some((name) => !isPermitted(name, wished))
        );
      }),
    );
  });

  test('do not permit a neighbour whose name only ends alike', () => {
    const permitted = permittedBy(constraintsFor(parsed(['street.test', '192.0.2.1'])));
    for (const text of ['mystreet.test', 'test', '*.test', '192.0.2.2', '2001:db8::1'])
      expect(
        parsed([text]).some((name) => isPermitted(name, permitted)),
        text,
      ).toBe(false);
  });

  test('reading any bytes ends and throws nothing', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => Array.isArray(permittedBy(bytes))));
  });
});

function zone() {
  const name = parseDomainName('street.test');
  if (!name) throw new Error('no name');
  return name;
}

function parsed(texts: readonly string[]) {
  return texts.map((text) => {
    const name = parseCertificateName(text);
    if (!name) throw new Error(`no name: ${text}`);
    return name;
  });
}
