import fc from 'fast-check';
import { expect, test } from 'vitest';
import { originOf, readHost } from '../../../../gateway-server/answering/host.ts';
import { anyText, name } from './street.ts';

test.each([
  ['alice.street.test', 'alice.street.test', null],
  ['ALICE.Street.TEST', 'alice.street.test', null],
  ['alice.street.test.', 'alice.street.test', null],
  ['alice.street.test:8080', 'alice.street.test', 8080],
  ['alice.street.test.:8080', 'alice.street.test', 8080],
  ['alice.street.test:', 'alice.street.test', null],
])('reads %s', (field, expected, port) => {
  expect(readHost([field])).toEqual({ name: expected, port });
});

test.each([
  [''],
  ['alice.street.test..'],
  ['alice.street.test:0'],
  ['alice.street.test:65536'],
  ['alice.street.test:80:80'],
  ['alice.street.test:8a'],
  ['alice street.test'],
  [' alice.street.test'],
  ['alice_.street.test'],
  ['ålice.street.test'],
  ['alice.street.test/evil'],
  ['user@alice.street.test'],
  ['[::1]:8080'],
  ['::1'],
  ['a'.repeat(300)],
])('takes %j for no name', (field) => {
  expect(readHost([field])).toBeUndefined();
});

test('takes no Host and two Hosts for no name', () => {
  expect(readHost([])).toBeUndefined();
  expect(readHost(['alice.street.test', 'bob.street.test'])).toBeUndefined();
  expect(readHost(['alice.street.test', 'alice.street.test'])).toBeUndefined();
});

test('throws at nothing', () => {
  fc.assert(fc.property(fc.array(anyText), (fields) => void readHost(fields)));
});

test('keeps the port that a visitor used, unless it is the usual one of the scheme', () => {
  const leave = name('leave.street.test');
  expect(originOf('http', { name: leave, port: 8080 })).toBe('http://leave.street.test:8080');
  expect(originOf('http', { name: leave, port: 80 })).toBe('http://leave.street.test');
  expect(originOf('https', { name: leave, port: null })).toBe('https://leave.street.test');
  expect(originOf('https', { name: leave, port: 80 })).toBe('https://leave.street.test:80');
});
