import { getpid, kill, now } from 'host:os';
import { exit, getenviron } from 'host:std';
import { writeText } from './descriptors.ts';
import { onSignal } from './signals.ts';
import { successOf } from './system-error.ts';

/** As the engine gives it: the program's name and its arguments. */
declare const scriptArgs: readonly string[];

const [program = 'porchlight-agent', ...args] = scriptArgs;
const startedAt = now();

/** Node's process, as far as the agent, its MQTT client and its command line use it. */
export const process = {
  argv: [program, program, ...args],
  env: getenviron(),
  execArgv: [],
  execPath: program,
  exitCode: 0,
  pid: getpid(),
  platform: 'linux',
  version: 'v24.0.0',
  versions: { node: '24.0.0' },
  stdout: { write: (text: string) => writeText(1, text) === 0 },
  stderr: { write: (text: string) => writeText(2, text) === 0 },
  cwd: () => '/',
  emitWarning: () => undefined,
  exit,
  kill: (pid: number, signal: number) => successOf(kill(pid, signal), 'kill') === 0,
  nextTick: <A extends unknown[]>(run: (...args: A) => void, ...rest: A) => {
    void Promise.resolve().then(() => run(...rest));
  },
  on: onSignal,
  uptime: () => (now() - startedAt) / 1_000,
};
