import { LOG_LEVELS, type LogLevel } from '../runtime/log.ts';
import { LEASE_FORMATS, type LeaseFormat } from './lease/formats.ts';

export interface RunCommand {
  readonly kind: 'run';
  readonly config: string | undefined;
  /** Over the one in the settings. */
  readonly logLevel: LogLevel | undefined;
}

export interface ReportCommand {
  readonly kind: 'status' | 'check';
  readonly config: string | undefined;
  readonly json: boolean;
}

export interface LeasesCommand {
  readonly kind: 'leases';
  readonly file: string;
  readonly format: LeaseFormat | undefined;
  /** Epoch seconds; undefined for now. */
  readonly at: number | undefined;
  readonly json: boolean;
}

export type AgentCommand =
  | RunCommand
  | ReportCommand
  | LeasesCommand
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'version' }
  | { readonly kind: 'wrong'; readonly why: string };

const NAME = 'porchlight-agent';

const OPTIONS = {
  config: ['FILE', 'settings (default: $PORCHLIGHT_AGENT_CONFIG, ./agent.toml, /etc/porchlight/agent.toml)'],
  'log-level': [LOG_LEVELS.join('|'), 'over the one in the settings'],
  format: ['NAME', 'instead of the one that the content shows'],
  at: ['EPOCH', 'as of this time, not now'],
  json: [null, 'for scripts'],
} as const;

type OptionName = keyof typeof OPTIONS;

interface CommandShape {
  readonly about: string;
  readonly argument: string | null;
  readonly options: readonly OptionName[];
}

const COMMANDS: Readonly<Record<'run' | 'status' | 'check' | 'leases', CommandShape>> = {
  run: {
    about: 'run until stopped; SIGHUP reads the settings again',
    argument: null,
    options: ['config', 'log-level'],
  },
  status: {
    about: 'what the running agent says of the line',
    argument: null,
    options: ['config', 'json'],
  },
  check: {
    about: 'read the settings and everything that they name',
    argument: null,
    options: ['config', 'json'],
  },
  leases: {
    about: 'parse a lease file and say what was understood',
    argument: 'FILE',
    options: ['format', 'at', 'json'],
  },
};

/** What was given for each option; null for one that takes no value. */
type Given = ReadonlyMap<OptionName, string | null>;

/** Reads the words after the program's name. The four commands are read by hand: a library is larger than all lease parsers. */
export function readCommandLine([name, ...words]: readonly string[]): AgentCommand {
  if (name === '--version' || name === '-V') return { kind: 'version' };
  if (name === '--help' || name === '-h' || name === 'help') return { kind: 'help', text: helpText() };
  if (name === undefined) return wrong(`say what to do: ${Object.keys(COMMANDS).join(', ')}`);
  if (!isCommand(name)) return wrong(`"${name}" is no command: ${Object.keys(COMMANDS).join(', ')} are`);
  if (words.includes('--help') || words.includes('-h')) return { kind: 'help', text: commandHelp(name) };
  return readWords(name, words);
}

function readWords(name: keyof typeof COMMANDS, words: readonly string[]): AgentCommand {
  const given = new Map<OptionName, string | null>();
  const rest: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (!word.startsWith('-') || word === '-') {
      rest.push(word);
      continue;
    }
    const option = optionOf(name, word, words[at + 1]);
    if (typeof option === 'string') return wrong(option);
    given.set(option.name, option.value);
    if (option.isValueApart) at++;
  }
  return commandOf(name, rest, given);
}

interface GivenOption {
  readonly name: OptionName;
  readonly value: string | null;
  /** It was the word after the option. */
  readonly isValueApart: boolean;
}

/** `--name`, `--name value` or `--name=value`; what is wrong with it where it is none of the command's. */
function optionOf(
  command: keyof typeof COMMANDS,
  word: string,
  next: string | undefined,
): GivenOption | string {
  const [, name = '', inline] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
  if (!isOption(name) || !COMMANDS[command].options.includes(name))
    return `"${word}" is no option of ${command}: ${optionsOf(command)} are`;
  const [label] = OPTIONS[name];
  if (label === null)
    return inline === undefined ? { name, value: null, isValueApart: false } : `--${name} takes no value`;
  const value = inline ?? next;
  if (value === undefined) return `--${name} needs a value: --${name} ${label}`;
  return { name, value, isValueApart: inline === undefined };
}

function commandOf(name: keyof typeof COMMANDS, rest: readonly string[], given: Given): AgentCommand {
  const most = COMMANDS[name].argument === null ? 0 : 1;
  if (rest.length > most) return wrong(`"${rest[most]}" is one word too many for ${name}`);
  const config = given.get('config') ?? undefined;
  const json = given.has('json');
  if (name === 'leases') return leasesOf(rest[0], given, json);
  if (name !== 'run') return { kind: name, config, json };
  const level = given.get('log-level') ?? undefined;
  const logLevel = LOG_LEVELS.find((known) => known === level);
  if (level !== undefined && logLevel === undefined)
    return wrong(`--log-level "${level}": give one of ${LOG_LEVELS.join(', ')}`);
  return { kind: 'run', config, logLevel };
}

function leasesOf(file: string | undefined, given: Given, json: boolean): AgentCommand {
  if (file === undefined) return wrong('leases needs a file: leases FILE');
  const wanted = given.get('format') ?? undefined;
  const format = LEASE_FORMATS.find((known) => known === wanted);
  if (wanted !== undefined && format === undefined)
    return wrong(`--format "${wanted}": give one of ${LEASE_FORMATS.join(', ')}`);
  const epoch = given.get('at') ?? undefined;
  if (epoch !== undefined && !/^\d{1,12}$/.test(epoch))
    return wrong(`--at "${epoch}": give seconds since 1970`);
  return { kind: 'leases', file, format, at: epoch === undefined ? undefined : Number(epoch), json };
}

function wrong(why: string): AgentCommand {
  return { kind: 'wrong', why: `${why} (${NAME} --help tells more)` };
}

function isCommand(name: string): name is keyof typeof COMMANDS {
  return Object.hasOwn(COMMANDS, name);
}

function isOption(name: string): name is OptionName {
  return Object.hasOwn(OPTIONS, name);
}

function optionsOf(name: keyof typeof COMMANDS): string {
  return COMMANDS[name].options.map((option) => `--${option}`).join(', ');
}

function helpText(): string {
  const names = Object.keys(COMMANDS).filter(isCommand);
  const commands = names.map((name) => `  ${usageOf(name).padEnd(14)}${COMMANDS[name].about}`);
  return [
    `${NAME} keeps the name of this line on the address that the line holds`,
    '',
    'Commands:',
    ...commands,
    '',
    `${NAME} COMMAND --help tells the options; --version the version.`,
  ].join('\n');
}

function commandHelp(name: keyof typeof COMMANDS): string {
  const options = COMMANDS[name].options.map((option) => {
    const [label, about] = OPTIONS[option];
    return `  ${`--${option}${label === null ? '' : ` ${label}`}`.padEnd(36)}${about}`;
  });
  return [`${NAME} ${usageOf(name)}: ${COMMANDS[name].about}`, '', ...options].join('\n');
}

function usageOf(name: keyof typeof COMMANDS): string {
  const { argument } = COMMANDS[name];
  return argument === null ? name : `${name} ${argument}`;
}
