import { once } from 'node:events';
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Reply } from '../operation.ts';

/** What an overlong body may bring on top before the connection is cut, so that the answer is heard. */
const MOST_DRAINED_BYTES = 1024 * 1024;

/** Sends the answer; of a body that nobody has read a little more is taken first. */
export async function send(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: Reply,
): Promise<FastifyReply> {
  if (!request.raw.complete) {
    await drain(request.raw);
    reply.header('connection', 'close');
  }
  switch (answer.kind) {
    case 'nothing':
      return reply.code(204).send();
    case 'value':
      return reply.code(answer.status).headers(answer.headers).type('application/json').send(answer.value);
    case 'bytes':
      return reply.code(answer.status).headers(answer.headers).send(Readable.from(answer.pieces));
    case 'problem':
      return reply
        .code(answer.status)
        .headers(answer.headers)
        .type('application/problem+json')
        .send(JSON.stringify(problemOf(answer)));
  }
}

function problemOf({ status, detail, mistakes }: Reply & { readonly kind: 'problem' }) {
  const title = STATUS_CODES[status] ?? 'Problem';
  return { type: 'about:blank', title, status, detail, ...(mistakes.length > 0 ? { mistakes } : {}) };
}

async function drain(raw: IncomingMessage): Promise<void> {
  if (raw.readableEnded || raw.destroyed) return;
  let bytes = 0;
  const stopped = new AbortController();
  const count = (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MOST_DRAINED_BYTES) stopped.abort();
  };
  const close = () => stopped.abort();
  raw.on('data', count).once('close', close);
  await once(raw, 'end', { signal: stopped.signal }).catch(() => undefined);
  raw.off('data', count).off('close', close).pause();
}
