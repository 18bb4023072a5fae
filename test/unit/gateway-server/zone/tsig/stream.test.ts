import { expect, test } from 'vitest';
import { verifyRequest } from '../../../../../gateway-server/zone/tsig/request.ts';
import { TsigStream } from '../../../../../gateway-server/zone/tsig/stream.ts';
import { dnsQuery, u16 } from '../../../../support/dns-message.ts';
import { hmac, KEY_512, KEYS, macBefore, signedBy, takenTsig, u48 } from '../../../../support/dns-tsig.ts';

const NOW = 1_800_000_000;
const QUERY = dnsQuery({ name: 'mwebpages.test', type: 252 });
const MESSAGES = ['a', 'b', 'c'].map((label) => dnsQuery({ name: `${label}.mwebpages.test`, flags: 0x8400 }));

test('signs the first message like a reply and each later one over the MAC before it and the timers (RFC 8945 §5.3.1)', () => {
  const request = signedBy(QUERY, { key: KEY_512, atSeconds: NOW });
  const verdict = verifyRequest(request, QUERY.length, KEYS, NOW);
  if (verdict.kind === 'bad') throw new Error('not signed');
  const stream = new TsigStream(verdict.context);
  const [first, ...later] = MESSAGES.map((message, index) => stream.next(message, NOW + index));

  const before = macBefore(takenTsig(request).mac);
  expect(first).toEqual(signedBy(MESSAGES[0] ?? QUERY, { key: KEY_512, atSeconds: NOW, before }));
  let priorMac = takenTsig(first ?? QUERY).mac;
  for (const [index, signed] of later.entries()) {
    const { mac, message, ...taken } = takenTsig(signed);
    const atSeconds = NOW + index + 1;
    expect(taken).toMatchObject({
      atSeconds,
      fudgeSeconds: 300,
      error: 0,
      originalId: 0x1234,
      name: 'other',
    });
    expect(message).toEqual(MESSAGES[index + 1]);
    expect(mac).toEqual(hmac(KEY_512, [macBefore(priorMac), message, u48(atSeconds), u16(300)]));
    priorMac = mac;
  }
});
