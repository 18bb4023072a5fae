import { describe, expect, test } from 'vitest';
import type { Endpoint } from '../../gateway-server/endpoint.ts';
import type { Exchange } from '../../gateway-server/zone/backup/exchange.ts';
import { replyTo } from './backup-replies.ts';
import { dnsQuery } from './dns-message.ts';
import type { FakeServer } from './fake-exchange.ts';

export interface ExchangeLab {
  readonly exchange: Exchange;
  /** Puts a server somewhere. */
  serve(server: FakeServer): Promise<Endpoint>;
  /** Where nobody is. */
  nowhere(): Promise<Endpoint>;
}

const QUESTION = dnsQuery({ name: 'mwebpages.test', type: 6, id: 0x4a5b, flags: 0 });
const PATIENT_MS = 5_000;
const SHORT_MS = 50;
const NEVER = new AbortController().signal;

/** What the backups' code relies on, whether the network is real or not. */
export function exchangeContract(name: string, open: () => ExchangeLab): void {
  describe(`the exchange with other servers (${name})`, () => {
    test('gives the reply to the message', async () => {
      const { exchange, serve } = open();
      const endpoint = await serve((message) => replyTo(message));
      const reply = await exchange.ask(endpoint, QUESTION, PATIENT_MS, NEVER);
      expect(reply).toEqual(replyTo(QUESTION));
    });

    test.each([
      ['another ID', (reply: Buffer) => reply.writeUInt16BE(0x1111, 0)],
      ['a question in place of a reply', (reply: Buffer) => reply.writeUInt8(0, 2)],
      ['a reply to another question', (reply: Buffer) => reply.writeUInt8('n'.charCodeAt(0), 13)],
      ['a reply about another type', (reply: Buffer) => reply.writeUInt8(1, reply.length - 3)],
    ])('passes over %s and waits on for the reply', async (_what, damage) => {
      const { exchange, serve } = open();
      const endpoint = await serve((message) => {
        const wrong = replyTo(message);
        damage(wrong);
        return [wrong, replyTo(message)];
      });
      expect(await exchange.ask(endpoint, QUESTION, PATIENT_MS, NEVER)).toEqual(replyTo(QUESTION));
    });

    test('calls a server silent that says nothing in time', async () => {
      const { exchange, serve } = open();
      const endpoint = await serve(() => []);
      expect(await exchange.ask(endpoint, QUESTION, SHORT_MS, NEVER)).toBe('silent');
    });

    test('does not wait where nobody is', async () => {
      const { exchange, nowhere } = open();
      const startedAt = performance.now();
      expect(await exchange.ask(await nowhere(), QUESTION, PATIENT_MS, NEVER)).toBe('silent');
      expect(performance.now() - startedAt).toBeLessThan(PATIENT_MS / 2);
    });

    test('gives up when aborted, before and meanwhile', async () => {
      const { exchange, serve } = open();
      const endpoint = await serve(() => []);
      const stop = new AbortController();
      const asking = exchange.ask(endpoint, QUESTION, PATIENT_MS, stop.signal);
      stop.abort(new Error('enough'));
      await expect(asking).rejects.toThrow('enough');
      await expect(exchange.ask(endpoint, QUESTION, PATIENT_MS, stop.signal)).rejects.toThrow('enough');
    });
  });
}
