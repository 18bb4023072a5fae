import { exit } from 'host:std';
import { process } from './node/process.ts';

/** Ends the program: the engine itself would go on waiting for whatever is still open. */
export function finish(): void {
  exit(process.exitCode);
}
