import type { Clock } from '../../../runtime/clock.ts';
import type { Logger } from '../../../runtime/log.ts';
import { endpointText } from '../../endpoint.ts';
import type { Serial } from '../serial.ts';
import { isReplySigned, signedRequest } from '../tsig/own-request.ts';
import { RCODE } from '../wire.ts';
import type { Zone } from '../zone.ts';
import { Bell } from './bell.ts';
import type { Exchange } from './exchange.ts';
import { notification, rcodeName, rcodeOf } from './messages.ts';
import type { Secondary } from './secondary.ts';
import type { Trouble } from './trouble.ts';

interface Parts {
  readonly secondary: Secondary;
  readonly zone: Pick<Zone, 'identity'>;
  readonly exchange: Exchange;
  readonly trouble: Trouble;
  /** A message ID that nobody can guess. */
  readonly nextId: () => number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** RFC 1996 §3.6 leaves the times to us. */
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;
const REPLY_MS = 1_000;
const REST_MS = 3_600_000;
/** A lost message or two are no news, and a server that is down is noticed sooner by its missing serial. */
const SILENT_TRIES = 5;

/** Tells one backup of the newest serial until it answers (Figure 5, block 536; RFC 1996): one message at a time. */
export class Notifier {
  readonly #parts: Parts;
  readonly #news: Bell;
  #wanted: Serial | null = null;
  #settled: Serial | null = null;
  #retryMs = FIRST_RETRY_MS;
  #silentTries = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#news = new Bell(parts.clock);
  }

  /** A newer serial takes the place of an older one; it waits for no retry of that, but for the reply that is awaited. */
  notify(serial: Serial): void {
    if (serial === this.#wanted) return;
    this.#wanted = serial;
    this.#hurry();
  }

  /** The backup was silent and is no more: it hears of the serial now, and whether it answers is an open question. */
  tryAgain(): void {
    if (this.#silentTries > 0) this.#parts.trouble.note('notifications', null);
    this.#silentTries = 0;
    this.#hurry();
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    while (!signal.aborted) {
      const serial = this.#wanted;
      if (serial === null || serial === this.#settled) {
        await this.#news.rest(REST_MS, signal);
        continue;
      }
      const retryAt = clock.elapsed() + this.#retryMs;
      this.#retryMs = Math.min(this.#retryMs * 2, LONGEST_RETRY_MS);
      if (await this.#isAnswered(serial, signal)) this.#settle(serial);
      else await this.#news.rest(Math.max(0, retryAt - clock.elapsed()), signal);
    }
  }

  #hurry(): void {
    this.#retryMs = FIRST_RETRY_MS;
    this.#news.ring();
  }

  #settle(serial: Serial): void {
    this.#settled = serial;
    this.#retryMs = FIRST_RETRY_MS;
    this.#silentTries = 0;
  }

  /** A refusal is an answer too (RFC 1996 §3.8): to repeat the message would change nothing. */
  async #isAnswered(serial: Serial, signal: AbortSignal): Promise<boolean> {
    const { trouble, log, secondary } = this.#parts;
    const reply = await this.#reply(serial, signal);
    if (signal.aborted) return false;
    if (reply === 'silent') {
      this.#silentTries += 1;
      if (this.#silentTries >= SILENT_TRIES) trouble.note('notifications', 'does not answer NOTIFY');
      return false;
    }
    if (reply.kind === 'unsigned') {
      const words = `answers NOTIFY with ${rcodeName(reply.rcode)}, not signed with key ${reply.key}`;
      trouble.note('notifications', words);
      return false;
    }
    const isTaken = reply.rcode === RCODE.noError;
    trouble.note('notifications', isTaken ? null : `answers NOTIFY with ${rcodeName(reply.rcode)}`);
    log.debug('backup has answered the notification', {
      block: 536,
      backup: endpointText(secondary.endpoint),
      serial,
      rcode: rcodeName(reply.rcode),
    });
    return true;
  }

  /** RFC 8945 §5.3: whoever shares a key with us is believed only when it uses it. */
  async #reply(serial: Serial, signal: AbortSignal): Promise<Reply> {
    const { secondary, zone, nextId, clock } = this.#parts;
    const { key } = secondary;
    const message = notification(nextId(), zone.identity, serial);
    if (!key) {
      const reply = await this.#ask(message, signal);
      return reply === 'silent' ? reply : { kind: 'answer', rcode: rcodeOf(reply) };
    }
    const { bytes, mac } = signedRequest(message, key, secondsOf(clock));
    const reply = await this.#ask(bytes, signal);
    if (reply === 'silent') return reply;
    const isGenuine = isReplySigned(reply, key, mac, secondsOf(clock));
    return { kind: isGenuine ? 'answer' : 'unsigned', rcode: rcodeOf(reply), key: key.name };
  }

  #ask(message: Buffer, signal: AbortSignal): Promise<Buffer | 'silent'> {
    const { exchange, secondary } = this.#parts;
    return exchange.ask(secondary.endpoint, message, REPLY_MS, signal).catch(() => 'silent' as const);
  }
}

type Reply =
  | 'silent'
  | { readonly kind: 'answer'; readonly rcode: number }
  | { readonly kind: 'unsigned'; readonly rcode: number; readonly key: string };

function secondsOf(clock: Clock): number {
  return Math.floor(clock.now() / 1_000);
}
