import { read, type Shape, table, text } from '../../runtime/shape.ts';
import { CommandError, type Desk, lineOf } from './desk.ts';

type Run = (desk: Desk, args: unknown) => Promise<unknown>;

const LONGEST_REASON = 300;

const id = text('a line id', (raw) => raw);
const why = text(`a reason of 1 to ${LONGEST_REASON} characters`, (raw) => {
  const words = raw.trim();
  return words !== '' && words.length <= LONGEST_REASON ? words : undefined;
});

/** What the operator can do about what a line shows to visitors, and about its owner. */
const PAGE_COMMANDS: ReadonlyMap<string, Run> = new Map([
  ['page take-down', command(table({ id, why }), (desk, args) => changePage(desk, args.id, args.why))],
  ['page put-back', command(table({ id }), (desk, args) => changePage(desk, args.id, null))],
  ['drill', command(table({ id }), (desk, args) => beginDrill(desk, args.id))],
  ['line portal', command(table({ id }), async (desk, args) => portalLink(desk, args.id))],
]);

/** The command of that name; undefined when it is none of these. */
export function pageCommand(name: string): Run | undefined {
  return PAGE_COMMANDS.get(name);
}

async function changePage(desk: Desk, asked: string, takenDown: string | null): Promise<unknown> {
  const { id: line } = lineOf(desk, asked);
  const keeping = await desk.house.shelf.keepPage(line, { takenDown });
  if (keeping !== 'kept') throw new CommandError('the gateway cannot keep this now: try again later');
  return { id: line, takenDown };
}

async function beginDrill(desk: Desk, asked: string): Promise<unknown> {
  const { id: line } = lineOf(desk, asked);
  const rehearsing = await desk.house.stage.begin(line);
  if (rehearsing.kind === 'not-live')
    throw new CommandError(`the line ${line} is not live now: there is nothing to rehearse`);
  return { id: line, until: rehearsing.until };
}

function portalLink(desk: Desk, asked: string): unknown {
  const { id: line } = lineOf(desk, asked);
  const { portalUrl, doorkeeper } = desk.house;
  if (portalUrl === null)
    throw new CommandError(
      'there is no portal: set answering.tls_listen, for owners log in over HTTPS alone',
    );
  return { id: line, url: `${portalUrl}/enter/${doorkeeper.ownerToken(line)}` };
}

function command<A>(shape: Shape<A>, run: (desk: Desk, args: A) => Promise<unknown>): Run {
  return async (desk, args) => {
    const reading = read(shape, args);
    if (reading.kind === 'read') return run(desk, reading.value);
    const [mistake] = reading.mistakes;
    throw new CommandError(mistake ? `give ${mistake.expected}` : 'wrong arguments');
  };
}
