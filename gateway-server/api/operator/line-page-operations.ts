import type { LineId } from '../../../protocol/line-id.ts';
import type { LineRecord } from '../../line/line-book.ts';
import { fieldsOf } from '../../operator/answer-fields.ts';
import { problem, value } from '../operation.ts';
import { TakeDown } from '../schema/gateway.ts';
import { FullLine, PortalLink, Rehearsal } from '../schema/line.ts';
import { timeOf } from '../schema/scalars.ts';
import { fullLine } from './line-value.ts';
import {
  OneLine,
  type OperatorOperation,
  type OperatorParts,
  operatorOperation,
  withLine,
} from './operator-caller.ts';

const TO_CHANGE = { topic: 'lines', scopes: ['lines:write'], params: OneLine } as const;

/** What the gateway shows in a line's place, and the owner's way to it. */
export function linePageOperations(parts: OperatorParts): readonly OperatorOperation[] {
  return [takingDown(parts), puttingBack(parts), rehearsing(parts), linking(parts)];
}

function takingDown(parts: OperatorParts) {
  return operatorOperation({
    ...TO_CHANGE,
    id: 'takePageDown',
    method: 'PUT',
    path: '/lines/{id}/take-down',
    summary: 'Shows nothing of the owner any more, until it is put back',
    body: TakeDown,
    answers: { 200: FullLine },
    run: ({ caller, params, body: { why } }) => changed(parts, caller.actor, params.id, why),
  });
}

function puttingBack(parts: OperatorParts) {
  return operatorOperation({
    ...TO_CHANGE,
    id: 'putPageBack',
    method: 'DELETE',
    path: '/lines/{id}/take-down',
    summary: "Shows the owner's page again",
    answers: { 200: FullLine },
    run: ({ caller, params }) => changed(parts, caller.actor, params.id, null),
  });
}

async function changed(parts: OperatorParts, actor: string, line: string, why: string | null) {
  const change = async (record: LineRecord & { readonly id: LineId }) => {
    const { id } = record;
    const call =
      why === null
        ? { command: 'page put-back', args: { id } }
        : { command: 'page take-down', args: { id, why } };
    await parts.commands.carryOut(actor, call);
    return value(fullLine(parts, record));
  };
  return withLine(parts, line, change, 507);
}

function rehearsing(parts: OperatorParts) {
  return operatorOperation({
    ...TO_CHANGE,
    id: 'beginRehearsal',
    method: 'POST',
    path: '/lines/{id}/rehearsal',
    summary: 'For two minutes visitors get what they get when the line is off',
    answers: { 200: Rehearsal },
    run: ({ caller: { actor }, params }) => {
      const begin = async ({ id }: { readonly id: LineId }) => {
        await parts.commands.carryOut(actor, { command: 'drill', args: { id } });
        const until = parts.house.stage.until(id);
        return until === null
          ? problem(409, 'The rehearsal is over already.')
          : value({ until: timeOf(until) });
      };
      return withLine(parts, params.id, begin, 409);
    },
  });
}

function linking(parts: OperatorParts) {
  return operatorOperation({
    ...TO_CHANGE,
    id: 'makePortalLink',
    method: 'POST',
    path: '/lines/{id}/portal-link',
    summary: 'A link that opens the portal for the owner, once',
    answers: { 200: PortalLink },
    run: ({ caller: { actor }, params }) => {
      const make = async ({ id }: { readonly id: LineId }) => {
        const made = await parts.commands.carryOut(actor, { command: 'line portal', args: { id } });
        const { url } = fieldsOf(made);
        return value({ url });
      };
      return withLine(parts, params.id, make, 409);
    },
  });
}
