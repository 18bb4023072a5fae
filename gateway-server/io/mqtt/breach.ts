export const BREACHES = [
  'malformed',
  'oversized',
  'foreign-topic',
  'qos-2',
  'rate',
  'silent',
  'slow-reader',
] as const;
export type BreachReason = (typeof BREACHES)[number];

/** A peer broke a rule of the wire, which ends its connection. */
export class Breach extends Error {
  readonly reason: BreachReason;

  constructor(reason: BreachReason) {
    super(`the connection broke a rule: ${reason}`);
    this.reason = reason;
  }
}

/** What an error of a connection says of its peer; undefined when the connection just broke. */
export function breachBehind(error: Error): BreachReason | undefined {
  if (error instanceof Breach) return error.reason;
  const { message } = error;
  if (message === 'keep alive timeout' || message === 'connect did not arrive in time') return 'silent';
  if (message === 'drain timeout') return 'slow-reader';
  return 'code' in error || error.name === 'LogInRefused' ? undefined : 'malformed';
}
