import { expect, test } from 'vitest';
import { Inbox } from '../../../gateway-server/inbox.ts';

/** Reads an inbox to its end; `seen` fills as it goes. */
function reading(inbox: Inbox<number>) {
  const seen: number[] = [];
  const read = async () => {
    for await (const item of inbox) seen.push(item);
  };
  return { seen, ended: read() };
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

test('what was put in before and while it is read comes out in order', async () => {
  const inbox = new Inbox<number>();
  inbox.put(1);
  inbox.put(2);
  const { seen, ended } = reading(inbox);
  await turn();
  inbox.put(3);
  await turn();
  inbox.put(4);
  inbox.close();
  await ended;
  expect(seen).toEqual([1, 2, 3, 4]);
});

test('a reader that waits is let go when the inbox is closed', async () => {
  const inbox = new Inbox<number>();
  const { seen, ended } = reading(inbox);
  await turn();
  inbox.close();
  await ended;
  expect(seen).toEqual([]);
});

test('nothing enters a closed inbox', async () => {
  const inbox = new Inbox<number>();
  inbox.close();
  inbox.put(1);
  const { seen, ended } = reading(inbox);
  await ended;
  expect(seen).toEqual([]);
});
