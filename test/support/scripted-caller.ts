import type { Call, Called, Caller } from '../../gateway-server/webhook/caller.ts';

type Answer = Called | ((signal: AbortSignal) => Promise<Called>);

/** A receiver of webhooks that answers as told; 204 when nothing is told. */
export class ScriptedCaller implements Caller {
  readonly calls: Call[] = [];
  readonly #answers: Answer[] = [];
  otherwise: Answer = { kind: 'answered', status: 204 };

  answers(...answers: readonly Answer[]): void {
    this.#answers.push(...answers);
  }

  post(call: Call, signal: AbortSignal): Promise<Called> {
    this.calls.push(call);
    const answer = this.#answers.shift() ?? this.otherwise;
    return typeof answer === 'function' ? answer(signal) : Promise.resolve(answer);
  }
}

/** An answer that is given when the test says so; a stop ends the call. */
export function heldAnswer(): { readonly answer: Answer; readonly give: (called: Called) => void } {
  const { promise, resolve } = Promise.withResolvers<Called>();
  const stopped = (signal: AbortSignal) =>
    new Promise<Called>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  return { answer: (signal) => Promise.race([promise, stopped(signal)]), give: resolve };
}
