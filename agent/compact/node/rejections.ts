import { setTimeout } from 'host:os';
import { onRejection } from 'host:process';
import { exit } from 'host:std';
import { writeText } from './descriptors.ts';

const FAILED = 1;

/** Ends the program when a promise was rejected and nobody has asked for it by the loop's next turn, as Node does. */
export function watchRejections(): void {
  const unheard = new Map<Promise<unknown>, unknown>();
  const check = () => {
    for (const reason of unheard.values()) endFor(reason);
  };
  onRejection((promise, reason, isHandled) => {
    if (isHandled) return void unheard.delete(promise);
    if (unheard.size === 0) setTimeout(check, 0);
    unheard.set(promise, reason);
  });
}

function endFor(reason: unknown): never {
  const why =
    reason instanceof Error ? `${reason.name}: ${reason.message}\n${reason.stack ?? ''}` : String(reason);
  writeText(2, `unhandled rejection: ${why}\n`);
  exit(FAILED);
}
