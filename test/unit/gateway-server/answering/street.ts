import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { Answering, type AnsweringParts } from '../../../../gateway-server/answering/answering.ts';
import type {
  Called,
  Directory,
  HitCounter,
  Keeping,
  MessageBox,
} from '../../../../gateway-server/answering/called.ts';
import { FIELDS } from '../../../../gateway-server/answering/message-form.ts';
import type { Reply, Visit } from '../../../../gateway-server/answering/visit.ts';
import type { NewMessage, Recording, TakenIn } from '../../../../gateway-server/subscriber/mailbox.ts';
import { type DomainName, parseDomainName } from '../../../../protocol/domain-name.ts';
import { type LineId, parseLineId } from '../../../../protocol/line-id.ts';
import type { Instant } from '../../../../runtime/clock.ts';
import { NOTHING_OFFERED } from '../../../support/empty-house.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { MemoryLog } from '../../../support/memory-log.ts';

export function name(text: string): DomainName {
  const parsed = parseDomainName(text);
  if (!parsed) throw new Error(`no name: ${text}`);
  return parsed;
}

function lineId(text: string): LineId {
  const parsed = parseLineId(text);
  if (!parsed) throw new Error(`no line id: ${text}`);
  return parsed;
}

const ZONE = name('street.test');

/** A street of lines that a test switches off and on. */
export class Street implements Directory, HitCounter {
  readonly leaveHost = name('leave.street.test');
  readonly zoneName = ZONE;
  readonly ttlSeconds = 30;
  readonly hits: LineId[] = [];
  readonly #calledByName = new Map<DomainName, Called>([[this.leaveHost, { kind: 'leave' }]]);

  off(id: string, { words = '', since = null as Instant | null } = {}): this {
    const domain = name(`${id}.street.test`);
    this.#calledByName.set(domain, { kind: 'off-line', line: lineId(id), domain, words, since });
    return this;
  }

  live(id: string): this {
    const domain = name(`${id}.street.test`);
    this.#calledByName.set(domain, { kind: 'live', line: lineId(id), domain });
    return this;
  }

  called(host: DomainName): Called {
    return this.#calledByName.get(host) ?? { kind: 'nobody' };
  }

  countHit(line: LineId): void {
    this.hits.push(line);
  }
}

/** A message box that keeps in memory, or answers what the test sets. */
export class MemoryBox implements MessageBox {
  readonly messages: Omit<NewMessage, 'recording'>[] = [];
  readonly recordings: (Recording | null)[] = [];
  readonly discarded: Recording[] = [];
  answer: () => Promise<Keeping> = () => Promise.resolve('kept');
  /** What becomes of a recording; null to take it in. */
  refusal: Exclude<TakenIn, { readonly kind: 'taken-in' }> | null = null;

  async takeIn(
    _line: LineId,
    { kind, mediaType, source }: Parameters<MessageBox['takeIn']>[1],
  ): Promise<TakenIn> {
    if (this.refusal) return this.refusal;
    let bytes = 0;
    for await (const piece of source) bytes += piece.length;
    return { kind: 'taken-in', recording: { kind, content: 'c', mediaType, bytes } };
  }

  async discard(_line: LineId, recording: Recording): Promise<void> {
    this.discarded.push(recording);
  }

  async keep({ recording, ...message }: NewMessage): Promise<Keeping> {
    const keeping = await this.answer();
    if (keeping === 'kept') {
      this.messages.push(message);
      this.recordings.push(recording);
    }
    return keeping;
  }
}

/** A reply, its body read to the end. */
export type TextReply = Omit<Reply, 'body'> & { readonly body: string };

/** Answering without sockets, with alice's line off. */
export function answeringStreet(change: Partial<AnsweringParts> = {}) {
  const clock = new ManualClock(1_000_000);
  const log = new MemoryLog();
  const street = new Street().off('alice');
  const box = new MemoryBox();
  const provider = { name: 'Street Telecom' };
  const parts = { ...NOTHING_OFFERED, directory: street, box, hits: street, provider, clock, log };
  const answering = new Answering({ ...parts, ...change, random: randomBytes });
  const visit = async (host: string, target = '/', more: Partial<Visit> = {}): Promise<TextReply> => {
    const reply = await answering.answer({
      method: 'GET',
      scheme: 'http',
      hosts: [host],
      target,
      purpose: null,
      form: { kind: 'none' },
      visitor: null,
      range: null,
      signal: new AbortController().signal,
      ...more,
    });
    return { ...reply, body: await textOf(reply.body) };
  };
  const post = (fields: Readonly<Record<string, string>>, more: Partial<Visit> = {}) =>
    visit('leave.street.test', '/', {
      method: 'POST',
      form: { kind: 'posted', fields, file: null },
      ...more,
    });
  /** Opens the page, takes its time, and gives the fields that a person would send. */
  const written = async (fields: Readonly<Record<string, string>> = {}, id = 'alice') => {
    const { body } = await visit(`${id}.street.test`);
    await clock.advance(5_000);
    return { to: `${id}.street.test`, seal: sealIn(body), text: 'Hello there', ...fields };
  };
  return { ...parts, street, answering, visit, post, written };
}

async function textOf(body: Reply['body']): Promise<string> {
  if (typeof body === 'string') return body;
  if (body instanceof Uint8Array) return Buffer.from(body).toString('latin1');
  let text = '';
  for await (const piece of body)
    text += typeof piece === 'string' ? piece : Buffer.from(piece).toString('latin1');
  return text;
}

export function sealIn(page: string): string {
  return new RegExp(`name="${FIELDS.seal}" value="([^"]+)"`).exec(page)?.[1] ?? '';
}

/** Any text, control characters and lone surrogates included; much quicker to set up than fast-check's own `binary` unit. */
export const anyText = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 0x7f }), fc.integer({ min: 0, max: 0x10ffff })))
  .map((points) => String.fromCodePoint(...points));
