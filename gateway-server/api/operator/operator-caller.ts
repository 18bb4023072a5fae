import type { LineId } from '../../../protocol/line-id.ts';
import { parseLineId } from '../../../protocol/line-id.ts';
import type { LineRecord } from '../../line/line-book.ts';
import type { CommandCall } from '../../operator/commands.ts';
import { CommandError, type Desk } from '../../operator/desk.ts';
import type { House } from '../../web/house.ts';
import type { NewsFeed } from '../news-feed.ts';
import { type Operation, operation, problem, type Reply } from '../operation.ts';
import { closed, LineIdText } from '../schema/scalars.ts';

/** Somebody who holds a token of an operator. */
export interface OperatorCaller {
  /** For the audit log: `token NAME of LOGIN`. */
  readonly actor: string;
}

export type OperatorOperation = Operation<OperatorCaller>;

export const operatorOperation = operation<OperatorCaller>();

/** Carries out what the command line could ask for, in turn with whoever else does, and notes who asked. */
interface Commands {
  /** Throws CommandError with a sentence when it cannot. */
  carryOut(actor: string, call: CommandCall): Promise<unknown>;
}

export interface OperatorParts {
  readonly desk: Desk;
  readonly house: House;
  readonly commands: Commands;
  readonly news: NewsFeed;
}

const CANNOT_BE_DONE = 422;

export const OneLine = closed({ id: LineIdText });

/** Runs when the line is there; a command that cannot be carried out is told in its own words. */
export async function withLine(
  { desk }: Pick<OperatorParts, 'desk'>,
  id: string,
  run: (record: LineRecord & { readonly id: LineId }) => Promise<Reply>,
  refusedAs = CANNOT_BE_DONE,
): Promise<Reply> {
  const line = parseLineId(id);
  const record = line && desk.registry.book.get(line);
  return line && record ? orRefusal(() => run({ id: line, ...record }), refusedAs) : noLine(id);
}

function noLine(id: string): Reply {
  return problem(404, `There is no line ${id}.`);
}

export async function orRefusal(run: () => Promise<Reply>, refusedAs = CANNOT_BE_DONE): Promise<Reply> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof CommandError) return problem(refusedAs, error.message);
    throw error;
  }
}
