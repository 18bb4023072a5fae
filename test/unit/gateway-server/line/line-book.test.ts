import { expect, test } from 'vitest';
import { LineBook, newStanding } from '../../../../gateway-server/line/line-book.ts';
import type { Standing } from '../../../../gateway-server/line/standing.ts';
import type { Address, Ipv4, Ipv6 } from '../../../../protocol/address.ts';
import type { DomainName } from '../../../../protocol/domain-name.ts';
import type { LineId } from '../../../../protocol/line-id.ts';
import { lineOf } from '../../../support/gateway-lab.ts';

const HOME = '198.51.100.7' as Ipv4;
const HOME6 = '2001:db8::7' as Ipv6;
const [ALICE, BOB] = ['alice' as LineId, 'bob' as LineId];

const at = (ipv4: Ipv4 | null, ipv6: Ipv6 | null = null): Standing => ({
  ...newStanding(1, 0),
  published: { kind: 'addresses', addresses: { ipv4, ipv6 }, serial: 2, since: 0 },
});

function bookOf(...ids: readonly string[]): LineBook {
  const book = new LineBook();
  for (const id of ids) {
    const names = [`www.${id}.mwebpages.test` as DomainName];
    book.set({ line: lineOf(id, { names }), standing: newStanding(1, 0) });
  }
  return book;
}

test('a line is found by its id, its domain and its extra names', () => {
  const book = bookOf('alice', 'bob');
  const found = ['alice.mwebpages.test', 'www.alice.mwebpages.test', 'mail.alice.mwebpages.test'].map(
    (name) => book.byName(name as DomainName)?.line.id,
  );
  expect(found).toEqual(['alice', 'alice', undefined]);
});

test('a line that gets other names is not found by the old ones', () => {
  const book = bookOf('alice');
  book.set({ line: lineOf('alice', { domain: null }), standing: newStanding(1, 0) });
  expect(book.byName('alice.mwebpages.test' as DomainName)).toBeUndefined();
  expect(book.size).toBe(1);
});

test('an address leads to the line that holds it, in both families, until it leaves', () => {
  const book = bookOf('alice');
  book.setStanding(ALICE, at(HOME, HOME6));
  expect([book.holderOf(HOME), book.holderOf(HOME6)]).toEqual([ALICE, ALICE]);
  book.setStanding(ALICE, newStanding(3, 0));
  expect([book.holderOf(HOME), book.holderOf(HOME6)]).toEqual([undefined, undefined]);
});

test('a line that leaves an address late does not take it from its new holder', () => {
  const book = bookOf('alice', 'bob');
  book.setStanding(ALICE, at(HOME));
  book.setStanding(BOB, at(HOME));
  book.setStanding(ALICE, newStanding(3, 0));
  expect(book.holderOf(HOME as Address)).toBe(BOB);
});

test('a removed line leaves nothing behind, and a standing for it is ignored', () => {
  const book = bookOf('alice');
  book.setStanding(ALICE, at(HOME));
  book.remove(ALICE);
  book.setStanding(ALICE, at(HOME));
  expect([book.size, book.get(ALICE), book.holderOf(HOME)]).toEqual([0, undefined, undefined]);
  expect(book.byName('www.alice.mwebpages.test' as DomainName)).toBeUndefined();
});
