import type { FileSeen, LeaseNewsParts } from './lease-news.ts';
import { LeaseNews } from './lease-news.ts';
import { type InterfaceSeen, LeaseWatch, type WanWatch } from './lease-watch.ts';
import { WanPreference } from './wan-preference.ts';

export interface WanWatchParts extends LeaseNewsParts {
  /** The best one first; none where the lease file alone decides. */
  readonly interfaces: readonly string[];
  /** Reads an interface again at once. */
  readonly refresh: (name: string) => void;
}

/** A watch, and how it is told what is seen. */
export interface FedWatch {
  readonly watch: WanWatch;
  readonly interfaceSeen: (name: string, seen: InterfaceSeen) => void;
  readonly fileSeen: (seen: FileSeen) => void;
}

/** The watch of one interface, of none but a lease file, or of several that stand in for each other. */
export function wanWatch(parts: WanWatchParts, signal: AbortSignal): FedWatch {
  const [first = null, second, ...others] = parts.interfaces;
  if (first !== null && second !== undefined) {
    const watch = new WanPreference({ ...parts, interfaces: [first, second, ...others] }, signal);
    return {
      watch,
      interfaceSeen: (name, seen) => watch.interfaceSeen(name, seen),
      fileSeen: (seen) => watch.fileSeen(seen),
    };
  }
  const { clock, refresh } = parts;
  const onlyRefresh = () => first !== null && refresh(first);
  const watch = new LeaseWatch(
    { interface: first, news: new LeaseNews(parts), clock, refresh: onlyRefresh },
    signal,
  );
  return {
    watch,
    interfaceSeen: (_, seen) => watch.interfaceSeen(seen),
    fileSeen: (seen) => watch.fileSeen(seen),
  };
}
