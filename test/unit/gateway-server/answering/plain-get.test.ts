import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readPlainGet } from '../../../../gateway-server/answering/plain-get.ts';

const read = (text: string) => readPlainGet(Buffer.from(text, 'latin1'));

describe('a plain look at a page', () => {
  test('gives target, host and purpose', () => {
    const text =
      'GET /a?b=c HTTP/1.1\r\nUser-Agent: x\r\nHOST: \talice.test:8080\r\nSec-Fetch-Dest: document\r\n\r\n';
    expect(read(text)).toEqual({ target: '/a?b=c', host: 'alice.test:8080', purpose: 'document' });
    expect(read('GET / HTTP/1.1\r\nhost: a.test\r\n\r\n')).toEqual({
      target: '/',
      host: 'a.test',
      purpose: null,
    });
  });

  test.each([
    ['another method', 'HEAD / HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['an absolute target', 'GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['another version', 'GET / HTTP/1.0\r\nHost: a\r\n\r\n'],
    ['no host', 'GET / HTTP/1.1\r\nX: a\r\n\r\n'],
    ['an empty host', 'GET / HTTP/1.1\r\nHost:\r\n\r\n'],
    ['two hosts', 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'],
    ['a body', 'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n'],
    ['pieces', 'GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n'],
    ['an upgrade', 'GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n'],
    ['a range', 'GET / HTTP/1.1\r\nHost: a\r\nRange: bytes=0-1\r\n\r\n'],
    ['a folded field', 'GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n'],
    ['a space before the colon', 'GET / HTTP/1.1\r\nHost : a\r\n\r\n'],
    ['bare line feeds', 'GET / HTTP/1.1\nHost: a\n\n'],
    ['a line feed within a field', 'GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n'],
    ['a second request behind it', 'GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: b\r\n\r\n'],
    ['half a request', 'GET / HTTP/1.1\r\nHost: a\r\n'],
    ['a control character', 'GET / HTTP/1.1\r\nHost: a\u0000b\r\n\r\n'],
    ['too much', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'y'.repeat(8_192)}\r\n\r\n`],
  ])('is not what %s is', (_what, text) => {
    expect(read(text)).toBeUndefined();
  });

  test('is never made of random bytes, which are read without a throw', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        (bytes) => readPlainGet(Buffer.from(bytes)) === undefined,
      ),
    );
  });
});
