import type { EpochSeconds } from './lease.ts';

/** What a DHCP client's hook script was told: NAME=VALUE lines as `env` writes them, or as `set` does, in quotes. */
export interface HookEnvironment {
  readonly values: ReadonlyMap<string, string>;
  /** When the hook ran, where the file says so. */
  readonly at: EpochSeconds | null;
  /** The event, where it is not one of the values: udhcpc tells it as the script's argument. */
  readonly event: string | null;
}

/** An address at the very end, without a line feed, may be half of one that is being written: it counts for nothing. */
const HALF_ADDRESS = /(^|\n)(ip|new_ip6?_address)=[^\n]*$/;

export function parseEnvironment(text: string): HookEnvironment {
  const values = new Map<string, string>();
  let note = '';
  for (const raw of text.replace(HALF_ADDRESS, '').split('\n')) {
    const line = raw.replace(/\r$/, '');
    if (line.startsWith('#')) note ||= line;
    const pair = /^([A-Za-z_]\w*)=(.*)$/.exec(line);
    if (pair?.[1] !== undefined) values.set(pair[1], unquoted(pair[2] ?? ''));
  }
  return {
    values,
    at: seconds(values.get('at') ?? /\bepoch=(\S+)/.exec(note)?.[1]),
    event: values.get('event') ?? values.get('reason') ?? /\bargv\[1\]=(\S+)/.exec(note)?.[1] ?? null,
  };
}

/** Whole seconds from "1795380443" or "1795380443.773". */
export function seconds(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,12}(\.\d+)?$/.test(text) ? Math.floor(Number(text)) : null;
}

function unquoted(text: string): string {
  return /^'(.*)'$/.exec(text)?.[1] ?? /^"(.*)"$/.exec(text)?.[1] ?? text;
}
