import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { expect, test } from 'vitest';
import type { Door } from '../../../../gateway-server/web/doorkeeper.ts';
import { ApiClient } from '../../../support/api-client.ts';
import { ApiLab } from '../../../support/api-lab.ts';

const DOORS: readonly Door[] = ['portal', 'console'];

test.each(DOORS)('the description of the %s names every operation, and nothing else', async (door) => {
  const { lab, description } = await described(door);
  const described_ = operationsIn(description).map(({ method, path }) => `${method} ${path}`);
  const registered = (lab.apis.get(door)?.operations ?? []).map(({ method, path }) => `${method} ${path}`);
  expect(described_.toSorted()).toEqual(registered.toSorted());
  expect(description.openapi).toBe('3.1.0');
  expect(description.servers).toEqual([{ url: '/api/v1' }]);
});

test.each(DOORS)(
  'every operation of the %s says what it is for, who may do it and what comes back',
  async (door) => {
    const { lab, description } = await described(door);
    const operations = operationsIn(description);
    expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length);
    for (const { method, path, operation } of operations) {
      const own = lab.apis.get(door)?.operations.find((one) => one.method === method && one.path === path);
      expect(operation).toMatchObject({ operationId: own?.id, summary: own?.summary });
      expect(operation.security).toEqual([{ token: own?.scopes }]);
      for (const status of Object.keys(own?.answers ?? {}))
        expect(operation.responses).toHaveProperty(status);
      expect(operation.responses['4XX'].content).toHaveProperty(['application/problem+json', 'schema']);
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const parameters = (operation.parameters ?? []).filter(({ in: place }) => place === 'path');
      expect(parameters.map(({ name }) => name)).toEqual(inPath);
    }
  },
);

test.each(DOORS)('every answer but an empty one has a schema in the description of the %s', async (door) => {
  const { description } = await described(door);
  for (const { path, operation } of operationsIn(description)) {
    for (const [status, { content }] of Object.entries(operation.responses)) {
      if (status === '204') continue;
      expect(Object.values(content ?? {})[0], `${path} ${status}`).toHaveProperty('schema');
    }
  }
});

test.each(DOORS)('every example in the description of the %s is what its schema allows', async (door) => {
  const { description } = await described(door);
  const examples = examplesIn(description);
  expect(examples.length).toBeGreaterThan(3);
  for (const { schema, example } of examples) expect(Value.Check(Type.Unsafe(schema), example)).toBe(true);
});

interface Described {
  readonly operationId: string;
  readonly summary: string;
  readonly security: unknown;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>> & {
    readonly '4XX': { readonly content: object };
  };
}
interface Description {
  readonly openapi: string;
  readonly servers: unknown;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
}

async function described(door: Door) {
  const lab = await ApiLab.open();
  const { json } = await new ApiClient(lab, door, null).get('/openapi.json');
  const description: Description = json;
  return { lab, description };
}

function operationsIn({ paths }: Description) {
  return Object.entries(paths).flatMap(([path, byMethod]) =>
    Object.entries(byMethod).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      operation,
    })),
  );
}

function examplesIn(part: unknown): { readonly schema: object; readonly example: unknown }[] {
  if (typeof part !== 'object' || part === null) return [];
  const { examples } = part as { readonly examples?: unknown };
  const own = Array.isArray(examples) ? examples.map((example: unknown) => ({ schema: part, example })) : [];
  return [...own, ...Object.values(part).flatMap(examplesIn)];
}
