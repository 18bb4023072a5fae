import process from 'node:process';
import { systemClock } from '../runtime/clock.ts';
import { type Logger, lineLogger } from '../runtime/log.ts';
import { RELOAD, runAgent } from './agent.ts';
import { type RunCommand, readCommandLine } from './command-line.ts';
import { gatewayText } from './gateway-url.ts';
import { checkCommand, complain, leasesCommand, print, statusCommand } from './io/commands.ts';
import { InterfaceWatch } from './io/interface-watch.ts';
import { watchLeaseFile } from './io/lease-file.ts';
import { mqttBroker } from './io/mqtt-broker.ts';
import { type ReadySettings, readSettings, SettingsError, settingsPath } from './io/settings-file.ts';
import { StatusFile } from './io/status-file.ts';
import type { WanWatch } from './lease-watch.ts';
import type { WanSettings } from './settings.ts';
import { StatusBoard } from './status.ts';
import { Story } from './story.ts';
import { AGENT_VERSION } from './version.ts';
import { wanWatch } from './wan-watch.ts';

const FAILED = 1;
const WRONG_USAGE = 2;
const CONNECT_MS = 5_000;

/** Runs the agent until SIGTERM or SIGINT, and anew with other settings at SIGHUP. */
async function runCommand({ config, logLevel }: RunCommand): Promise<number> {
  const path = await settingsPath(config);
  let settings = await readSettings(path);
  const stop = new AbortController();
  let reload = new AbortController();
  const logOf = ({ logLevel: set }: ReadySettings) =>
    lineLogger(systemClock, (line) => process.stderr.write(line), logLevel ?? set);
  process.on('SIGTERM', () => stop.abort());
  process.on('SIGINT', () => stop.abort());
  process.on('SIGHUP', () => {
    readSettings(path).then(
      (fresh) => {
        settings = fresh;
        reload.abort(RELOAD);
      },
      (error: unknown) =>
        logOf(settings).error('settings are wrong, the old ones stay', { why: wordsFor(error) }),
    );
  });
  while (!stop.signal.aborted) {
    reload = new AbortController();
    await runWith(settings, logOf(settings), AbortSignal.any([stop.signal, reload.signal]));
  }
  return 0;
}

/** Builds the real parts around the core, and lets them go when it has ended. */
async function runWith(settings: ReadySettings, log: Logger, signal: AbortSignal): Promise<void> {
  const clock = systemClock;
  const { ready, gateway, ca, client } = settings;
  const statusFile = new StatusFile(settings.statusFile, log);
  const about = {
    version: AGENT_VERSION,
    line: ready.line,
    domain: ready.domain,
    gateway: gatewayText(gateway),
  };
  const board = new StatusBoard(clock, about, (status) => statusFile.show(status));
  const over = new AbortController();
  const watch = watchWan(settings.wan, log, over.signal);
  const broker = mqttBroker({ gateway, ca, client, clock, connectMs: CONNECT_MS });
  const story = new Story(clock, log, board);
  log.info('agent starts', about);
  await runAgent({ identity: ready, watch, broker, story, clock, log, random: Math.random }, signal);
  over.abort();
  await statusFile.flush();
}

/** Lets the core see the interfaces and the lease file; of several interfaces it uses the best one that can be used. */
function watchWan(wan: WanSettings, log: Logger, signal: AbortSignal): WanWatch {
  const clock = systemClock;
  const links = new Map<string, InterfaceWatch>();
  const refresh = (name: string) => links.get(name)?.refresh();
  const { watch, interfaceSeen, fileSeen } = wanWatch({ ...wan, clock, log, refresh }, signal);
  const ended = (error: unknown) => log.error('a watch ended', { why: String(error) });
  for (const name of wan.interfaces) {
    const link = new InterfaceWatch({ name, clock, log, seen: (seen) => interfaceSeen(name, seen) });
    links.set(name, link);
    link.run(signal).catch(ended);
  }
  if (wan.leaseFile !== null) {
    watchLeaseFile({ path: wan.leaseFile, clock, log, seen: fileSeen }, signal).catch(ended);
  }
  return watch;
}

function wordsFor(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Does what the words ask for, and gives the exit code. */
async function obey(words: readonly string[]): Promise<number> {
  const command = readCommandLine(words);
  switch (command.kind) {
    case 'run':
      return await runCommand(command);
    case 'status':
      return await statusCommand(command);
    case 'check':
      return await checkCommand(command);
    case 'leases':
      return await leasesCommand(command);
    case 'help':
      print(command.text);
      return 0;
    case 'version':
      print(AGENT_VERSION);
      return 0;
    case 'wrong':
      complain(command.why);
      return WRONG_USAGE;
  }
}

/** Not awaited here: a single binary of Node's starts CommonJS, which cannot wait at its top. */
export const ended: Promise<void> = obey(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    complain(wordsFor(error));
    process.exitCode = error instanceof SettingsError ? WRONG_USAGE : FAILED;
  },
);
