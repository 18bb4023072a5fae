import { readFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { expect, onTestFinished, test } from 'vitest';
import { smtpRelay } from '../../../../../gateway-server/mail/io/smtp-relay.ts';
import type { MailAddress } from '../../../../../gateway-server/mail/mail-address.ts';
import { Outbox } from '../../../../../gateway-server/mail/outbox.ts';
import type { Letter } from '../../../../../gateway-server/mail/relay.ts';
import { sqliteMail } from '../../../../../gateway-server/store/io/sqlite-mail.ts';
import { systemClock } from '../../../../../runtime/clock.ts';
import { countingRandom, databaseInMemory } from '../../../../support/database-in-memory.ts';
import { MemoryLog } from '../../../../support/memory-log.ts';
import { ThrowawayCa } from '../../../../support/throwaway-certificate.ts';

const FROM = 'porchlight@mwebpages.test';
const NEVER = new AbortController().signal;
const LETTER: Letter = {
  id: '0123abcd',
  to: 'zoe@example.org' as MailAddress,
  subject: 'alice.mwebpages.test is back – grüße',
  text: 'The line is back.\n.\nNot the end.\n',
  unsubscribeUrl: 'https://portal.mwebpages.test/forget?t=a_b-c',
  writtenAt: 1_700_000_000_000,
};

interface Received {
  readonly from: string;
  readonly to: readonly string[];
  readonly source: string;
  readonly isEncrypted: boolean;
}

/** A mail server on a free port of loopback. */
async function mailServer(options: SMTPServerOptions = {}) {
  const received: Received[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData: (stream, { envelope, secure }, done) => {
      const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
      const to = envelope.rcptTo.map(({ address }) => address);
      const pieces: Buffer[] = [];
      stream.on('data', (piece) => pieces.push(piece));
      stream.on('end', () => {
        received.push({ from, to, source: Buffer.concat(pieces).toString(), isEncrypted: secure });
        done();
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const address = server.server.address();
  return { received, port: address !== null && typeof address === 'object' ? address.port : 0 };
}

function certified() {
  const ca = new ThrowawayCa();
  onTestFinished(() => ca.remove());
  return { ca: ca.ca.toString(), key: readFileSync(ca.keyFile), cert: readFileSync(ca.certFile) };
}

/** A server that says this to whoever connects, and nothing more. */
async function bareServer(greeting: string): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    socket.write(greeting);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return address !== null && typeof address === 'object' ? address.port : 0;
}

const answering = (code: number) => (_: unknown, __: unknown, done: (error: Error) => void) =>
  done(Object.assign(new Error('no'), { responseCode: code }));

test('a letter arrives as one plain text mail to one person, marked as sent by a program', async () => {
  const { received, port } = await mailServer();
  const relay = smtpRelay({ url: `smtp://127.0.0.1:${port}`, from: FROM });
  expect(await relay.hand(LETTER, NEVER)).toEqual({ kind: 'taken' });
  const [{ from, to, source } = { from: '', to: [], source: '' }] = received;
  const [head = '', body = ''] = source.split('\r\n\r\n');
  expect([from, to]).toEqual([FROM, ['zoe@example.org']]);
  const names = head
    .replaceAll('\r\n ', ' ')
    .split('\r\n')
    .map((line) => line.split(':')[0]);
  expect(names.toSorted()).toEqual([
    'Auto-Submitted',
    'Content-Transfer-Encoding',
    'Content-Type',
    'Date',
    'From',
    'List-Unsubscribe',
    'MIME-Version',
    'Message-ID',
    'Subject',
    'To',
  ]);
  expect(head).toContain('Message-ID: <0123abcd@mwebpages.test>');
  expect(head).toContain('Auto-Submitted: auto-generated');
  expect(head).toContain('List-Unsubscribe: <https://portal.mwebpages.test/forget?t=a_b-c>');
  expect(head).toContain('Date: Tue, 14 Nov 2023 22:13:20 +0000');
  expect(head).toMatch(/Content-Type: text\/plain/);
  expect(body.trimEnd()).toBe('The line is back.\r\n.\r\nNot the end.');
});

test('nothing in a subject can add a header or a recipient', async () => {
  const { received, port } = await mailServer();
  const relay = smtpRelay({ url: `smtp://127.0.0.1:${port}`, from: FROM });
  const subject = 'back\r\nBcc: eve@example.org\r\n\r\nand more';
  expect(await relay.hand({ ...LETTER, subject }, NEVER)).toEqual({ kind: 'taken' });
  expect(received[0]?.to).toEqual(['zoe@example.org']);
  expect(received[0]?.source).not.toMatch(/^Bcc:/m);
});

test.each([
  'zoe@example.org>, <eve@example.org',
  'zoe@example.org, eve@example.org',
  'zoe@example.org\r\nRCPT TO:<eve@example.org>',
  'Zoe <zoe@example.org>',
])('nothing goes to %j, which is not one bare address', async (to) => {
  const { received, port } = await mailServer();
  const relay = smtpRelay({ url: `smtp://127.0.0.1:${port}`, from: FROM });
  expect(await relay.hand({ ...LETTER, to: to as MailAddress }, NEVER)).toMatchObject({ kind: 'rejected' });
  expect(received).toEqual([]);
});

test('STARTTLS is used where it is offered, whoever has signed the certificate', async () => {
  const { received, port } = await mailServer({ disabledCommands: ['AUTH'], ...certified() });
  const relay = smtpRelay({ url: `smtp://127.0.0.1:${port}`, from: FROM });
  expect(await relay.hand(LETTER, NEVER)).toEqual({ kind: 'taken' });
  expect(received[0]?.isEncrypted).toBe(true);
});

test('smtps speaks to a relay with a trusted certificate alone', async () => {
  const { ca, ...server } = certified();
  const { received, port } = await mailServer({ secure: true, ...server });
  const url = `smtps://127.0.0.1:${port}`;
  expect(await smtpRelay({ url, from: FROM }).hand(LETTER, NEVER)).toMatchObject({ kind: 'unreachable' });
  expect(received).toEqual([]);
  expect(await smtpRelay({ url, from: FROM, ca }).hand(LETTER, NEVER)).toEqual({ kind: 'taken' });
});

test('a password goes to no relay that offers no encryption', async () => {
  const heard: string[] = [];
  const { received, port } = await mailServer({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth: ({ username }, _, done) => {
      heard.push(username ?? '');
      done(null, { user: username });
    },
  });
  const relay = smtpRelay({ url: `smtp://us%40er:geheim@127.0.0.1:${port}`, from: FROM });
  const handed = await relay.hand(LETTER, NEVER);
  expect(handed).toMatchObject({ kind: 'unreachable' });
  expect(JSON.stringify(handed)).not.toContain('geheim');
  expect([heard, received]).toEqual([[], []]);
});

test.each([
  ['RCPT TO', { onRcptTo: answering(550) }, 'rejected'],
  ['RCPT TO', { onRcptTo: answering(450) }, 'put-off'],
  ['MAIL FROM', { onMailFrom: answering(550) }, 'put-off'],
  ['RCPT TO', { onRcptTo: answering(421) }, 'unreachable'],
  [
    'the connection',
    { onConnect: (_: unknown, done: (error: Error) => void) => done(new Error('no')) },
    'unreachable',
  ],
] as const)('a refusal of %s (case %#) is told as what it is', async (_, options, kind) => {
  const { received, port } = await mailServer(options as SMTPServerOptions);
  const handed = await smtpRelay({ url: `smtp://127.0.0.1:${port}`, from: FROM }).hand(LETTER, NEVER);
  expect(handed).toMatchObject({ kind });
  expect(JSON.stringify(handed)).not.toContain('zoe');
  expect(received).toEqual([]);
});

test('a relay that says nothing holds up no stop', async () => {
  const port = await bareServer('');
  const stop = new AbortController();
  const handed = smtpRelay({ url: `smtp://127.0.0.1:${port}`, from: FROM }).hand(LETTER, stop.signal);
  stop.abort();
  expect(await handed).toMatchObject({ kind: 'unreachable' });
});

test('nobody listening is no loss: the outbox keeps the mail', async () => {
  const { port, received } = await mailServer();
  const log = new MemoryLog();
  const shared = databaseInMemory(systemClock);
  const parts = { store: sqliteMail(shared), random: countingRandom(), clock: systemClock, log };
  const closed = new Outbox({ ...parts, relay: smtpRelay({ url: 'smtp://127.0.0.1:1', from: FROM }) });
  const stop = new AbortController();
  const running = closed.run(stop.signal);
  await closed.send(LETTER);
  await expect.poll(() => log.events.join()).toContain('mail put off');
  stop.abort();
  await running;
  shared.database.exec('UPDATE mail SET next_at = 0');
  const open = new Outbox({ ...parts, relay: smtpRelay({ url: `smtp://127.0.0.1:${port}`, from: FROM }) });
  const again = new AbortController();
  const sending = open.run(again.signal);
  await expect.poll(() => received.length).toBe(1);
  again.abort();
  await sending;
});
