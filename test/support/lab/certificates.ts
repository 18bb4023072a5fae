import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun, type Words } from './program.ts';

export interface Certificates {
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** A certificate authority of the lab's own, and a certificate for these names (`IP:192.0.2.1`, `DNS:*.example.test`). */
export async function makeCertificates(folder: string, names: readonly string[]): Promise<Certificates> {
  mkdirSync(folder, { recursive: true });
  const file = (name: string) => join(folder, name);
  const made = { caFile: file('ca.pem'), certFile: file('gateway.pem'), keyFile: file('gateway.key') };
  const caKey = file('ca.key');
  const request = file('gateway.csr');
  writeFileSync(file('names'), `subjectAltName=${names.join(',')}\n`);
  await openssl(
    'req',
    '-x509',
    ...NEW_KEY,
    '-keyout',
    caKey,
    '-out',
    made.caFile,
    '-days',
    '2',
    '-subj',
    '/CN=lab CA',
  );
  await openssl('req', ...NEW_KEY, '-keyout', made.keyFile, '-out', request, '-subj', '/CN=lab gateway');
  const authority = [
    '-CA',
    made.caFile,
    '-CAkey',
    caKey,
    '-CAcreateserial',
    '-extfile',
    file('names'),
    '-days',
    '2',
  ];
  await openssl('x509', '-req', '-in', request, ...authority, '-out', made.certFile);
  return made;
}

async function openssl(...words: string[]): Promise<void> {
  const command: Words = ['openssl', ...words];
  await mustRun(command);
}
