import { existsSync, unlinkSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { umask } from 'node:process';
import { nullable, optional, read, scalar, table, text } from '../../runtime/shape.ts';
import type { CommandCall } from '../operator/commands.ts';
import { CommandError } from '../operator/desk.ts';

/** The operator's commands over HTTP on a Unix socket that only the gateway's user may open. */

const MOST_BYTES = 64 * 1024 * 1024;
const ANSWER_MS = 60_000;
/** What the kernel has room for in a socket's address, less the final zero (unix(7)). */
const LONGEST_PATH_BYTES = 107;
const CALL = table({
  command: text('a command', (raw) => raw),
  args: scalar('arguments', (raw) => raw ?? {}),
  by: optional(
    nullable(text('a name', (raw) => (/^[\x21-\x7e][\x20-\x7e]{0,79}$/.test(raw) ? raw : undefined))),
    null,
  ),
});
/** Whoever does not say who it is; the socket opens for the gateway's own user and root alone. */
const SOMEBODY = 'control socket';

/** Whom the socket hands commands to; they take their turn with those of the console and the API. */
interface Commands {
  carryOut(actor: string, call: CommandCall): Promise<unknown>;
}

/** Where commands reach the gateway that works in this folder. */
export function controlSocketOf(dataDir: string): string {
  return join(dataDir, 'control.sock');
}

export interface ControlSocket {
  close(): Promise<void>;
}

/** Somebody else uses this gateway's folder, or it is of no use for a socket. */
class ControlSocketError extends Error {
  override readonly name = 'ControlSocketError';
}

/**
 * Takes the socket's place, also of one that a killed gateway has left; throws ControlSocketError when another gateway serves.
 * What is asked waits until there is somebody to carry it out: nothing goes to the store behind the back of a gateway that is starting.
 */
export async function openControlSocket(
  path: string,
  commands: Commands | Promise<Commands>,
): Promise<ControlSocket> {
  await mustBeFree(path);
  if (existsSync(path)) unlinkSync(path);
  const server = createServer((incoming, outgoing) => {
    void bodyOf(incoming)
      .then(async (body) => answer(await commands, body))
      .then(({ status, body }) => {
        outgoing.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      })
      .catch(() => incoming.destroy());
  });
  await listening(server, path);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Throws ControlSocketError when a gateway holds the socket already. */
export async function mustBeFree(path: string): Promise<void> {
  if (Buffer.byteLength(path) > LONGEST_PATH_BYTES) {
    throw new ControlSocketError(`${path} is too long for a socket: choose a shorter data_dir`);
  }
  if (await isHeld(path))
    throw new ControlSocketError(`another gateway is serving already: it holds ${path}`);
}

/** Has the running gateway carry out a command; null when none is running. Throws CommandError when it refuses. */
export async function callGateway(
  path: string,
  call: CommandCall,
  by: string | null = null,
): Promise<{ readonly result: unknown } | null> {
  if (!existsSync(path)) return null;
  const reply = await post(path, JSON.stringify({ ...call, by }));
  if (reply === null) return null;
  const { error, result } = JSON.parse(reply) as { readonly error?: string; readonly result?: unknown };
  if (error !== undefined) throw new CommandError(error);
  return { result };
}

/** From its first moment on nobody else may open the socket. */
async function listening(server: Server, path: string): Promise<void> {
  const before = umask(0o177);
  try {
    // the socket is made before listen() returns
    const isListening = new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(path, resolve);
    });
    umask(before);
    await isListening;
  } finally {
    umask(before);
  }
}

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw new CommandError('too much at once');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

async function answer(commands: Commands, body: string): Promise<{ status: number; body: unknown }> {
  try {
    const call = read(CALL, JSON.parse(body));
    if (call.kind === 'wrong') return { status: 400, body: { error: 'not a command' } };
    const { by, ...asked } = call.value;
    const result = await commands.carryOut(by ?? SOMEBODY, asked);
    return { status: 200, body: { result: result ?? null } };
  } catch (error) {
    return { status: 409, body: { error: error instanceof Error ? error.message : String(error) } };
  }
}

/** True when somebody listens, be it one that is too busy to answer. */
function isHeld(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', (error) => (isNobody(error) ? resolve(false) : reject(error)));
  });
}

/** The reply's body; null when nobody listens any more. */
function post(socketPath: string, body: string): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, method: 'POST', path: '/', timeout: ANSWER_MS }, (reply) => {
      let reading = '';
      reply.setEncoding('utf8').on('data', (chunk) => {
        reading += chunk;
      });
      reply.on('end', () => resolve(reading));
      reply.on('error', () => reject(brokenOff()));
    });
    call.on('timeout', () => {
      reject(new CommandError(`the gateway has not answered for ${ANSWER_MS / 1_000} s: is it stopped?`));
      call.destroy();
    });
    call.on('error', (error: NodeJS.ErrnoException) => {
      if (isNobody(error)) resolve(null);
      else reject(error.code === 'EACCES' ? notAllowed() : brokenOff());
    });
    call.end(body);
  });
}

function isNobody({ code }: NodeJS.ErrnoException): boolean {
  return code === 'ECONNREFUSED' || code === 'ENOENT';
}

function notAllowed(): CommandError {
  return new CommandError("no permission to talk to the gateway: use the gateway's own user, or root");
}

function brokenOff(): CommandError {
  return new CommandError(
    'the gateway broke off before it answered: look whether the command was carried out',
  );
}
