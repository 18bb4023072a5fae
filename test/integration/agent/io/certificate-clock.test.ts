import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { recheckWithClock } from '../../../../agent/io/certificate-recheck.ts';
import { openSecurely } from '../../../../agent/io/secure-socket.ts';
import { RELEASED_AT } from '../../../../agent/version.ts';
import { systemClock } from '../../../../runtime/clock.ts';
import { LOOPBACK, pki } from '../../../support/agent-secure.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const DAY_MS = 86_400_000;
const YEAR_MS = 365 * DAY_MS;
const now = systemClock.now();

type Made = Awaited<ReturnType<typeof pki>>;

/** Opens a connection to a gateway with this certificate by a clock that shows this time. */
async function opened({ tls }: Made, ca: string, clockAt: number, name = 'localhost') {
  const server = createTlsServer(tls, (socket) => void socket.on('error', () => undefined));
  server.on('tlsClientError', () => undefined).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const clock = new ManualClock(clockAt);
  const place = { host: '127.0.0.1', port, name, isAddress: false, ca, client: null, clock };
  const { signal } = new AbortController();
  const { socket, validity } = await openSecurely(place, signal);
  onTestFinished(() => void socket.destroy());
  return { socket, validity, clock };
}

const IN_1970 = 20_000;

test('a clock in 1970 takes a certificate that is not yet valid, and knows from when it is', async () => {
  const early = await pki(LOOPBACK, now + DAY_MS, now + 2 * DAY_MS);
  const { validity } = await opened(early, early.authority.certificate, IN_1970);
  expect(validity.from).toBeGreaterThan(now + DAY_MS);
});

test('a clock that is right takes none of them', async () => {
  const early = await pki(LOOPBACK, now, now + 2 * DAY_MS);
  await expect(opened(early, early.authority.certificate, now)).rejects.toThrow(/not yet valid/);
});

test('a clock in 1970 forgives no other authority, no other name and nothing that was over at the release', async () => {
  const early = await pki(LOOPBACK, now, now + 2 * DAY_MS);
  const stranger = await pki();
  await expect(opened(early, stranger.authority.certificate, IN_1970)).rejects.toThrow(/authority|UNABLE/);
  await expect(opened(early, early.authority.certificate, IN_1970, 'gateway.example')).rejects.toThrow(
    /is not for gateway.example/,
  );
  const over = await pki(LOOPBACK, RELEASED_AT - 3 * YEAR_MS, RELEASED_AT - 2 * YEAR_MS);
  await expect(opened(over, over.authority.certificate, IN_1970)).rejects.toThrow(/expired/);
});

/** A connection of any kind, for the dates to be looked at again. */
async function anySocket(): Promise<Socket> {
  const server = createServer((socket) => void socket.on('error', () => undefined));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  onTestFinished(() => void socket.destroy());
  return socket;
}

test.each([
  { what: 'keeps a connection whose certificate is valid', from: RELEASED_AT - DAY_MS, isKept: true },
  { what: 'ends a connection whose certificate is not', from: RELEASED_AT + YEAR_MS, isKept: false },
])('a clock that becomes right $what', async ({ from, isKept }) => {
  const socket = await anySocket();
  const clock = new ManualClock(RELEASED_AT - 8_000);
  const failures: Error[] = [];
  socket.on('error', (error) => failures.push(error));
  const looked = recheckWithClock(socket, { from, until: from + YEAR_MS }, clock);
  await clock.advance(5_000);
  expect(socket.destroyed).toBe(false);
  await clock.advance(5_000);
  await looked;
  expect(socket.destroyed).toBe(!isKept);
});
