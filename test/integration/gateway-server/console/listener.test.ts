import { once } from 'node:events';
import { get, type IncomingMessage, request } from 'node:http';
import { type RequestOptions, request as tlsRequest } from 'node:https';
import { connect, type Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { GatewayProgram } from '../../../support/gateway-program.ts';
import { ThrowawayCa } from '../../../support/throwaway-certificate.ts';

/** The program starts, and the console waits ten seconds for what does not come. */
const PATIENT = { timeout: 60_000 };

test(
  'over HTTPS the console answers as itself alone, and its cookie is bound to its host',
  PATIENT,
  async () => {
    const { gateway, url, ca } = await secureConsole();
    const asked = (options: RequestOptions, body = '') => answerOf(tlsRequest(url, { ca, ...options }), body);
    expect((await asked({ path: '/log-in' })).statusCode).toBe(200);
    expect((await asked({ path: '/log-in', headers: { host: 'localhost' } })).statusCode).toBe(421);
    const { url: link } = gateway.ask('account', 'add', 'mira', '--role', 'viewer') as { url: string };
    expect(link.startsWith(`${url.origin}/enter/`)).toBe(true);
    const entered = await asked({
      ...{ method: 'POST', path: new URL(link).pathname },
      headers: { origin: url.origin, 'content-length': 0 },
    });
    expect([entered.statusCode, entered.headers['set-cookie']]).toEqual([
      303,
      [
        expect.stringMatching(
          /^__Host-porchlight-console=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
        ),
      ],
    ]);
    const cookie = entered.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
    expect((await asked({ path: '/lines', headers: { cookie } })).statusCode).toBe(200);
  },
);

test(
  'nobody gets anything of it without HTTPS, nor with a version of TLS that is over',
  PATIENT,
  async () => {
    const { url, ca } = await secureConsole();
    const plain = get({ host: url.hostname, port: url.port, path: '/log-in' });
    await expect(once(plain, 'response')).rejects.toThrow(/hang up|ECONNRESET|Parse Error/);
    const old = tlsConnect({ host: url.hostname, port: Number(url.port), ca, maxVersion: 'TLSv1.1' });
    await expect(once(old, 'secureConnect')).rejects.toThrow();
  },
);

test(
  'whoever sends a request drop by drop is cut off in seconds, and nobody waits for that',
  PATIENT,
  async () => {
    const consoles = [await plainConsole(), await secureConsole()];
    await Promise.all(consoles.map(besiege));
  },
);

async function besiege({ url, ca }: Opened): Promise<void> {
  const at = { host: url.hostname, port: Number(url.port) };
  const sockets = Array.from({ length: 40 }, () => (ca ? tlsConnect({ ...at, ca }) : connect(at)));
  const began = performance.now();
  const ends = sockets.map((socket) => drip(socket));
  const ask = () => answerOf(ca ? tlsRequest(url, { ca }) : request(url));
  expect((await ask()).statusCode).toBe(303);
  expect(performance.now() - began).toBeLessThan(5_000);
  await Promise.all(ends);
  expect(performance.now() - began).toBeGreaterThan(5_000);
  expect(performance.now() - began).toBeLessThan(40_000);
  expect((await ask()).statusCode).toBe(303);
}

/** A header a second that never comes to its end; resolves when the connection is cut. */
async function drip(socket: Socket): Promise<void> {
  socket.on('error', () => undefined);
  socket.write('GET / HTTP/1.1\r\n');
  const dripping = setInterval(() => socket.write('x: y\r\n'), 1_000);
  onTestFinished(() => {
    clearInterval(dripping);
    socket.destroy();
  });
  await once(socket.resume(), 'close');
  clearInterval(dripping);
}

interface Opened {
  readonly gateway: GatewayProgram;
  readonly url: URL;
  /** Null for plain HTTP. */
  readonly ca: Buffer | null;
}

async function plainConsole(): Promise<Opened> {
  const gateway = new GatewayProgram();
  gateway.configure('', '[console]\nlisten = "127.0.0.1:0"\n');
  return { gateway, url: await urlOf(gateway), ca: null };
}

async function secureConsole(): Promise<Opened & { readonly ca: Buffer }> {
  const authority = new ThrowawayCa();
  onTestFinished(() => authority.remove());
  const { certFile, keyFile, ca } = authority;
  const gateway = new GatewayProgram();
  const files = `cert_file = "${certFile}"\nkey_file = "${keyFile}"\n`;
  gateway.configure('', `[console]\nlisten = "127.0.0.1:0"\n${files}`);
  return { gateway, url: await urlOf(gateway), ca };
}

async function urlOf(gateway: GatewayProgram): Promise<URL> {
  const told = await (await gateway.serve()).says('gateway listens');
  return new URL(String(told['console']));
}

async function answerOf(asking: ReturnType<typeof request>, body = ''): Promise<IncomingMessage> {
  asking.end(body);
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  answer.resume();
  return answer;
}
