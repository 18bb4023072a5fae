import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { CommandError } from '../operator/desk.ts';
import { parseCsvLines } from '../operator/line-csv.ts';
import { reasonOf } from './file-trouble.ts';

/** Has a command carried out and its answer told. */
type Call = (command: string, args?: object) => Promise<void>;

/** The words by which the operator asks for what the gateway can do. */
export function addOperatorCommands(program: Command, call: Call): void {
  addLineCommands(program, call);
  addZoneCommands(program, call);
  addPageCommands(program, call);
  addAccountCommands(program, call);
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
  const brake = program.command('brake').description('the mass-outage brake');
  brake
    .command('release')
    .description('say that the silent lines really are off')
    .action(() => call('brake release'));
}

function addPageCommands(program: Command, call: Call): void {
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
