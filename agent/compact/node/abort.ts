import { setTimeout } from './timers.ts';

type Listener = (event: { readonly type: 'abort'; readonly target: AbortSignal }) => void;
interface ListenerOptions {
  readonly once?: boolean;
  readonly signal?: AbortSignal;
}

/** Why a wait was given up, by the names that Node uses. */
class NamedError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/**
 * A signal made of others listens to them only while somebody listens to it: a signal that lives as long as the
 * process would else keep every one that was ever made of it.
 */
export class AbortSignal {
  readonly #sources: readonly AbortSignal[];
  readonly #listeners = new Map<Listener, ListenerOptions>();
  readonly #relay: Listener = () => this.#tell();
  #own: { readonly reason: unknown } | null = null;
  onabort: Listener | null = null;

  constructor(sources: readonly AbortSignal[] = []) {
    this.#sources = sources;
  }

  static abort(reason?: unknown): AbortSignal {
    const signal = new AbortSignal();
    signal.end(reason);
    return signal;
  }

  static any(signals: Iterable<AbortSignal>): AbortSignal {
    return new AbortSignal([...signals]);
  }

  static timeout(ms: number): AbortSignal {
    const signal = new AbortSignal();
    setTimeout(
      () => signal.end(new NamedError('TimeoutError', 'The operation was aborted due to timeout')),
      ms,
    );
    return signal;
  }

  get aborted(): boolean {
    return this.#cause() !== null;
  }

  get reason(): unknown {
    return this.#cause()?.reason;
  }

  throwIfAborted(): void {
    const cause = this.#cause();
    if (cause) throw cause.reason;
  }

  addEventListener(_type: string, listener: Listener, options: ListenerOptions | boolean = {}): void {
    if (this.aborted || this.#listeners.has(listener)) return;
    const chosen = typeof options === 'boolean' ? {} : options;
    if (this.#listeners.size === 0)
      for (const source of this.#sources) source.addEventListener('abort', this.#relay);
    this.#listeners.set(listener, chosen);
    chosen.signal?.addEventListener('abort', () => this.removeEventListener('abort', listener));
  }

  removeEventListener(_type: string, listener: Listener): void {
    if (!this.#listeners.delete(listener) || this.#listeners.size > 0) return;
    for (const source of this.#sources) source.removeEventListener('abort', this.#relay);
  }

  /** For the controller and for time. */
  end(reason: unknown): void {
    if (this.aborted) return;
    this.#own = { reason: reason ?? new NamedError('AbortError', 'This operation was aborted') };
    this.#tell();
  }

  #cause(): { readonly reason: unknown } | null {
    if (this.#own !== null) return this.#own;
    const source = this.#sources.find(({ aborted }) => aborted);
    if (source) this.#own = { reason: source.reason };
    return this.#own;
  }

  #tell(): void {
    const listeners = [...this.#listeners.keys()];
    for (const listener of listeners) this.removeEventListener('abort', listener);
    const event = { type: 'abort', target: this } as const;
    this.onabort?.(event);
    for (const listener of listeners) listener(event);
  }
}

export class AbortController {
  readonly signal = new AbortSignal();

  abort(reason?: unknown): void {
    this.signal.end(reason);
  }
}
