import { type TSchema, Type } from 'typebox';
import type { Operation } from '../operation.ts';
import { Problem } from '../schema/problem.ts';
import { closed } from '../schema/scalars.ts';

const Bytes = Type.Unsafe<string>({ type: 'string', format: 'binary' });
const NO_QUERY = closed({});

/** What fastify checks requests and answers by, and describes the operation with. */
export function schemaOf<Caller>(operation: Operation<Caller>) {
  const { id, summary, topic, scopes, params, query, body, takesBytes, answers } = operation;
  return {
    operationId: id,
    summary,
    tags: [topic],
    security: [{ token: [...scopes] }],
    ...(params ? { params } : {}),
    querystring: query ?? NO_QUERY,
    ...(body ? { body } : {}),
    ...(takesBytes ? { body: Bytes, consumes: ['application/octet-stream'] } : {}),
    response: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, answer]) => [status, answerSchema(answer)]),
      ),
      '4xx': problemSchema('The request cannot be carried out.'),
      '5xx': problemSchema('The gateway cannot carry the request out now.'),
    },
  };
}

function answerSchema(answer: TSchema | string | null) {
  if (answer === null) return Type.Null({ description: 'Done; there is no more to say.' });
  if (typeof answer === 'string')
    return { description: 'The bytes.', content: { [answer]: { schema: Bytes } } };
  return { description: 'Done.', content: { 'application/json': { schema: answer } } };
}

function problemSchema(description: string) {
  return { description, content: { 'application/problem+json': { schema: Problem } } };
}
