import { once } from 'node:events';
import { type IncomingMessage, METHODS } from 'node:http';
import { Readable } from 'node:stream';
import { TLSSocket } from 'node:tls';
import formbody from '@fastify/formbody';
import multipart from '@fastify/multipart';
import fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { parseAddress } from '../../../protocol/address.ts';
import type { Logger } from '../../../runtime/log.ts';
import { passOver } from '../../web/io/rest-of-body.ts';
import type { Answering } from '../answering.ts';
import { FIELDS } from '../message-form.ts';
import { texts } from '../texts.ts';
import type { PostedForm, Visit } from '../visit.ts';

/** Room for 4,000 characters of three UTF-8 bytes each, percent-encoded, and the short fields. */
const MOST_BODY_BYTES = 40 * 1024;
/** A message's text fits into a field; how long a recording may be is for the mailbox to say. */
const MULTIPART = { fieldSize: 16 * 1024, fields: 12, files: 1, fileSize: Number.MAX_SAFE_INTEGER };
/** What an overlong body may bring on top before the connection is cut, so that the answer is heard. */
const MOST_DRAINED_BYTES = 1024 * 1024;

/** The fastify application that reads requests and forms for `answering`; it listens nowhere itself. */
export async function openAnsweringApp(answering: Answering, log: Logger): Promise<FastifyInstance> {
  const app = fastify({
    bodyLimit: MOST_BODY_BYTES,
    frameworkErrors: (error, request, reply) => void fail(error, request, reply),
  });
  const answer = async (request: FastifyRequest, reply: FastifyReply, form: PostedForm) => {
    const gone = new AbortController();
    // who left while the form was read is not heard leaving again
    if (reply.raw.destroyed) gone.abort();
    else reply.raw.once('close', () => gone.abort());
    const { status, headers, body } = await answering.answer(visitOf(request, form, gone.signal));
    passOver(request.raw);
    reply.code(status).headers(headers);
    return reply.send(
      typeof body === 'string' || body instanceof Uint8Array
        ? body
        : Readable.from(body, { objectMode: false }),
    );
  };
  const fail = async (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
    const isTooLarge = error.statusCode === 413;
    if ((error.statusCode ?? 500) < 500) {
      await drain(request.raw);
      return answer(request, reply, { kind: isTooLarge ? 'too-large' : 'none' });
    }
    log.error('answer failed', { reason: String(error) });
    const { status, headers, body } = answering.plain(500, texts.broken);
    return reply.code(status).headers(headers).send(body);
  };
  app.setErrorHandler(fail);
  app.removeAllContentTypeParsers();
  await app.register(formbody);
  await app.register(multipart, { limits: MULTIPART });
  app.addContentTypeParser('*', (_request: FastifyRequest, payload: IncomingMessage) => drain(payload));
  const further = METHODS.filter((method) => method !== 'CONNECT' && !app.supportedMethods.includes(method));
  for (const method of further) app.addHttpMethod(method);
  app.route({
    method: [...app.supportedMethods],
    url: '*',
    handler: async (request, reply) => answer(request, reply, await formOf(request)),
  });
  await app.ready();
  return app;
}

async function formOf(request: FastifyRequest): Promise<PostedForm> {
  if (request.isMultipart()) return multipartForm(request);
  const { body } = request;
  return typeof body === 'object' && body !== null
    ? { kind: 'posted', fields: body, file: null }
    : { kind: 'none' };
}

/** The fields up to the file; the file itself is read by whoever may keep it. */
async function multipartForm(request: FastifyRequest): Promise<PostedForm> {
  const fields: Record<string, string> = Object.create(null);
  try {
    for await (const part of request.parts()) {
      if (part.type === 'field') {
        if (part.valueTruncated) return { kind: 'too-large' };
        fields[part.fieldname] ??= String(part.value);
      } else if (part.fieldname === FIELDS.recording && part.filename !== '') {
        const source: AsyncIterable<Uint8Array> = {
          [Symbol.asyncIterator]: () => part.file.iterator({ destroyOnReturn: false }),
        };
        return { kind: 'posted', fields, file: { mediaType: part.mimetype, source } };
      } else part.file.resume();
    }
  } catch {
    return { kind: 'none' };
  }
  return { kind: 'posted', fields, file: null };
}

/** Takes from the request what answering may know, and nothing else of it. */
function visitOf({ raw }: FastifyRequest, form: PostedForm, signal: AbortSignal): Visit {
  const { host: hosts = [] } = raw.headersDistinct;
  const purpose = raw.headers['sec-fetch-dest'];
  return {
    method: raw.method ?? 'GET',
    scheme: raw.socket instanceof TLSSocket ? 'https' : 'http',
    hosts,
    target: raw.url ?? '/',
    purpose: typeof purpose === 'string' ? purpose : null,
    form,
    range: raw.headers.range ?? null,
    signal,
    visitor: parseAddress(raw.socket.remoteAddress?.split('%')[0] ?? '') ?? null,
  };
}

/** Reads a body to nowhere: who is still sending would not hear the answer. */
async function drain(payload: IncomingMessage): Promise<void> {
  let bytes = 0;
  if (payload.readableEnded || payload.destroyed) return;
  const stopped = new AbortController();
  payload.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MOST_DRAINED_BYTES) stopped.abort();
  });
  payload.once('close', () => stopped.abort());
  await once(payload, 'end', { signal: stopped.signal }).catch(() => undefined);
}
