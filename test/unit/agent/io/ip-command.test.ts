import { expect, test } from 'vitest';
import { parseIpAddress } from '../../../../agent/io/ip-command.ts';

const entry = (fields: object) =>
  JSON.stringify([{ ifname: 'wan', flags: ['UP', 'LOWER_UP'], addr_info: [{ scope: 'global', ...fields }] }]);

test('reads addresses and carrier from the JSON of ip', () => {
  const output = entry({ family: 'inet', local: '198.51.100.7', prefixlen: 24, preferred_life_time: 60 });
  expect(parseIpAddress(output, 'wan')).toEqual({
    hasCarrier: true,
    addresses: [
      { address: '198.51.100.7', isGlobal: true, isSecondary: false, isUnfit: false, preferredSeconds: 60 },
    ],
  });
});

test.each(['temporary', 'deprecated', 'tentative', 'dadfailed'])('takes a %s address for unfit', (mark) => {
  const seen = parseIpAddress(entry({ local: '2001:db8::1', [mark]: true }), 'wan');
  expect(seen?.addresses).toMatchObject([{ isUnfit: true }]);
});

test('knows an interface without carrier and one that is not there', () => {
  expect(parseIpAddress('[{"ifname":"wan","flags":["UP"]}]', 'wan')).toEqual({
    hasCarrier: false,
    addresses: [],
  });
  expect(parseIpAddress('[{},{"ifname":"lan"}]', 'wan')).toBeNull();
});

test('throws on what is not the output of ip, so that another way is tried', () => {
  expect(() => parseIpAddress('Usage: ip', 'wan')).toThrow();
  expect(() => parseIpAddress('{}', 'wan')).toThrow();
});
