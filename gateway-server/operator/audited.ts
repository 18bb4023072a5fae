import type { AuditLog } from './audit.ts';
import { type CommandCall, carryOut } from './commands.ts';
import type { Desk } from './desk.ts';

interface Parts {
  readonly desk: Desk;
  readonly audit: Pick<AuditLog, 'note'>;
}

type Fields = Readonly<Record<string, unknown>>;

/** Looking changes nothing; but what visitors wrote, and every line's hash, are worth a note. */
const ONLY_LOOKS = new Set([
  'account list',
  'line list',
  'line show',
  'announcements',
  'status',
  'explain',
  'zone print',
  'zone check',
]);
const LONGEST_DETAIL = 300;

/**
 * Carries commands out one after the other, and notes who asked for what. One for all who give commands: they look and
 * then act, and two of them side by side could give one name to two lines.
 */
export class AuditedCommands {
  readonly #parts: Parts;
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Throws CommandError with a sentence when it cannot; the note is on disk when it resolves. */
  async carryOut(actor: string, call: CommandCall): Promise<unknown> {
    const { desk } = this.#parts;
    if (ONLY_LOOKS.has(call.command)) return carryOut(desk, call);
    const turn = this.#last.then(() => this.#change(actor, call));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #change(actor: string, call: CommandCall): Promise<unknown> {
    const { desk, audit } = this.#parts;
    const answer = await carryOut(desk, call);
    const args = fieldsOf(call.args);
    const subject = typeof args['id'] === 'string' ? args['id'] : '';
    const detail = detailOf(call.command, args).slice(0, LONGEST_DETAIL);
    await audit.note({ actor, action: call.command, subject, detail });
    return answer;
  }
}

/** What was asked for, without any secret. */
function detailOf(command: string, args: Fields): string {
  if (command === 'line import') return `${Array.isArray(args['rows']) ? args['rows'].length : 0} lines`;
  if (command === 'line add') return String(args['domain'] ?? '');
  return String(args['why'] ?? args['text'] ?? args['words'] ?? '');
}

function fieldsOf(args: unknown): Fields {
  return typeof args === 'object' && args !== null ? { ...args } : {};
}
