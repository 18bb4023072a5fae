import { Command, CommanderError, Option } from 'commander';
import { systemClock } from '../../runtime/clock.ts';
import { inProse } from '../operator/prose.ts';
import { SettingsError } from '../settings.ts';
import { GATEWAY_VERSION } from '../version.ts';
import { addAuthorityCommands } from './authority-commands.ts';
import { carriedOut } from './command-carrier.ts';
import { addOperatorCommands } from './operator-commands.ts';
import { findSettingsFile, readSettingsFile } from './settings-file.ts';

export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** A person looks at `err`. */
  readonly isInteractive: boolean;
}

/** Exit codes of both programs. */
const WELL = 0;
const FAILED = 1;
const WRONG_USAGE = 2;

/** Runs the command line; gives the exit code. `serve` is handed in by main, which owns the process. */
export async function runCommandLine(
  argv: readonly string[],
  terminal: Terminal,
  serve: (settingsFile: string) => Promise<void>,
): Promise<number> {
  const program = commandLine(terminal, serve);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return WELL;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? WELL : WRONG_USAGE;
    terminal.err(`${inWords(error)}\n`);
    return error instanceof SettingsError ? WRONG_USAGE : FAILED;
  }
}

/** What usually goes wrong with sockets, for people who do not know the system's codes. */
function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, syscall, address, port } = error as NodeJS.ErrnoException & {
    address?: string;
    port?: number;
  };
  const place = `${address}${port === undefined ? '' : ` port ${port}`}`;
  if (code === 'EADDRINUSE') return `cannot listen on ${place}: another program does`;
  if (code === 'EADDRNOTAVAIL') return `cannot listen on ${place}: this machine does not have the address`;
  if (code === 'EACCES' && (syscall === 'listen' || syscall === 'bind')) {
    return `not allowed to listen on ${place}: ports below 1024 need root or CAP_NET_BIND_SERVICE`;
  }
  return error.message;
}

function commandLine(terminal: Terminal, serve: (settingsFile: string) => Promise<void>): Command {
  const program = new Command('porchlight-gateway')
    .description('Gives every line one name that always answers.')
    .version(GATEWAY_VERSION)
    .option(
      '--config <file>',
      'settings (default: $PORCHLIGHT_CONFIG, ./gateway.toml, /etc/porchlight/gateway.toml)',
    )
    .option('--json', 'answers for scripts');
  const settingsFile = () => findSettingsFile(program.opts<{ config?: string }>().config);
  const isJson = () => program.opts<{ json?: boolean }>().json === true;
  const call = async (command: string, args: object = {}) => {
    const result = await withPatience(terminal, carriedOut(settingsFile(), command, args));
    const words = isJson() ? JSON.stringify(result, null, 2) : inProse(command, result, systemClock.now());
    terminal.out(`${words}\n`);
  };
  program
    .command('serve')
    .description('run the gateway')
    .action(() => serve(settingsFile()));
  // started by `serve` alone, for dns.workers
  program.command('dns-worker', { hidden: true }).action(async () => {
    const { runDnsWorker } = await import('../zone/io/dns-worker.ts');
    await runDnsWorker();
  });
  program
    .command('check')
    .description('check the settings file')
    .action(() => {
      const file = settingsFile();
      readSettingsFile(file);
      terminal.out(isJson() ? `${JSON.stringify({ file, settings: 'well' })}\n` : `${file} is well.\n`);
    });
  addAuthorityCommands(program, settingsFile, (answer, words) =>
    terminal.out(`${isJson() ? JSON.stringify(answer, null, 2) : words}\n`),
  );
  addOperatorCommands(program, call);
  for (const command of [
    program,
    ...program.commands,
    ...program.commands.flatMap(({ commands }) => commands),
  ]) {
    command
      .exitOverride()
      .configureOutput({ writeOut: terminal.out, writeErr: terminal.err })
      .showHelpAfterError(`(see ${fullName(command)} --help)`);
    if (command !== program) acceptCommonOptions(command, program);
  }
  return program;
}

function fullName(command: Command): string {
  return command.parent ? `${fullName(command.parent)} ${command.name()}` : command.name();
}

/** The two common options may stand before or after the command. */
function acceptCommonOptions(command: Command, program: Command): void {
  command
    .addOption(new Option('--config <file>', 'settings').hideHelp())
    .addOption(new Option('--json', 'answers for scripts').hideHelp());
  command.hook('preAction', () => {
    const { config, json } = command.opts<{ config?: string; json?: boolean }>();
    if (config !== undefined) program.setOptionValue('config', config);
    if (json) program.setOptionValue('json', true);
  });
}

const PATIENCE_MS = 1_000;

/** Tells a person who waits that the work goes on. */
async function withPatience<T>({ err, isInteractive }: Terminal, work: Promise<T>): Promise<T> {
  const done = new AbortController();
  const patience = systemClock.sleep(PATIENCE_MS, done.signal);
  patience.then(
    () => isInteractive && err('still at it, this may take a moment ...\n'),
    () => undefined,
  );
  try {
    return await work;
  } finally {
    done.abort();
  }
}
