import type { Store } from '../../gateway-server/store/store.ts';
import type { Clock } from '../../runtime/clock.ts';

const NEVER = new AbortController().signal;

/** How a disk behaves. */
export interface Disk {
  /** How long each call takes; calls are carried out in their order. */
  delayMs: number;
  /** Pulled out: nothing reaches it any more and nobody hears back, as after `kill -9`. */
  isGone: boolean;
}

/** Lays a disk that takes its time between the gateway and a store. */
export function slowStore(store: Store, disk: Disk, clock: Clock): Store {
  let last: Promise<unknown> = Promise.resolve();
  const through = (work: () => unknown) => {
    const before = last;
    const done = (async () => {
      if (disk.delayMs > 0) await clock.sleep(disk.delayMs, NEVER);
      await before.catch(() => undefined);
      if (disk.isGone) await new Promise(() => undefined);
      return work();
    })();
    last = done.catch(() => undefined);
    return done;
  };
  return new Proxy(store, {
    get: (target, key) => {
      const member: unknown = Reflect.get(target, key, target);
      if (typeof member !== 'function') return member;
      return (...given: readonly unknown[]) => through(() => Reflect.apply(member, target, given));
    },
  });
}
