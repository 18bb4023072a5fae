import type { EpochSeconds } from './lease.ts';
import { type Problems, quoted } from './problems.ts';
import { linesOf } from './text-lines.ts';

/** What a hook script was told: NAME=VALUE lines as `env` writes them, or as `set` and `export` do, in quotes. */
export interface HookEnvironment {
  readonly values: ReadonlyMap<string, string>;
  /** When the hook ran, where the file says so. */
  readonly ranAt: EpochSeconds | null;
  /** The event, where one of the values tells it. */
  readonly event: string | null;
  /** The first comment. */
  readonly note: string;
  readonly lineOf: (name: string) => number;
}

/** An address at the very end, without a line feed, may be half of one that is being written: it counts for nothing. */
const ADDRESS =
  /^(ip|ipv6|ipv6prefix|(new_)?ip6?_(address|prefix)|IPLOCAL|PPP_LOCAL|(RA_)?ADDRESSES|PREFIXES)$/;

export function parseEnvironment(text: string, problems: Problems): HookEnvironment {
  const values = new Map<string, string>();
  const lines = new Map<string, number>();
  let note = '';
  for (const { number, text: line, isWhole } of linesOf(text)) {
    const [, name, value = ''] = /^(?:export |declare -x )?([A-Za-z_][\w.]*)=(.*)$/.exec(line) ?? [];
    if (line.startsWith('#')) note ||= line;
    else if (name === undefined) problems.inLine(number, `${quoted(line)} is not NAME=VALUE`);
    else if (isWhole || !ADDRESS.test(name)) {
      values.set(name, unquoted(value));
      lines.set(name, number);
    }
  }
  return {
    values,
    ranAt: seconds(values.get('at') ?? /\bepoch=(\S+)/.exec(note)?.[1]),
    event: values.get('event') ?? values.get('reason') ?? null,
    note,
    lineOf: (name) => lines.get(name) ?? 1,
  };
}

/** The word that a first comment says the script was given: `argv[1]=bound`. */
export function wordOf({ note }: HookEnvironment, index: 1 | 2): string | undefined {
  return (index === 1 ? /\bargv\[1\]=(\S+)/ : /\bargv\[2\]=(\S+)/).exec(note)?.[1];
}

/** Whole seconds from "1795380443" or "1795380443.773". */
export function seconds(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,12}(\.\d+)?$/.test(text) ? Math.floor(Number(text)) : null;
}

function unquoted(text: string): string {
  return /^'(.*)'$/.exec(text)?.[1] ?? /^"(.*)"$/.exec(text)?.[1] ?? text;
}
