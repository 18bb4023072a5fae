/** The twin of io/ip-command.ts on the small engine: asks the kernel itself, where that one starts a program. */

import { open } from 'host:netlink';
import { close, read, setReadHandler, write } from 'host:os';
import { errorName } from 'host:process';
import type { InterfaceSeen } from '../lease-watch.ts';
import type { WanAddress } from '../wan-addresses.ts';
import {
  addressesRequest,
  addressIn,
  isInterrupted,
  isLast,
  linkIn,
  linkRequest,
  type Message,
  messagesIn,
} from './netlink-messages.ts';
import { successOf } from './node/system-error.ts';

const BUFFER_BYTES = 32_768;
const MOST_TRIES = 5;
/** Something was told and is lost: the interface has to be read again. */
const LOST = 'ENOBUFS';
const NOTHING_YET = 'EAGAIN';

/** The interface as the kernel has it now; null when there is none of this name. */
export async function readInterface(name: string): Promise<InterfaceSeen> {
  const fd = successOf(open(false), 'netlink');
  try {
    const link = ask(fd, linkRequest(name))
      .map(linkIn)
      .find((found) => found !== undefined);
    if (!link) return null;
    return { addresses: addressesOf(fd, link.index), hasCarrier: link.hasCarrier };
  } finally {
    close(fd);
  }
}

/** Reading is cheap: there is no quicker look that knows less. */
export function glimpseOf(_name: string, before: InterfaceSeen): InterfaceSeen {
  return before;
}

/** The kernel tells every change, and says when it could not: there is nothing to poll for. */
export function fingerprintOf(_name: string): string {
  return '';
}

/** Calls back at each change of a link or address; resolves with the reason when the kernel tells no more. */
export async function monitorChanges(
  _interface: { readonly name: string },
  changed: () => void,
  signal: AbortSignal,
): Promise<string> {
  const fd = successOf(open(true), 'netlink');
  const buffer = new ArrayBuffer(BUFFER_BYTES);
  changed();
  return await new Promise((resolve) => {
    const end = (why: string) => {
      signal.removeEventListener('abort', aborted);
      setReadHandler(fd, null);
      close(fd);
      resolve(why);
    };
    const aborted = () => end('it was stopped');
    signal.addEventListener('abort', aborted, { once: true });
    if (signal.aborted) return aborted();
    setReadHandler(fd, () => {
      const count = read(fd, buffer, 0, BUFFER_BYTES);
      const trouble = count < 0 ? errorName(-count) : null;
      if (trouble === NOTHING_YET) return;
      if (trouble !== null && trouble !== LOST) return end(trouble);
      changed();
    });
  });
}

function addressesOf(fd: number, link: number): readonly WanAddress[] {
  for (let tries = 1; ; tries++) {
    const messages = ask(fd, addressesRequest());
    if (messages.some(isInterrupted) && tries < MOST_TRIES) continue;
    return messages.map((message) => addressIn(message, link)).filter((found) => found !== undefined);
  }
}

/** The kernel answers at once: nobody else is asked, so that waiting for it holds up nothing. */
function ask(fd: number, request: ArrayBuffer): Message[] {
  successOf(write(fd, request, 0, request.byteLength), 'netlink');
  const all: Message[] = [];
  for (;;) {
    const answer = new ArrayBuffer(BUFFER_BYTES);
    const messages = messagesIn(answer, successOf(read(fd, answer, 0, BUFFER_BYTES), 'netlink'));
    all.push(...messages);
    // one link is one message; a list says where it ends
    if (messages.length === 0 || messages.some((message) => isLast(message) || linkIn(message))) return all;
  }
}
