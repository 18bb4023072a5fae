import { expect, test } from 'vitest';
import { parseIpAddress, withNewIpv4 } from '../../../../agent/io/ip-command.ts';

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

test('a glimpse brings a new IPv4 address at once and leaves losses and IPv6 to the full reading', () => {
  const seen = (...list: string[]) => {
    const addrInfo = list.map((local) => ({ local, scope: 'global' }));
    return parseIpAddress(
      JSON.stringify([{ ifname: 'wan', flags: ['LOWER_UP'], addr_info: addrInfo }]),
      'wan',
    );
  };
  const before = seen('198.51.100.7', '2001:db8::1');
  const now = (...list: string[]) => seen(...list)?.addresses ?? [];
  expect(withNewIpv4(before, now('203.0.113.7', '2001:db8::2'))).toEqual(seen('203.0.113.7', '2001:db8::1'));
  expect(withNewIpv4(before, now('198.51.100.7', '203.0.113.7'))?.addresses).toHaveLength(3);
  expect(withNewIpv4(before, now())).toBe(before);
  expect(withNewIpv4(before, now('198.51.100.7', '2001:db8::2'))).toBe(before);
  expect(withNewIpv4(null, now('203.0.113.7'))).toBeNull();
});
