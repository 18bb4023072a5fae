import { expect, test } from 'vitest';
import { endpointText, parseEndpoint } from '../../../gateway-server/endpoint.ts';

test.each(['127.0.0.1:5300', '0.0.0.0:0', '[::1]:53', '[2001:db8::1]:65535'])(
  '%s is read and written alike',
  (text) => {
    const endpoint = parseEndpoint(text);
    expect(endpoint && endpointText(endpoint)).toBe(text);
  },
);

test.each([
  '127.0.0.1',
  ':53',
  '::1:53',
  '2001:db8::1:53',
  '[127.0.0.1]:53',
  '127.0.0.1:65536',
  '127.0.0.1:-1',
  'localhost:53',
  '127.0.0.1:53 ',
  '',
])('"%s" is no endpoint', (text) => {
  expect(parseEndpoint(text)).toBeUndefined();
});
