import type { FastifyError } from 'fastify';
import type { Logger } from '../../../runtime/log.ts';
import { StoreUnavailable } from '../../store/store.ts';
import { type Mistake, problem, type Reply } from '../operation.ts';

const MOST_MISTAKES = 10;
const WORDS: Readonly<Record<number, string>> = {
  413: 'The body is too long. Nothing was changed.',
  415: 'Send JSON: "Content-Type: application/json".',
};

/** What the caller is told of an error; of ours no more than that it is ours. */
export function failureReply(error: unknown, log: Logger): Reply {
  if (error instanceof StoreUnavailable) {
    return problem(503, 'The gateway cannot reach its store now: try again.', { 'retry-after': '5' });
  }
  if (!isOfRequest(error)) {
    log.error('request of the API failed', { reason: String(error) });
    return problem(500, 'Something went wrong in the gateway; its operator can see what.');
  }
  if (!error.validation) {
    const status = error.statusCode ?? 400;
    return problem(status, WORDS[status] ?? 'The body is no JSON.');
  }
  const { validationContext = 'request' } = error;
  const context = validationContext === 'querystring' ? 'query' : validationContext;
  const mistakes = error.validation
    .filter(isMistake)
    .map(({ instancePath, message = 'is wrong', params }): Mistake => {
      return { at: `${context}${instancePath}`, problem: `${message}${named(params)}` };
    });
  return {
    kind: 'problem',
    status: 400,
    detail: `The ${context} is not as this needs it. Nothing was changed.`,
    mistakes: mistakes.slice(0, MOST_MISTAKES),
    headers: {},
  };
}

function isOfRequest(error: unknown): error is FastifyError {
  const status: unknown = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' && status >= 400 && status < 500;
}

/** An unknown field is told twice: where it stands, by the schema that allows nothing, and by name. */
function isMistake({ keyword }: { readonly keyword: string }): boolean {
  return keyword !== 'boolean';
}

/** The fields that are unknown or missing. */
function named(params: Readonly<Record<string, unknown>>): string {
  const names = params['additionalProperties'] ?? params['requiredProperties'];
  return Array.isArray(names) ? `: ${names.join(', ')}` : '';
}
