import { anything, assert, constantFrom, property } from 'fast-check';
import { expect, test } from 'vitest';
import {
  describeMistakes,
  dictionary,
  flag,
  integer,
  list,
  nullable,
  oneOf,
  optional,
  read,
  table,
  text,
} from '../../../runtime/shape.ts';

const name = text('a name', (raw) => (raw === '' ? undefined : raw));
const shape = table({
  name,
  port: integer(1, 65_535),
  mode: oneOf('swap', 'halt'),
  plain: optional(flag, false),
  hosts: list(name),
  keys: dictionary(integer(0, 9)),
  note: nullable(name),
});
const GOOD = { name: 'a', port: 1, mode: 'swap', plain: true, hosts: ['h'], keys: { one: 1 }, note: null };
const wrong = (raw: unknown) => {
  const reading = read(shape, raw);
  return reading.kind === 'wrong' ? reading.mistakes.map(({ key, found }) => `${key}=${found}`) : [];
};

test('reads a table whose every value is right', () => {
  expect(read(shape, GOOD)).toEqual({ kind: 'read', value: { ...GOOD, keys: new Map([['one', 1]]) } });
});

test('fills in what may be left out', () => {
  const { plain: _plain, ...rest } = GOOD;
  expect(read(shape, rest)).toMatchObject({ kind: 'read', value: { plain: false } });
});

test('lists every mistake at once, with its key', () => {
  const raw = {
    name: '',
    port: 0,
    mode: 'x',
    plain: 1,
    hosts: ['ok', 7],
    keys: { two: 10 },
    note: 7,
    more: true,
  };
  expect(wrong(raw)).toEqual([
    'more=true',
    'name=""',
    'port=0',
    'mode="x"',
    'plain=1',
    'hosts[1]=7',
    'keys.two=10',
    'note=7',
  ]);
});

test('says what is missing', () => {
  expect(wrong({ ...GOOD, name: undefined, hosts: undefined })).toEqual([
    'name=(nothing)',
    'hosts=(nothing)',
  ]);
});

test('takes no list or text for a table, nor a table for a list', () => {
  expect([wrong([]), wrong('x'), wrong(null)]).toEqual([['=[]'], ['="x"'], ['=null']]);
  expect(wrong({ ...GOOD, hosts: {}, keys: [] })).toEqual(['hosts={}', 'keys=[]']);
});

test('does not find a value that an object only inherits', () => {
  expect(read(table({ constructor: flag }), {}).kind).toBe('wrong');
});

test('ignores keys beyond the known ones in a message', () => {
  expect(read(table({ plain: flag }, 'ignored'), { plain: true, more: 1 })).toEqual({
    kind: 'read',
    value: { plain: true },
  });
});

test('tells whole numbers in range from everything else', () => {
  const digit = integer(0, 9);
  expect([0, 9].map((raw) => read(digit, raw).kind)).toEqual(['read', 'read']);
  for (const raw of [-1, 10, 1.5, '1', null, Number.NaN, 1n, true])
    expect(read(digit, raw).kind).toBe('wrong');
});

test('shortens what was found, and shows what JSON cannot', () => {
  expect(wrong({ ...GOOD, port: 'x'.repeat(100) })).toEqual([`port="${'x'.repeat(56)}...`]);
  expect(wrong({ ...GOOD, port: 1n })).toEqual(['port=(bigint)']);
});

test('reads any value without throwing', async () => {
  const keys = constantFrom(...Object.keys(GOOD));
  const anyCase = property(keys, anything({ withBigInt: true, withNullPrototype: true }), (key, value) => {
    read(shape, value);
    read(shape, { ...GOOD, [key]: value });
  });
  await assert(anyCase);
});

test('describes mistakes one a line, ready to print', () => {
  const mistakes = [
    { key: 'wan.interface', found: '""', expected: 'the name of an interface' },
    { key: '', found: '7', expected: 'a table' },
  ];
  expect(describeMistakes(mistakes)).toBe(
    '  wan.interface = "": give the name of an interface\n  (whole) = 7: give a table',
  );
});
