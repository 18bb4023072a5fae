import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { ManualClock } from '../../../support/manual-clock.ts';
import { MemoryBox, sealIn } from '../../../unit/gateway-server/answering/street.ts';
import { openPorch } from './open-porch.ts';

const MOST = 100_000;
const BOUNDARY = 'xxBOUNDARYxx';

/** A box in which a recording of more than MOST bytes has no room. */
class SmallBox extends MemoryBox {
  read = 0;

  override async takeIn(
    line: Parameters<MemoryBox['takeIn']>[0],
    incoming: Parameters<MemoryBox['takeIn']>[1],
  ) {
    const { source } = incoming;
    let bytes = 0;
    for await (const piece of source) {
      bytes += piece.length;
      this.read += piece.length;
      if (bytes > MOST) return { kind: 'too-large', roomBytes: MOST } as const;
    }
    async function* again() {
      yield new Uint8Array(bytes);
    }
    return super.takeIn(line, { ...incoming, source: again() });
  }
}

/** Opens the page, writes for a while, and gives the beginning of a form with a recording. */
async function formFor(box: MemoryBox) {
  const clock = new ManualClock(1_000_000);
  const porch = await openPorch({ box, clock });
  const page = await porch.send('GET / HTTP/1.1\r\nHost: alice.street.test\r\n\r\n');
  await clock.advance(5_000);
  const field = (name: string, value: string) =>
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const fields = [
    field('to', 'alice.street.test'),
    field('seal', sealIn(page.body)),
    field('text', 'Hear this'),
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="recording"; filename="v.webm"\r\nContent-Type: audio/webm\r\n\r\n`,
  ].join('');
  return { ...porch, fields };
}

/** Posts a recording of so many bytes; gives the answer and how many of them were taken off us. */
function posted(port: number, fields: string, bytes: number): Promise<{ answer: string; sent: number }> {
  const end = `\r\n--${BOUNDARY}--\r\n`;
  const head =
    `POST / HTTP/1.1\r\nHost: leave.street.test\r\nContent-Type: multipart/form-data; boundary=${BOUNDARY}\r\n` +
    `Content-Length: ${fields.length + bytes + end.length}\r\n\r\n`;
  return new Promise((resolve) => {
    let [answer, sent, isOver] = ['', 0, false];
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(head + fields);
      const more = () => {
        while (sent < bytes && !isOver) {
          const piece = Math.min(65_536, bytes - sent);
          sent += piece;
          if (!socket.write(Buffer.alloc(piece))) return socket.once('drain', more);
        }
        return isOver || socket.write(end);
      };
      more();
    });
    socket.on('data', (data: Buffer) => {
      answer += data.toString();
    });
    socket
      .on('error', () => undefined)
      .on('close', () => {
        isOver = true;
        resolve({ answer, sent });
      });
  });
}

test('a recording goes along with the words', async () => {
  const box = new SmallBox();
  const { port, fields } = await formFor(box);
  expect((await posted(port, fields, 50_000)).answer).toContain('Your message is kept');
  expect(box.recordings).toMatchObject([{ kind: 'voice', mediaType: 'audio/webm', bytes: 50_000 }]);
});

test('two gigabytes end early, are answered with 413, and nothing is kept', async () => {
  const box = new SmallBox();
  const { port, fields } = await formFor(box);
  const { answer, sent } = await posted(port, fields, 2 * 1024 ** 3);
  expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  expect(answer).toContain('there is room for 100 kB');
  expect(answer).toContain('Hear this</textarea>');
  expect(sent).toBeLessThan(100 * 1024 ** 2);
  expect([box.messages, box.read < 300_000]).toEqual([[], true]);
});

test('nothing of a recording is read when the words are not as they should be', async () => {
  const box = new SmallBox();
  const { port, fields } = await formFor(box);
  const { answer } = await posted(port, fields.replace('Hear this', ''), 80_000);
  expect(answer).toMatch(/^HTTP\/1\.1 422 /);
  expect(answer).toContain('please attach it again');
  expect([box.read, box.messages]).toEqual([0, []]);
});
