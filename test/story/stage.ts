import type { Agent } from '../support/lab/agent.ts';
import type { Gateway } from '../support/lab/gateway.ts';

/** A place to play the demo's story in: alice's home, the provider, and a visitor. */
export interface Stage {
  /** What is real here, a line each. */
  readonly about: readonly string[];
  readonly gateway: Gateway;
  readonly agent: Agent;
  /** The visitor's commands. */
  readonly lookUp: string;
  readonly openPage: string;
  readonly sendMessage: string;
  /** How the line falls silent here. */
  readonly cutStory: string;

  /** Alice's router gets its first lease. */
  dial(): Promise<string>;
  /** The provider renumbers: her router is leased another address. */
  moveAway(): Promise<string>;
  cut(): Promise<void>;
  mend(): Promise<void>;
  /** Runs one of the visitor's commands and gives what it printed. */
  visitor(command: string): Promise<string>;
  /** Puts the filled-in form where `sendMessage` takes it from. */
  fillForm(fields: Readonly<Record<string, string>>): void;
  close(): Promise<void>;
}

export const NAME = 'alice.mwebpages.test';
export const HOME_PAGE = "<title>Hello from Alice's own web server</title>";
/** The status line and the title are enough of a page to see who answers. */
export const GIST = "grep -oE '^HTTP.*|<title>.*'";
export const RECEIPT = "grep -o 'Your message is kept.'";

/** As curl's --data @FILE wants it. */
export function urlEncoded(fields: Readonly<Record<string, string>>): string {
  return new URLSearchParams(fields).toString();
}
