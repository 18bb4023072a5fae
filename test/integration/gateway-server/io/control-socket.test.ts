import { existsSync, linkSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  callGateway,
  controlSocketOf,
  mustBeFree,
  openControlSocket,
} from '../../../../gateway-server/io/control-socket.ts';
import { AuditedCommands } from '../../../../gateway-server/operator/audited.ts';
import { ApiClient } from '../../../support/api-client.ts';
import { ConsoleLab } from '../../../support/console-lab.ts';
import { Operator } from '../../../support/operator.ts';

test('a command is carried out and answered, and a refusal comes back as its sentence', async () => {
  const path = await opened(await Operator.at({ lines: ['alice'] }));
  expect(await callGateway(path, { command: 'line show', args: { id: 'alice' } })).toMatchObject({
    result: { id: 'alice', state: 'unknown' },
  });
  await expect(callGateway(path, { command: 'line show', args: { id: 'bob' } })).rejects.toThrow(
    'there is no line "bob": see "porchlight-gateway line list"',
  );
});

test('commands that come at once are carried out one after the other', async () => {
  const operator = await Operator.at();
  const path = await opened(operator);
  const add = { command: 'line add', args: { id: 'alice' } };
  const answers = await Promise.allSettled(Array.from({ length: 5 }, () => callGateway(path, add)));
  expect(answers.map(({ status }) => status).sort()).toEqual([
    ...['fulfilled', 'rejected', 'rejected', 'rejected', 'rejected'],
  ]);
  expect((await operator.lab.store.load()).lines).toHaveLength(1);
});

test('commands of the socket, the console and the API take turns, and each is noted with who gave it', async () => {
  const lab = await ConsoleLab.open();
  const path = newPath();
  const socket = await openControlSocket(path, lab.api.commands);
  onTestFinished(() => socket.close());
  const { secret, account } = await lab.api.operatorToken();
  const api = new ApiClient(lab.api, 'console', secret);
  const args = { id: 'carol' };
  await Promise.allSettled([
    callGateway(path, { command: 'line add', args }, 'command line of root'),
    callGateway(path, { command: 'line add', args }),
    lab.post('/add', { id: 'carol', names: '' }),
    api.post('/lines', { id: 'carol' }),
  ]);
  expect(await noted(lab, 'carol')).toHaveLength(1);
  await callGateway(path, { command: 'line suspend', args }, 'command line of root');
  await callGateway(path, { command: 'line resume', args });
  await lab.post('/lines/carol/suspend', {});
  await api.post('/lines/carol/resume');
  expect((await noted(lab, 'carol')).slice(1)).toEqual([
    ['command line of root', 'line suspend'],
    ['control socket', 'line resume'],
    ['the-admin', 'line suspend'],
    [`token test of ${account.login}`, 'line resume'],
  ]);
});

test('only the gateway’s user may open the socket, from its first moment on', async () => {
  const path = await opened(await Operator.at());
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('where nobody listens there is no gateway', async () => {
  const path = newPath();
  expect(await callGateway(path, { command: 'status', args: {} })).toBeNull();
  await mustBeFree(path);
});

test('a second gateway is told that there is a first one', async () => {
  const operator = await Operator.at();
  const path = await opened(operator);
  await expect(openControlSocket(path, commandsOf(operator))).rejects.toThrow(
    `another gateway is serving already: it holds ${path}`,
  );
  expect(await callGateway(path, { command: 'announcements', args: {} })).toEqual({ result: [] });
});

test('a socket that a killed gateway left is replaced', async () => {
  const path = newPath();
  // what kill -9 leaves: a socket that nobody listens on
  await abandonedSocket(path);
  expect(existsSync(path)).toBe(true);
  expect(await callGateway(path, { command: 'status', args: {} })).toBeNull();
  await opened(await Operator.at(), path);
  expect(await callGateway(path, { command: 'announcements', args: {} })).toEqual({ result: [] });
});

test('a folder too deep for a socket is told as that, before anything is opened', async () => {
  const path = controlSocketOf(join(tmpdir(), 'x'.repeat(100)));
  await expect(mustBeFree(path)).rejects.toThrow('choose a shorter data_dir');
});

test('closing takes the socket away', async () => {
  const path = newPath();
  const socket = await openControlSocket(path, commandsOf(await Operator.at()));
  await socket.close();
  expect(existsSync(path)).toBe(false);
});

test.each(['', 'no json', '[]', '{"command":7}', '{"command":"status","more":1}'])(
  'a body such as %j is answered with an error and the next command is carried out',
  async (body) => {
    const path = await opened(await Operator.at());
    expect(await rawPost(path, body)).toMatch(/^\{"error":".+"\}$/);
    expect(await callGateway(path, { command: 'announcements', args: {} })).toEqual({ result: [] });
  },
);

test('a gateway that breaks off in the middle is told as that', async () => {
  const path = newPath();
  const rude = createServer((socket) => socket.once('data', () => socket.destroy())).listen(path);
  onTestFinished(() => void rude.close());
  await expect(callGateway(path, { command: 'status', args: {} })).rejects.toThrow(
    'broke off before it answered',
  );
});

async function opened(operator: Operator, path = newPath()): Promise<string> {
  const socket = await openControlSocket(path, commandsOf(operator));
  onTestFinished(() => socket.close());
  return path;
}

function commandsOf({ desk }: Operator): AuditedCommands {
  return new AuditedCommands({ desk, audit: desk.house.audit });
}

/** Oldest first. */
async function noted(lab: ConsoleLab, subject: string) {
  const entries = await lab.api.house.audit.entries({ before: null, most: 10, subject });
  return entries.toReversed().map(({ actor, action }) => [actor, action]);
}

function newPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-control-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return controlSocketOf(folder);
}

/** Node takes its socket away with the server, unless there is another name for it. */
async function abandonedSocket(path: string): Promise<void> {
  const first = `${path}.first`;
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(first, resolve));
  linkSync(first, path);
  await new Promise((resolve) => server.close(resolve));
}

function rawPost(socketPath: string, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, method: 'POST' }, (reply) => {
      let text = '';
      reply.on('data', (chunk) => {
        text += chunk;
      });
      reply.on('end', () => resolve(text));
    });
    call.on('error', reject).end(body);
  });
}
