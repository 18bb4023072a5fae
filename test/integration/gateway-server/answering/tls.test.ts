import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { CertificateError } from '../../../../gateway-server/answering/io/certificates.ts';
import { type Clock, systemClock } from '../../../../runtime/clock.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { openPorch } from './open-porch.ts';
import { request, sendRaw, tlsSocket } from './raw-http.ts';

let folder = '';

/** A throw-away certificate for the names; its files end in .crt and .key. */
async function makeCertificate(file: string, names: string): Promise<void> {
  const path = join(folder, file);
  const subject = ['-subj', '/CN=throw-away', '-addext', `subjectAltName=${names}`, '-days', '2'];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${path}.key`];
  await promisify(execFile)('openssl', ['req', '-x509', ...key, '-out', `${path}.crt`, ...subject]);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'porchlight-tls-'));
  await makeCertificate('street', 'DNS:*.street.test,DNS:street.test');
  await makeCertificate('renewed', 'DNS:*.street.test,DNS:other.test');
});
afterAll(() => rm(folder, { recursive: true }));

async function openTlsPorch(clock: Clock = systemClock) {
  const [certFile, keyFile] = [join(folder, 'used.crt'), join(folder, 'used.key')];
  const use = async (file: string) => {
    await copyFile(join(folder, `${file}.crt`), certFile);
    await copyFile(join(folder, `${file}.key`), keyFile);
  };
  await use('street');
  const { anywhere } = await openPorch();
  const porch = await openPorch({ clock, tls: { listen: [anywhere], certFile, keyFile } });
  const get = async (servername: string | undefined, host = 'alice.street.test', trusted = 'street') => {
    const ca = await readFile(join(folder, `${trusted}.crt`), 'utf8');
    const options = servername === undefined ? { checkServerIdentity: () => undefined } : { servername };
    return sendRaw(await tlsSocket(porch.tlsPort, { ca, ...options }), request('GET /', `Host: ${host}`));
  };
  return { ...porch, use, get, certFile };
}

test('answers over HTTPS for a name that the certificate covers, and never asks for HTTPS only', async () => {
  const { get, tlsPort } = await openTlsPorch();
  const { status, headers, body } = await get('alice.street.test', `alice.street.test:${tlsPort}`);
  expect(status).toBe(503);
  expect(body).toContain(`action="https://leave.street.test:${tlsPort}/"`);
  expect(headers.has('strict-transport-security')).toBe(false);
});

test('answers over HTTP beside HTTPS', async () => {
  const { send } = await openTlsPorch();
  expect((await send(request('GET /', 'Host: alice.street.test'))).status).toBe(503);
});

test.each(['nobody.test', 'www.alice.street.test', 'test', undefined])(
  'refuses the handshake for the server name %s',
  async (servername) => {
    const { get, street } = await openTlsPorch();
    await expect(get(servername)).rejects.toThrow(/handshake failure|ECONNRESET/);
    expect(street.hits).toEqual([]);
  },
);

test('shows a renewed certificate after a reload, without a restart', async () => {
  const { get, use, server, log } = await openTlsPorch();
  await expect(get('other.test')).rejects.toThrow();
  await use('renewed');
  await server.reloadCertificates();
  expect((await get('other.test', 'alice.street.test', 'renewed')).status).toBe(503);
  expect(log.events).toContain('info certificates reloaded');
});

test('sees a renewed certificate by itself', async () => {
  const clock = new ManualClock();
  const { get, use, log } = await openTlsPorch(clock);
  await use('renewed');
  await clock.advance(10_000);
  await vi.waitFor(() => expect(log.events).toContain('info certificates reloaded'), 5_000);
  expect((await get('other.test', 'alice.street.test', 'renewed')).status).toBe(503);
});

test('keeps the certificate of before when the new one cannot be used, and says so once', async () => {
  const { get, server, certFile, log } = await openTlsPorch();
  await copyFile(join(folder, 'renewed.crt'), certFile);
  await server.reloadCertificates();
  await server.reloadCertificates();
  await writeFile(certFile, 'half a certifi');
  await server.reloadCertificates();
  expect((await get('alice.street.test')).status).toBe(503);
  expect(log.events.filter((event) => event.startsWith('error certificates not reloaded'))).toHaveLength(2);
});

test('does not open with a certificate that cannot be used', async () => {
  const { anywhere } = await openPorch();
  const files = { certFile: join(folder, 'street.crt'), keyFile: join(folder, 'renewed.key') };
  await expect(openPorch({ tls: { listen: [anywhere], ...files } })).rejects.toThrow(CertificateError);
});
