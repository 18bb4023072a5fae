import { close, read, setReadHandler } from 'host:os';
import { resolve } from 'host:resolver';
import { decode } from 'host:text';
import { successOf } from './system-error.ts';

const MOST_BYTES = 1_024;

/** The addresses of a name in the resolver's order; a thread of the host does the waiting. */
export async function lookup(
  host: string,
  _options: { readonly all: true },
): Promise<{ readonly address: string }[]> {
  const fd = successOf(resolve(host), 'getaddrinfo', host);
  const lines = (await wholeOf(fd)).split('\n').filter((line) => line !== '');
  const [first = '!no answer'] = lines;
  if (first.startsWith('!')) throw new Error(`${host} is not known: ${first.slice(1)}`);
  return [...new Set(lines)].map((address) => ({ address }));
}

/** What the thread writes, until it has closed its end. */
function wholeOf(fd: number): Promise<string> {
  const buffer = new ArrayBuffer(MOST_BYTES);
  let text = '';
  return new Promise((done) => {
    setReadHandler(fd, () => {
      const count = read(fd, buffer, 0, MOST_BYTES);
      if (count > 0) {
        text += decode(buffer, 0, count);
        return;
      }
      setReadHandler(fd, null);
      close(fd);
      done(text);
    });
  });
}
