import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { expect } from 'vitest';
import { Problem } from '../../gateway-server/api/schema/problem.ts';
import type { Door } from '../../gateway-server/web/doorkeeper.ts';
import type { ApiLab } from './api-lab.ts';

export interface Asked {
  readonly method?: string;
  readonly body?: unknown;
  readonly bytes?: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Heard {
  readonly status: number;
  readonly headers: Headers;
  readonly raw: Uint8Array;
  /** The answer as JSON; null for anything else. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look at answers of every shape
  readonly json: any;
}

/** A program that uses one of the APIs with a token, and holds every answer against its declared schema. */
export class ApiClient {
  readonly #lab: ApiLab;
  readonly #door: Door;
  readonly #secret: string | null;

  constructor(lab: ApiLab, door: Door, secret: string | null) {
    this.#lab = lab;
    this.#door = door;
    this.#secret = secret;
  }

  get(path: string, headers: Asked['headers'] = {}): Promise<Heard> {
    return this.ask(path, { headers });
  }

  post(path: string, body?: unknown): Promise<Heard> {
    return this.ask(path, { method: 'POST', body });
  }

  put(path: string, body: unknown, headers: Asked['headers'] = {}): Promise<Heard> {
    return this.ask(path, { method: 'PUT', body, headers });
  }

  delete(path: string): Promise<Heard> {
    return this.ask(path, { method: 'DELETE' });
  }

  async ask(path: string, { method = 'GET', body, bytes, headers = {} }: Asked): Promise<Heard> {
    const response = await fetch(`${this.#lab.originOf(this.#door)}/api/v1${path}`, {
      method,
      headers: {
        ...(this.#secret === null ? {} : { authorization: `Bearer ${this.#secret}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      ...(bytes === undefined ? {} : { body: Buffer.from(bytes) }),
    });
    const raw = new Uint8Array(await response.arrayBuffer());
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    const json: unknown = isJson ? JSON.parse(Buffer.from(raw).toString()) : null;
    this.#mustBeAsDeclared(method, path, response, json);
    return { status: response.status, headers: response.headers, raw, json };
  }

  #mustBeAsDeclared(method: string, path: string, { status, headers }: Response, json: unknown): void {
    if (status >= 400) {
      expect(headers.get('content-type')).toContain('application/problem+json');
      mustFit(Problem, json);
      return;
    }
    const [plain = ''] = path.split('?');
    const operation = this.#lab.apis.get(this.#door)?.operations.find((candidate) => {
      const pattern = candidate.path.replaceAll(/\{\w+\}/g, '[^/]+');
      return candidate.method === method && new RegExp(`^${pattern}$`).test(plain);
    });
    const declared = operation?.answers[status];
    if (!operation && plain === '/openapi.json') return;
    expect(declared, `${method} ${plain} has not declared ${status}`).toBeDefined();
    if (typeof declared === 'object' && declared !== null) mustFit(declared, json);
  }
}

function mustFit(schema: TSchema, json: unknown): void {
  expect(Value.Errors(schema, json), JSON.stringify(json)).toEqual([]);
}
