import { execFileSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer, type Server } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseCertificateName } from '../../../../../gateway-server/authority/certificate-name.ts';
import {
  type AuthorityFiles,
  initAuthority,
  issueCertificate,
} from '../../../../../gateway-server/authority/io/authority-files.ts';
import { makeServerCertificate } from '../../../../../gateway-server/authority/io/certificate-maker.ts';
import { parseDomainName } from '../../../../../protocol/domain-name.ts';

const DAY_MS = 86_400_000;

describe('an authority of its own', () => {
  test('signs a certificate that openssl and a browser-like client take for its names', async () => {
    const { dir, files } = await made({ names: ['*.shop.example', '127.0.0.1'] });
    const { certFile, caFile } = files;
    expect(openssl(dir, 'verify', '-x509_strict', '-CAfile', caFile, certFile)).toContain('OK');
    expect(files.names).toEqual(['street.test', '*.street.test', '*.shop.example', '127.0.0.1']);
    const server = await servedWith(files);
    for (const name of ['street.test', 'portal.street.test', 'www.shop.example'])
      expect(await trusts(server, caFile, name), name).toBe('trusted');
    expect(await trusts(server, caFile, 'street.example')).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
  });

  test('keeps its keys to itself and says how long all is good', async () => {
    const now = Date.now();
    const { dir, files } = await made({ now });
    expect(readdirSync(dir).sort()).toEqual(['ca.key', 'ca.pem', 'server.key', 'server.pem']);
    for (const name of ['ca.key', 'server.key']) expect(statSync(join(dir, name)).mode & 0o777).toBe(0o600);
    const [ca, server] = [files.caFile, files.certFile].map(
      (file) => new X509Certificate(readFileSync(file)),
    );
    const span = Date.parse(server?.validTo ?? '') - Date.parse(server?.validFrom ?? '');
    expect(span).toBe(397 * DAY_MS);
    expect(Date.parse(ca?.validTo ?? '') - now).toBeGreaterThan(3_650 * DAY_MS);
    expect(files.notAfter).toBe(Date.parse(server?.validTo ?? ''));
    expect(server?.checkPrivateKey(createPrivateKey(readFileSync(files.keyFile)))).toBe(true);
  });

  test.each([
    ['www.elsewhere.example', 'permitted subtree violation'],
    ['192.0.2.7', 'excluded subtree violation'],
  ])('whoever takes its key can make no certificate for %s', async (name, complaint) => {
    const { dir, files } = await made({});
    const [certificate, key] = ['ca.pem', 'ca.key'].map((file) => readFileSync(join(dir, file), 'utf8'));
    const wanted = parseCertificateName(name);
    if (!wanted) throw new Error('no name');
    const forged = await makeServerCertificate(
      { certificate: certificate ?? '', key: key ?? '' },
      [wanted],
      Date.now(),
    );
    const server = await servedWith({ cert: forged.certificate, key: forged.key });
    expect(await trusts(server, files.caFile, name)).toBe(complaint);
  });

  test('is never overwritten, and the second try says what to do', async () => {
    const { dir, wish } = await made({});
    const before = contents(dir);
    await expect(initAuthority(wish)).rejects.toThrow(/already: "ca issue" renews/);
    expect(contents(dir)).toEqual(before);
  });

  test('renews the certificate with a new key for the same names, and devices trust it still', async () => {
    const { dir, wish, files } = await made({ names: ['*.shop.example'] });
    const before = contents(dir);
    const later = wish.now + 300 * DAY_MS;
    const renewed = await issueCertificate({ ...wish, names: null, now: later });
    expect(renewed.names).toEqual(files.names);
    expect(renewed.notAfter).toBe(files.notAfter + 300 * DAY_MS);
    const after = contents(dir);
    expect(after['ca.pem']).toBe(before['ca.pem']);
    expect(after['server.key']).not.toBe(before['server.key']);
    expect(openssl(dir, 'verify', '-no_check_time', '-CAfile', files.caFile, files.certFile)).toContain('OK');
  });

  test('renews for no longer than it is good itself', async () => {
    const { wish, files } = await made({});
    const end = Date.parse(new X509Certificate(readFileSync(files.caFile)).validTo);
    const renewed = await issueCertificate({ ...wish, now: end - 10 * DAY_MS });
    expect(renewed.notAfter).toBe(end);
  });

  test('refuses names that it may not sign for, and keeps the certificate', async () => {
    const { dir, wish } = await made({});
    const before = contents(dir);
    await expect(issueCertificate({ ...wish, names: ['www.elsewhere.example'] })).rejects.toThrow(
      'may sign for street.test and below: not for www.elsewhere.example',
    );
    expect(contents(dir)).toEqual(before);
  });

  test('what is no name makes nothing at all', async () => {
    const dir = folder();
    const wish = { dir: join(dir, 'ca'), zone: zone(), now: Date.now() };
    await expect(initAuthority({ ...wish, names: ['a b'] })).rejects.toThrow('"a b" is no name');
    expect(readdirSync(dir)).toEqual([]);
    await expect(issueCertificate({ ...wish, names: null })).rejects.toThrow('"ca init" makes one');
  });
});

async function made({ names = [], now = Date.now() }: { names?: readonly string[]; now?: number }) {
  const dir = folder();
  // whole seconds, as certificates have them
  const wish = { dir, zone: zone(), names, now: Math.floor(now / 1000) * 1000 };
  return { dir, wish, files: await initAuthority(wish) };
}

function zone() {
  const name = parseDomainName('street.test');
  if (!name) throw new Error('no name');
  return name;
}

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'porchlight-authority-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  return dir;
}

function contents(dir: string): Record<string, string> {
  return Object.fromEntries(readdirSync(dir).map((name) => [name, readFileSync(join(dir, name), 'utf8')]));
}

function openssl(cwd: string, ...words: readonly string[]): string {
  return execFileSync('openssl', words, { cwd, encoding: 'utf8' });
}

async function servedWith(files: AuthorityFiles | { cert: string; key: string }): Promise<Server> {
  const pair =
    'cert' in files
      ? files
      : { cert: readFileSync(files.certFile, 'utf8'), key: readFileSync(files.keyFile, 'utf8') };
  const server = createServer(pair, (socket) => socket.end());
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return server;
}

/** `trusted`, or why a client that knows the authority alone turns away. */
async function trusts(server: Server, caFile: string, name: string): Promise<string> {
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('the server listens nowhere');
  const socket = connect({
    port: bound.port,
    host: '127.0.0.1',
    ca: readFileSync(caFile),
    ...(/^[\d.]+$/.test(name) ? {} : { servername: name }),
  });
  try {
    await once(socket, 'secureConnect');
    return 'trusted';
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'UNSPECIFIED' ? message : (code ?? message);
  } finally {
    socket.destroy();
  }
}
