import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { openPorch } from './open-porch.ts';

const PAGE = 'GET / HTTP/1.1\r\nHost: alice.street.test\r\n\r\n';

/** Sends the pieces one after the other, a moment apart, and gives all that comes back. */
function sent(port: number, pieces: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect({ host: '127.0.0.1', port, noDelay: true }, () => {
      for (const [n, piece] of pieces.entries()) setTimeout(() => socket.write(piece), 30 * n);
    });
    socket.on('data', (bytes: Buffer) => {
      text += bytes.toString();
    });
    socket.on('close', () => resolve(text)).on('error', reject);
  });
}

/** Without what differs from page to page: the time, the seal, and who wrote the fields in which order. */
function alike(text: string): string {
  const [head = '', body = ''] = text.split('\r\n\r\n');
  const fields = head
    .split('\r\n')
    .filter((field) => !/^(date|content-length):/i.test(field))
    .map((field) => field.toLowerCase());
  return `${fields.sort().join('\n')}\n\n${body.replace(/name="seal" value="[^"]+"/g, '')}`;
}

describe('a page that is asked for plainly', () => {
  test('is the same page with the same headers as the one that goes the long way', async () => {
    const { port } = await openPorch();
    const quick = await sent(port, [PAGE]);
    const long = await sent(port, [PAGE.slice(0, 20), PAGE.slice(20)]);
    expect(quick).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n/);
    expect(alike(quick)).toBe(alike(long));
  });

  test('counts as a hit like any other, once', async () => {
    const { port, street } = await openPorch();
    await sent(port, [PAGE]);
    await sent(port, [PAGE.slice(0, 20), PAGE.slice(20)]);
    expect(street.hits).toEqual(['alice', 'alice']);
  });

  test('that comes in pieces, with a body or for somebody else is answered by the server as before', async () => {
    const { port } = await openPorch();
    const letters = [...PAGE];
    expect(await sent(port, [letters.slice(0, 3).join(''), letters.slice(3).join('')])).toContain(
      'HTTP/1.1 503',
    );
    expect(await sent(port, ['GET / HTTP/1.1\r\nHost: nobody.test\r\n\r\n'])).toContain('HTTP/1.1 404');
    const form = 'to=alice.street.test&text=x';
    const post = `POST / HTTP/1.1\r\nHost: leave.street.test\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${form.length}\r\n\r\n`;
    expect(await sent(port, [post + form.slice(0, 5), form.slice(5)])).toContain('HTTP/1.1 422');
  });

  test('ends its connection, also when more is sent behind it', async () => {
    const { port, street } = await openPorch();
    const answer = await sent(port, [PAGE, PAGE]);
    expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    expect(street.hits).toEqual(['alice']);
  });
});
