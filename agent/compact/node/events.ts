import { EventEmitter } from 'node:events';

export { EventEmitter };

interface Options {
  readonly signal?: AbortSignal;
}

/** Resolves with what the event brings; rejects when an error comes first, or the signal's end. */
export function once(emitter: EventEmitter, event: string, { signal }: Options = {}): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    const over = () => {
      emitter.off(event, happened);
      emitter.off('error', failed);
      signal?.removeEventListener('abort', aborted);
    };
    const happened = (...values: unknown[]) => {
      over();
      resolve(values);
    };
    const failed = (error: unknown) => {
      over();
      reject(error);
    };
    const aborted = () => failed(signal?.reason);
    if (signal?.aborted) return reject(signal.reason);
    emitter.once(event, happened);
    if (event !== 'error') emitter.once('error', failed);
    signal?.addEventListener('abort', aborted, { once: true });
  });
}
