import process from 'node:process';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { systemClock } from '../runtime/clock.ts';
import { LOG_LEVELS, type Logger, type LogLevel, lineLogger } from '../runtime/log.ts';
import { RELOAD, runAgent } from './agent.ts';
import { gatewayText } from './gateway-url.ts';
import {
  checkCommand,
  complain,
  type LeasesOptions,
  leasesCommand,
  type ReportOptions,
  statusCommand,
} from './io/commands.ts';
import { InterfaceWatch } from './io/interface-watch.ts';
import { watchLeaseFile } from './io/lease-file.ts';
import { mqttBroker } from './io/mqtt-broker.ts';
import { type ReadySettings, readSettings, SettingsError, settingsPath } from './io/settings-file.ts';
import { StatusFile } from './io/status-file.ts';
import { LEASE_FORMATS } from './lease/formats.ts';
import type { WanWatch } from './lease-watch.ts';
import type { WanSettings } from './settings.ts';
import { StatusBoard } from './status.ts';
import { Story } from './story.ts';
import { AGENT_VERSION } from './version.ts';
import { wanWatch } from './wan-watch.ts';

interface RunOptions {
  readonly config?: string;
  readonly logLevel?: LogLevel;
}

const FAILED = 1;
const WRONG_USAGE = 2;
const CONNECT_MS = 5_000;

/** Runs the agent until SIGTERM or SIGINT, and anew with other settings at SIGHUP. */
async function runCommand({ config, logLevel }: RunOptions): Promise<number> {
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

function program(finish: (code: number) => void): Command {
  const top = new Command('porchlight-agent')
    .description('keeps the name of this line on the address that the line holds')
    .version(AGENT_VERSION)
    .exitOverride();
  const config = () =>
    new Option(
      '--config <file>',
      'settings (default: $PORCHLIGHT_AGENT_CONFIG, ./agent.toml, /etc/porchlight/agent.toml)',
    );
  const json = () => new Option('--json', 'for scripts');
  top
    .command('run')
    .description('run until stopped; SIGHUP reads the settings again')
    .addOption(config())
    .addOption(new Option('--log-level <level>', 'over the one in the settings').choices(LOG_LEVELS))
    .action(async (options: RunOptions) => finish(await runCommand(options)));
  top
    .command('status')
    .description('what the running agent says of the line')
    .addOption(config())
    .addOption(json())
    .action(async (options: ReportOptions) => finish(await statusCommand(options)));
  top
    .command('check')
    .description('read the settings and everything that they name')
    .addOption(config())
    .addOption(json())
    .action(async (options: ReportOptions) => finish(await checkCommand(options)));
  top
    .command('leases')
    .description('parse a lease file and say what was understood')
    .argument('<file>')
    .addOption(
      new Option('--format <format>', 'instead of the one that the content shows').choices(LEASE_FORMATS),
    )
    .addOption(new Option('--at <epoch>', 'as of this time, not now').argParser(epochOf))
    .addOption(json())
    .action(async (file: string, options: LeasesOptions) => finish(await leasesCommand(file, options)));
  return top;
}

function epochOf(text: string): number {
  if (!/^\d{1,12}$/.test(text)) throw new InvalidArgumentError('Give seconds since 1970.');
  return Number(text);
}

function wordsFor(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Commander has told its own mistakes already. */
function codeFor(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE;
  complain(wordsFor(error));
  return error instanceof SettingsError ? WRONG_USAGE : FAILED;
}

try {
  await program((code) => {
    process.exitCode = code;
  }).parseAsync();
} catch (error) {
  process.exitCode = codeFor(error);
}
