import { oneOf, read, type Shape, table, text } from '../../runtime/shape.ts';
import { type Account, ROLES, type Role } from '../web/account.ts';
import { CommandError, type Desk } from './desk.ts';

/** Where operators' accounts are. */
type AccountDesk = Pick<Desk, 'house'>;
type Run = (desk: AccountDesk, args: unknown) => Promise<unknown>;

const id = text('a log-in name', (raw) => raw.trim().toLowerCase());
const role = oneOf(...ROLES);

const ACCOUNT_COMMANDS: ReadonlyMap<string, Run> = new Map([
  ['account add', command(table({ id, role }), (desk, args) => addAccount(desk, args.id, args.role))],
  ['account list', command(table({}), async (desk) => listAccounts(desk))],
  ['account remove', command(table({ id }), (desk, args) => removeAccount(desk, args.id))],
  ['account role', command(table({ id, role }), (desk, args) => changeRole(desk, args.id, args.role))],
  ['account link', command(table({ id }), async (desk, args) => linkFor(desk, args.id))],
]);

/** The command of that name; undefined when it is none about accounts. */
export function accountCommand(name: string): Run | undefined {
  return ACCOUNT_COMMANDS.get(name);
}

/** Somebody new at the console, who comes in by the link and then chooses a password. */
async function addAccount(desk: AccountDesk, login: string, wished: Role) {
  const consoleUrl = consoleOf(desk);
  const added = await desk.house.doorkeeper.addOperator(login, wished);
  if ('problem' in added) throw new CommandError(added.problem);
  return { id: login, role: wished, url: linkTo(desk, consoleUrl, added) };
}

/** One row an account, by name. */
function listAccounts({ house: { doorkeeper } }: AccountDesk) {
  const accounts = doorkeeper.operators().flatMap((account) =>
    account.kind === 'operator'
      ? [
          {
            id: account.login,
            role: account.role,
            hasPassword: account.passwordHash !== null,
            createdAt: account.createdAt,
          },
        ]
      : [],
  );
  return accounts.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** Its sessions and tokens end at once. */
async function removeAccount(desk: AccountDesk, login: string) {
  await desk.house.doorkeeper.removeAccount(accountCalled(desk, login).id);
  return { id: login, removed: true };
}

/** Counts from the next page or call on; tokens shrink with it. */
async function changeRole(desk: AccountDesk, login: string, next: Role) {
  await desk.house.doorkeeper.changeRole(accountCalled(desk, login).id, next);
  return { id: login, role: next };
}

/** Lets somebody in who has lost the password. */
function linkFor(desk: AccountDesk, login: string) {
  return { id: login, url: linkTo(desk, consoleOf(desk), accountCalled(desk, login)) };
}

function accountCalled({ house }: AccountDesk, login: string): Account {
  const account = house.doorkeeper.operators().find((one) => one.login === login);
  if (!account)
    throw new CommandError(`there is no account "${login}": see "porchlight-gateway account list"`);
  return account;
}

function consoleOf({ house: { consoleUrl } }: AccountDesk): string {
  if (consoleUrl === null) throw new CommandError('there is no console: set console.listen');
  return consoleUrl;
}

function linkTo({ house }: AccountDesk, consoleUrl: string, { id: account }: Account): string {
  return `${consoleUrl}/enter/${house.doorkeeper.operatorToken(account)}`;
}

function command<A>(shape: Shape<A>, run: (desk: AccountDesk, args: A) => Promise<unknown>): Run {
  return async (desk, args) => {
    const reading = read(shape, args);
    if (reading.kind === 'read') return run(desk, reading.value);
    const [mistake] = reading.mistakes;
    throw new CommandError(mistake ? `${mistake.key}: give ${mistake.expected}` : 'wrong arguments');
  };
}
