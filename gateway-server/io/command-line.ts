import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { getuid } from 'node:process';
import { Command, CommanderError, Option } from 'commander';
import { systemClock } from '../../runtime/clock.ts';
import { lineLogger } from '../../runtime/log.ts';
import { type AuthorityFiles, initAuthority, issueCertificate } from '../authority/io/authority-files.ts';
import { AuditedCommands } from '../operator/audited.ts';
import { CommandError } from '../operator/desk.ts';
import { parseCsvLines } from '../operator/line-csv.ts';
import { inProse } from '../operator/prose.ts';
import { SettingsError } from '../settings.ts';
import { GATEWAY_VERSION } from '../version.ts';
import { assemble, storeDesk } from './assembly.ts';
import { callGateway, controlSocketOf } from './control-socket.ts';
import { reasonOf } from './file-trouble.ts';
import { findSettingsFile, readSettingsAlone, readSettingsFile } from './settings-file.ts';

export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** A person looks at `err`. */
  readonly isInteractive: boolean;
}

type Call = (command: string, args?: object) => Promise<void>;

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
  const call: Call = async (command, args = {}) => {
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
  addLineCommands(program, call);
  addZoneCommands(program, call);
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

function addLineCommands(program: Command, call: Call): void {
  const line = program.command('line').description('add, show and change lines');
  line
    .command('add <id>')
    .description('add a line and print its secret, once')
    .option('--domain <name>', 'its domain (default: ID.ZONE)')
    .option('--names <labels>', 'extra names below the domain, as www,ftp,mail')
    .option('--no-domain', 'a line without domain service')
    .option('--words <text>', "the owner's own text on the page")
    .option('--secret-file <file>', 'take the secret from a file instead of drawing one')
    .action(async (id: string, options: AddOptions) => call('line add', { id, ...requestOf(options) }));
  line
    .command('list')
    .description('all lines')
    .action(() => call('line list'));
  for (const [name, description] of Object.entries(ONE_LINE)) {
    line
      .command(`${name} <id>`)
      .description(description)
      .action((id: string) => call(`line ${name}`, { id }));
  }
  line
    .command('secret <id>')
    .description('give a line a new secret and print it, once')
    .option('--secret-file <file>', 'take the secret from a file instead of drawing one')
    .action((id: string, { secretFile }: AddOptions) =>
      call('line secret', { id, secret: secretIn(secretFile) }),
    );
  line
    .command('messages <id>')
    .description('what visitors have left for a line')
    .action((id: string) => call('line messages', { id }));
  line
    .command('words <id> <text>')
    .description("set the owner's own text on the page")
    .action((id: string, words: string) => call('line words', { id, words }));
  line
    .command('import <file>')
    .description('add many lines from a CSV file, all or none')
    .action((file: string) => call('line import', { rows: parseCsvLines(readText(file)) }));
  line
    .command('export')
    .description('all lines as CSV, with hashes instead of secrets; import takes it')
    .action(() => call('line export'));
}

function addZoneCommands(program: Command, call: Call): void {
  program
    .command('announce <text>')
    .description('tell all subscribers')
    .action((text: string) => call('announce', { text }));
  program
    .command('announcements')
    .description('what is being announced')
    .action(() => call('announcements'));
  program
    .command('status')
    .description('how the gateway is')
    .action(() => call('status'));
  program
    .command('explain <name>')
    .description('why a name leads where it leads')
    .action((name: string) => call('explain', { name }));
  const zone = program.command('zone').description('the zone as it is served');
  zone
    .command('print')
    .description('print it as a zone file')
    .action(() => call('zone print'));
  zone
    .command('check')
    .description('check that every name is in its place')
    .action(() => call('zone check'));
  program
    .command('drill <id>')
    .description('show for two minutes what visitors see when a line is off')
    .action((id: string) => call('drill', { id }));
  const page = program.command('page').description("what a line's page shows");
  page
    .command('take-down <id> <why>')
    .description("show nothing of the owner's any more")
    .action((id: string, why: string) => call('page take-down', { id, why }));
  page
    .command('put-back <id>')
    .description('show it again')
    .action((id: string) => call('page put-back', { id }));
  addAccountCommands(program, call);
  const brake = program.command('brake').description('the mass-outage brake');
  brake
    .command('release')
    .description('say that the silent lines really are off')
    .action(() => call('brake release'));
}

/** The self-made certificate authority, for demos, labs and providers without another one: `data_dir/ca` unless told otherwise. */
function addAuthorityCommands(
  program: Command,
  settingsFile: () => string,
  tell: (answer: object, words: string) => void,
): void {
  const ca = program
    .command('ca')
    .description('a certificate authority of your own, for HTTPS without another one');
  const told = (files: AuthorityFiles) =>
    tell(
      files,
      [
        `certificate  ${files.certFile}`,
        `key          ${files.keyFile}`,
        `for          ${files.names.join(', ')}`,
        `until        ${new Date(files.notAfter).toISOString().slice(0, 10)}`,
        '',
        `Name the two as cert_file and key_file. Devices that shall trust them need ${files.caFile}.`,
      ].join('\n'),
    );
  const wish = ({ dir, names }: { dir?: string; names?: string }) => {
    const { data_dir, zone } = readSettingsAlone(settingsFile());
    const extra = names === undefined ? null : names.split(',').filter((name) => name !== '');
    return { dir: dir ?? join(data_dir, 'ca'), zone: zone.name, names: extra, now: systemClock.now() };
  };
  ca.command('init')
    .description('make an authority and a certificate for the zone and all names in it')
    .option('--dir <folder>', 'where (default: ca in the data folder)')
    .option('--names <names>', 'further names, as *.alice.example.net,192.0.2.1')
    .action(async (options: { dir?: string; names?: string }) => {
      const { names, ...rest } = wish(options);
      told(await initAuthority({ ...rest, names: names ?? [] }));
    });
  ca.command('issue')
    .description('renew the certificate; for other names when they are given')
    .option('--dir <folder>', 'where (default: ca in the data folder)')
    .option('--names <names>', 'further names instead of those that it has')
    .action(async (options: { dir?: string; names?: string }) => told(await issueCertificate(wish(options))));
}

function addAccountCommands(program: Command, call: Call): void {
  const account = program.command('account').description('who may use the console');
  account
    .command('add <name>')
    .description('add somebody, and print a link with which to choose a password')
    .requiredOption('--role <role>', 'viewer looks, keeper changes lines, admin also accounts and tokens')
    .action((id: string, { role }: { role: string }) => call('account add', { id, role }));
  account
    .command('list')
    .description('all accounts')
    .action(() => call('account list'));
  account
    .command('role <name> <role>')
    .description('what somebody may do from now on')
    .action((id: string, role: string) => call('account role', { id, role }));
  account
    .command('link <name>')
    .description('a link that lets somebody in once, to choose a new password')
    .action((id: string) => call('account link', { id }));
  account
    .command('remove <name>')
    .description('remove somebody: sessions and tokens end at once')
    .action((id: string) => call('account remove', { id }));
}

const ONE_LINE = {
  show: 'all that is known of a line',
  remove: 'remove a line and its names',
  suspend: 'lead a line to the gateway, whatever its agent says',
  resume: 'end a suspension',
  portal: 'a link that lets the owner of a line into the portal, once',
};

interface AddOptions {
  readonly domain?: string | boolean;
  readonly names?: string;
  readonly words?: string;
  readonly secretFile?: string;
}

function requestOf({ domain, names, words, secretFile }: AddOptions) {
  return {
    hasDomain: domain !== false,
    domain: typeof domain === 'string' ? domain : null,
    names: (names ?? '').split(',').filter((name) => name !== ''),
    words: words ?? '',
    secret: secretIn(secretFile),
  };
}

function secretIn(file: string | undefined): string | null {
  return file === undefined ? null : readText(file).trim();
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CommandError(`cannot read ${file}: ${reasonOf(error)}`);
  }
}

/** By the running gateway; without one, on its store. */
async function carriedOut(settingsFile: string, command: string, args: object): Promise<unknown> {
  const settings = readSettingsFile(settingsFile);
  const answer = await callGateway(controlSocketOf(settings.data_dir), { command, args }, caller());
  if (answer) return answer.result;
  const log = lineLogger(systemClock, () => undefined);
  const assembly = await assemble(() => settings, log);
  try {
    const desk = storeDesk(assembly, log);
    const commands = new AuditedCommands({ desk, audit: desk.house.audit });
    const result = await commands.carryOut(caller(), { command, args });
    await assembly.registry.standings.flush();
    return result;
  } finally {
    await assembly.store.close();
  }
}

/** For the audit log; in a container an account may have a number and no name. */
function caller(): string {
  try {
    return `command line of ${userInfo().username}`;
  } catch {
    return `command line of uid ${getuid?.() ?? 'unknown'}`;
  }
}
