import fc from 'fast-check';
import { expect, test } from 'vitest';
import { webhookTexts } from '../../../../gateway-server/webhook/texts.ts';
import { readWebhookUrl } from '../../../../gateway-server/webhook/webhook-url.ts';
import { LAB_REACH } from '../../../support/lab-reach.ts';

const { refused } = webhookTexts;

test.each([
  ['https://hooks.example.org/a?b=c#part', 'https://hooks.example.org/a?b=c'],
  [' https://HOOKS.example.org ', 'https://hooks.example.org/'],
  ['https://203.0.113.7:8443/', 'https://203.0.113.7:8443/'],
  ['http://127.0.0.1:9000/hook', 'http://127.0.0.1:9000/hook'],
])('takes %s', (text, url) => {
  expect(readWebhookUrl(text, LAB_REACH)).toEqual({ kind: 'url', url });
});

test.each([
  ['', refused.unreadable],
  ['hooks.example.org', refused.unreadable],
  ['ftp://hooks.example.org/', refused.scheme],
  ['javascript:alert(1)', refused.scheme],
  ['http://hooks.example.org/', refused.plain],
  ['http://203.0.113.7/', refused.plain],
  ['https://user:secret@hooks.example.org/', refused.credentials],
  ['https://10.0.0.1/', refused.address],
  ['https://0x0a000001/', refused.address],
  ['https://167772161/', refused.address],
  ['https://10.0.0.1./', refused.address],
  ['https://198.51.100.1/', refused.address],
  ['https://localhost/', refused.localName],
  ['https://router/', refused.localName],
  ['https://nas.local/', refused.localName],
  ['https://nas.home.arpa./', refused.localName],
])('refuses %s', (text, why) => {
  expect(readWebhookUrl(text, LAB_REACH)).toEqual({ kind: 'refused', why });
});

test('refuses an address of more than 2,000 characters', () => {
  const read = readWebhookUrl(`https://hooks.example.org/${'a'.repeat(2_000)}`, LAB_REACH);
  expect(read).toEqual({ kind: 'refused', why: refused.tooLong(2_000) });
});

test('reads any text without throwing, and gives nothing but web addresses without a log-in', () => {
  const begun = fc.constantFrom('', 'https://', 'http://', 'https://a@', 'https://[', 'https://127.1:');
  fc.assert(
    fc.property(begun, fc.string(), (start, rest) => {
      const read = readWebhookUrl(start + rest, LAB_REACH);
      if (read.kind === 'refused') return;
      const { protocol, username, password } = new URL(read.url);
      expect(['https:', 'http:']).toContain(protocol);
      expect([username, password]).toEqual(['', '']);
    }),
  );
});
