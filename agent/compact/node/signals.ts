import { read, setReadHandler } from 'host:os';
import { open, SIGCHLD, SIGHUP, SIGINT, SIGTERM, SIZE } from 'host:signals';
import { exit } from 'host:std';
import { successOf } from './system-error.ts';

const NUMBERS: Readonly<Record<string, number>> = { SIGTERM, SIGINT, SIGHUP, SIGCHLD };
/** What a shell adds to the number of the signal that ended a program. */
const KILLED = 128;
const listeners = new Map<number, Set<() => void>>();
let isListening = false;

/** Calls back at each signal of this name; events of other names never happen. Gives what ends it. */
export function onSignal(name: string, listener: () => void): () => void {
  const number = NUMBERS[name];
  if (number === undefined) return () => undefined;
  if (!isListening) listen();
  const all = listeners.get(number) ?? new Set();
  listeners.set(number, all.add(listener));
  return () => void all.delete(listener);
}

function listen(): void {
  const fd = successOf(open(), 'signalfd');
  const record = new ArrayBuffer(SIZE);
  setReadHandler(fd, () => {
    if (read(fd, record, 0, SIZE) !== SIZE) return;
    // the first field of struct signalfd_siginfo
    const [number = 0] = new Uint32Array(record, 0, 1);
    tell(number);
  });
  isListening = true;
}

/** A signal that nobody wants does what it always does. */
function tell(number: number): void {
  const wanting = [...(listeners.get(number) ?? [])];
  if (wanting.length === 0 && number !== SIGCHLD) exit(KILLED + number);
  for (const listener of wanting) listener();
}
