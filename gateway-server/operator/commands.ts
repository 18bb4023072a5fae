import {
  flag,
  integer,
  list,
  nullable,
  optional,
  read,
  type Shape,
  table,
  text,
} from '../../runtime/shape.ts';
import { zoneFile } from '../zone/zone-file.ts';
import { accountCommand } from './account-commands.ts';
import { CommandError, type Desk } from './desk.ts';
import { explain } from './explain.ts';
import {
  addLine,
  exportLines,
  importLines,
  listLines,
  messagesFor,
  removeLine,
  renewSecret,
  resumeLine,
  setWords,
  showLine,
  suspendLine,
} from './line-commands.ts';
import { pageCommand } from './page-commands.ts';
import { statusOf } from './status.ts';
import { checkZone } from './zone-check.ts';

/** One thing the operator can ask for, over the control socket or from the command line. */
export interface CommandCall {
  readonly command: string;
  readonly args: unknown;
}

type Run = (desk: Desk, args: unknown) => unknown;

const anyText = text('a text', (raw) => raw);
const words = text('a text of at most 2000 characters', (raw) => (raw.length <= 2_000 ? raw : undefined));
const secret = optional(nullable(anyText), null);
const request = {
  id: anyText,
  domain: optional(nullable(anyText), null),
  hasDomain: optional(flag, true),
  names: optional(list(anyText), []),
  words: optional(words, ''),
  secret,
};
const importRow = {
  ...request,
  row: integer(1, Number.MAX_SAFE_INTEGER),
  secretHash: optional(nullable(anyText), null),
  suspended: optional(flag, false),
};
const id = table({ id: anyText });

const COMMANDS: ReadonlyMap<string, Run> = new Map([
  ['line add', command(table(request), (desk, args) => addLine(desk, args, args.secret))],
  ['line list', command(table({}), listLines)],
  ['line show', command(id, (desk, args) => showLine(desk, args.id))],
  ['line remove', command(id, (desk, args) => removeLine(desk, args.id))],
  ['line suspend', command(id, (desk, args) => suspendLine(desk, args.id))],
  ['line resume', command(id, (desk, args) => resumeLine(desk, args.id))],
  [
    'line secret',
    command(table({ id: anyText, secret }), (desk, args) => renewSecret(desk, args.id, args.secret)),
  ],
  ['line messages', command(id, (desk, args) => messagesFor(desk, args.id))],
  ['line words', command(table({ id: anyText, words }), (desk, args) => setWords(desk, args.id, args.words))],
  [
    'line import',
    command(table({ rows: list(table(importRow)) }), (desk, args) => importLines(desk, args.rows)),
  ],
  ['line export', command(table({}), exportLines)],
  ['announce', command(table({ text: anyText }), announce)],
  ['announcements', command(table({}), (desk) => desk.announcements.current)],
  ['status', command(table({}), statusOf)],
  ['explain', command(table({ name: anyText }), (desk, args) => explain(desk, args.name))],
  ['zone print', command(table({}), (desk) => ({ text: zoneFile(desk.registry.zone) }))],
  ['zone check', command(table({}), checkZone)],
  ['brake release', command(table({}), releaseBrake)],
]);

/** Carries one command out; throws CommandError with a sentence when it cannot. */
export async function carryOut(desk: Desk, { command: name, args }: CommandCall): Promise<unknown> {
  const run = COMMANDS.get(name) ?? pageCommand(name) ?? accountCommand(name);
  if (!run) throw new CommandError(`there is no command "${name}"`);
  return run(desk, args);
}

function command<A>(shape: Shape<A>, run: (desk: Desk, args: A) => unknown): Run {
  return (desk, args) => {
    const reading = read(shape, args);
    if (reading.kind === 'read') return run(desk, reading.value);
    const [mistake] = reading.mistakes;
    throw new CommandError(
      mistake ? `${mistake.key} = ${mistake.found}: give ${mistake.expected}` : 'wrong arguments',
    );
  };
}

async function announce(
  { announcements }: Desk,
  { text: words }: { readonly text: string },
): Promise<unknown> {
  const result = await announcements.announce(words);
  if ('problem' in result) throw new CommandError(result.problem);
  return result;
}

function releaseBrake({ registry }: Desk): unknown {
  const wasOn = registry.brake.isOn;
  registry.brake.release();
  return { wasOn, brake: registry.brake.isOn };
}
