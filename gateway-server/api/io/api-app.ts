import type { IncomingMessage } from 'node:http';
import swagger from '@fastify/swagger';
import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  FastifySchemaCompiler,
  FastifyTypeProviderDefault,
  RouteOptions,
} from 'fastify';
import { parseAddress } from '../../../protocol/address.ts';
import type { Clock } from '../../../runtime/clock.ts';
import type { Logger } from '../../../runtime/log.ts';
import { neighbourhoodOf } from '../../answering/rate-limit.ts';
import { GATEWAY_VERSION } from '../../version.ts';
import type { Doorkeeper } from '../../web/doorkeeper.ts';
import type { Api } from '../api.ts';
import { type Admission, Gate, PACES, type Paces } from '../gate.ts';
import { type Call, type Operation, problem } from '../operation.ts';
import { failureReply } from './failure.ts';
import { schemaOf } from './route-schema.ts';
import { send } from './send.ts';

const MOST_BODY_BYTES = 1024 * 1024;
/** What visitors have sent never becomes a page of this origin. */
const STRICT_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
};

export interface ApiAppParts<Caller> {
  readonly api: Api<Caller>;
  readonly doorkeeper: Pick<Doorkeeper, 'tokenOf'>;
  readonly paces?: Paces;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Adds the operations to a part of a web server that lies below `/api/v1` of its origin. */
export async function addOperations<Caller>(app: FastifyInstance, parts: ApiAppParts<Caller>): Promise<void> {
  const { api, log } = parts;
  const gate = new Gate({ paces: PACES, ...parts });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'string' },
    app.getDefaultJsonParser('error', 'error'),
  );
  app.setValidatorCompiler(TypeBoxValidatorCompiler);
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(STRICT_HEADERS);
    const tooFast = gate.tooFast(neighbourhood(request));
    if (tooFast) return send(request, reply, tooFast);
  });
  app.setErrorHandler((error, request, reply) => send(request, reply, failureReply(error, log)));
  app.setNotFoundHandler((request, reply) =>
    send(request, reply, problem(404, `There is no ${request.method} ${request.url.split('?')[0]}.`)),
  );
  await describe(app, api);
  for (const operation of api.operations.filter(({ takesBytes }) => !takesBytes)) {
    app.route(routeOf(gate, operation));
  }
  await app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    for (const operation of api.operations.filter(({ takesBytes }) => takesBytes)) {
      scope.route(routeOf(gate, operation));
    }
    done();
  });
}

/** OpenAPI from the very schemas that requests are checked by. */
async function describe<Caller>(app: FastifyInstance, { title, description }: Api<Caller>): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title, description, version: GATEWAY_VERSION },
      servers: [{ url: '/api/v1' }],
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'pl_...' } } },
    },
  });
  app.get('/openapi.json', { schema: { hide: true }, exposeHeadRoute: false }, () => app.swagger());
}

function routeOf<Caller>(gate: Gate<Caller>, operation: Operation<Caller>): RouteOptions {
  const admissions = new WeakMap<FastifyRequest, Admission<Caller>>();
  return {
    method: operation.method,
    url: operation.path.replaceAll(/\{(\w+)\}/g, ':$1'),
    schema: schemaOf(operation),
    validatorCompiler: operation.takesBytes ? allButTheBody : TypeBoxValidatorCompiler,
    bodyLimit: operation.mostBodyBytes ?? MOST_BODY_BYTES,
    exposeHeadRoute: false,
    // before any of the body is read
    onRequest: async (request, reply) => {
      const admission = gate.admit(request.headers.authorization, operation.scopes);
      admissions.set(request, admission);
      if (admission.kind === 'out') return send(request, reply, admission.reply);
    },
    handler: async (request, reply) => {
      const admission = admissions.get(request);
      if (admission?.kind !== 'in') throw new Error('a request came past the gate');
      if (!operation.body && !operation.takesBytes && request.body !== undefined && request.body !== null)
        return send(request, reply, problem(400, 'This takes no body.'));
      return send(request, reply, await operation.run(callOf(request, reply, admission)));
    },
  };
}

const allButTheBody: FastifySchemaCompiler<FastifyTypeProviderDefault['schema'] & object> = (part) =>
  part.httpPart === 'body' ? () => true : TypeBoxValidatorCompiler(part);

function callOf<Caller>(
  request: FastifyRequest,
  { raw }: FastifyReply,
  { caller, isStillAllowed }: Admission<Caller> & { readonly kind: 'in' },
): Call<Caller> {
  const left = new AbortController();
  raw.once('close', () => left.abort());
  const { range, 'if-match': ifMatch, 'content-type': mediaType } = request.headers;
  return {
    ...{ caller, isStillAllowed },
    params: request.params,
    query: request.query,
    body: request.body,
    range: range ?? null,
    ifMatch: ifMatch ?? null,
    mediaType: mediaType ?? '',
    bytes: bytesOf(request.raw),
    signal: left.signal,
  };
}

/** Whoever stops reading early still has to answer over the same socket. */
function bytesOf(raw: IncomingMessage): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => raw.iterator({ destroyOnReturn: false }) };
}

function neighbourhood({ raw }: FastifyRequest): string {
  return neighbourhoodOf(parseAddress(raw.socket.remoteAddress?.split('%')[0] ?? '') ?? null);
}
