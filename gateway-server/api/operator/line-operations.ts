import { Type } from 'typebox';
import { parseLineId } from '../../../protocol/line-id.ts';
import { fieldsOf } from '../../operator/answer-fields.ts';
import { BAD_CURSOR, cursorOf, textAt } from '../cursor.ts';
import { NOTHING, problem, value } from '../operation.ts';
import {
  FullLine,
  Import,
  Imported,
  LINE_STATES,
  LineWithSecret,
  ListedLine,
  NewLine,
  NewSecret,
} from '../schema/line.ts';
import { limitOf, listOf, PAGING } from '../schema/paging.ts';
import { closed, oneOf } from '../schema/scalars.ts';
import { linesFound } from './line-search.ts';
import { fullLine, listedLine } from './line-value.ts';
import {
  OneLine,
  type OperatorOperation,
  type OperatorParts,
  operatorOperation,
  orRefusal,
  withLine,
} from './operator-caller.ts';

const MOST_IMPORT_BYTES = 16 * 1024 * 1024;
const TO_READ = { topic: 'lines', scopes: ['lines:read'] } as const;
const TO_CHANGE = { topic: 'lines', scopes: ['lines:write'] } as const;

/** Lines: found, set up, changed and removed. */
export function lineOperations(parts: OperatorParts): readonly OperatorOperation[] {
  return [
    listing(parts),
    adding(parts),
    importing(parts),
    showing(parts),
    removing(parts),
    suspending(parts, true),
    suspending(parts, false),
    renewing(parts),
  ];
}

function listing(parts: OperatorParts) {
  return operatorOperation({
    ...TO_READ,
    id: 'listLines',
    method: 'GET',
    path: '/lines',
    summary: 'Lines in the order of their ids',
    query: closed({
      ...PAGING,
      search: Type.Optional(
        Type.String({ maxLength: 253, description: 'a part of the id or of a name, or an address' }),
      ),
      state: Type.Optional(oneOf(LINE_STATES)),
    }),
    answers: { 200: listOf(ListedLine) },
    run: async ({ query }) => {
      const cursor = textAt(query.cursor);
      const after = typeof cursor === 'string' ? parseLineId(cursor) : cursor;
      if (after === undefined) return problem(400, BAD_CURSOR);
      const most = limitOf(query);
      const { search = '', state = null } = query;
      const found = await linesFound(parts.desk, { search, state, after, most: most + 1 });
      const items = found.slice(0, most);
      const last = items.at(-1);
      const next = found.length > most && last ? cursorOf(last.line.id) : null;
      return value({ items: items.map((record) => listedLine(parts, record)), next });
    },
  });
}

function adding({ desk, commands }: OperatorParts) {
  return operatorOperation({
    ...TO_CHANGE,
    id: 'addLine',
    method: 'POST',
    path: '/lines',
    summary: 'Sets a line up; its secret is told this once',
    body: NewLine,
    answers: { 201: LineWithSecret },
    run: ({ caller: { actor }, body }) =>
      orRefusal(async () => {
        const id = parseLineId(body.id);
        if (id && desk.registry.book.get(id)) return problem(409, `There already is a line ${id}.`);
        const { domain, ...rest } = body;
        const hasDomain = domain !== null;
        const args = { ...rest, domain: domain ?? null, hasDomain };
        return value(await commands.carryOut(actor, { command: 'line add', args }), 201, {
          location: `/api/v1/lines/${body.id}`,
        });
      }),
  });
}

function importing({ commands }: OperatorParts) {
  return operatorOperation({
    ...TO_CHANGE,
    id: 'importLines',
    method: 'POST',
    path: '/lines/import',
    summary: 'Sets up all the lines, or none of them',
    mostBodyBytes: MOST_IMPORT_BYTES,
    body: Import,
    answers: { 201: Imported },
    run: ({ caller: { actor }, body }) =>
      orRefusal(async () => {
        const rows = body.lines.map(({ domain, ...line }, index) => {
          return { ...line, domain: domain ?? null, hasDomain: domain !== null, row: index + 1 };
        });
        return value(await commands.carryOut(actor, { command: 'line import', args: { rows } }), 201);
      }),
  });
}

function showing(parts: OperatorParts) {
  return operatorOperation({
    ...TO_READ,
    id: 'showLine',
    method: 'GET',
    path: '/lines/{id}',
    summary: 'All that is known of a line',
    params: OneLine,
    answers: { 200: FullLine },
    run: ({ params: { id } }) => withLine(parts, id, async (record) => value(fullLine(parts, record))),
  });
}

function removing(parts: OperatorParts) {
  return operatorOperation({
    ...TO_CHANGE,
    id: 'removeLine',
    method: 'DELETE',
    path: '/lines/{id}',
    summary: 'Removes a line with all that is kept of it',
    params: OneLine,
    answers: { 204: null },
    run: ({ caller: { actor }, params }) =>
      withLine(parts, params.id, async ({ id }) => {
        await parts.commands.carryOut(actor, { command: 'line remove', args: { id } });
        return NOTHING;
      }),
  });
}

function suspending(parts: OperatorParts, isSuspending: boolean) {
  const verb = isSuspending ? 'suspend' : 'resume';
  return operatorOperation({
    ...TO_CHANGE,
    id: `${verb}Line`,
    method: 'POST',
    path: `/lines/{id}/${verb}`,
    summary: isSuspending
      ? "Leads the line's names to the gateway, whatever its agent says"
      : 'Lets a suspended line be live again',
    params: OneLine,
    answers: { 200: FullLine },
    run: ({ caller: { actor }, params }) =>
      withLine(parts, params.id, async (before) => {
        const { id } = before;
        await parts.commands.carryOut(actor, { command: `line ${verb}`, args: { id } });
        return value(fullLine(parts, parts.desk.registry.book.get(id) ?? before));
      }),
  });
}

function renewing(parts: OperatorParts) {
  return operatorOperation({
    ...TO_CHANGE,
    id: 'renewSecret',
    method: 'POST',
    path: '/lines/{id}/secret',
    summary: 'Gives the line a new secret, told this once; the agent with the old one is put out',
    params: OneLine,
    body: NewSecret,
    answers: { 200: LineWithSecret },
    run: ({ caller: { actor }, params, body: { secret = null } }) =>
      withLine(parts, params.id, async ({ id, line: { domain, names } }) => {
        const renewed = await parts.commands.carryOut(actor, {
          command: 'line secret',
          args: { id, secret },
        });
        return value({ domain, names, ...fieldsOf(renewed) });
      }),
  });
}
