import { X509Certificate } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DomainName } from '../../../protocol/domain-name.ts';
import type { Instant } from '../../../runtime/clock.ts';
import {
  type CertificateName,
  isPermitted,
  namesFor,
  parseCertificateName,
  textOf,
} from '../certificate-name.ts';
import { makeAuthority, makeServerCertificate, type Pair, permittedOf } from './certificate-maker.ts';

interface Wish {
  readonly dir: string;
  readonly zone: DomainName;
  /** Beside the zone and every name in it: hosts, `*.` with a host, and addresses. */
  readonly names: readonly string[];
  readonly now: Instant;
}

/** What lies in the folder now. */
export interface AuthorityFiles {
  /** For devices: they trust it once. */
  readonly caFile: string;
  /** For the settings `cert_file` and `key_file`. */
  readonly certFile: string;
  readonly keyFile: string;
  readonly names: readonly string[];
  readonly notAfter: Instant;
}

/** The folder, the names or the files in the way; the message is a sentence for the operator. */
class AuthorityError extends Error {
  override readonly name = 'AuthorityError';
}

const SECRET = 0o600;
const PUBLIC = 0o644;

/** Makes an authority of the gateway's own and a server certificate by it. An authority that is there is never touched. */
export async function initAuthority({ dir, zone, names, now }: Wish): Promise<AuthorityFiles> {
  const all = namesFor(zone, read(names));
  const { certificate, key } = await makeAuthority(zone, all, now);
  await mkdir(dir, { recursive: true });
  try {
    // the key first: whoever finds one leaves the folder alone
    await writeFile(join(dir, 'ca.key'), key, { mode: SECRET, flag: 'wx' });
    await writeFile(join(dir, 'ca.pem'), certificate, { mode: PUBLIC, flag: 'wx' });
  } catch (cause) {
    if (!isThere(cause)) throw cause;
    const words = `there is an authority in ${dir} already: "ca issue" renews the certificate by it`;
    throw new AuthorityError(words, { cause });
  }
  return issue(dir, all, { certificate, key }, now);
}

/** A new server certificate by the authority in the folder; null for the names that the present one has. */
export async function issueCertificate({
  dir,
  zone,
  names,
  now,
}: Omit<Wish, 'names'> & { readonly names: readonly string[] | null }): Promise<AuthorityFiles> {
  const authority = await authorityIn(dir);
  const all = namesFor(zone, read(names ?? (await presentNames(dir))));
  const permitted = permittedOf(authority.certificate);
  const outside = all.filter((name) => !isPermitted(name, permitted)).map(textOf);
  if (outside.length > 0)
    throw new AuthorityError(
      `the authority in ${dir} may sign for ${permitted.map(textOf).join(', ')} and below: not for ${outside.join(', ')}`,
    );
  return issue(dir, all, authority, now);
}

async function issue(
  dir: string,
  names: readonly CertificateName[],
  authority: Pair,
  now: Instant,
): Promise<AuthorityFiles> {
  const { certificate, key } = await makeServerCertificate(authority, names, now);
  const [certFile, keyFile] = [join(dir, 'server.pem'), join(dir, 'server.key')];
  await writeFile(`${keyFile}.new`, key, { mode: SECRET });
  await writeFile(`${certFile}.new`, `${certificate}\n${authority.certificate}\n`, { mode: PUBLIC });
  // a gateway that reads the one before the other finds that they do not fit, and looks again
  await rename(`${keyFile}.new`, keyFile);
  await rename(`${certFile}.new`, certFile);
  const notAfter = Date.parse(new X509Certificate(certificate).validTo);
  return { caFile: join(dir, 'ca.pem'), certFile, keyFile, names: names.map(textOf), notAfter };
}

async function authorityIn(dir: string): Promise<Pair> {
  try {
    const [certificate, key] = await Promise.all(
      ['ca.pem', 'ca.key'].map((name) => readFile(join(dir, name), 'utf8')),
    );
    return { certificate: certificate ?? '', key: key ?? '' };
  } catch (cause) {
    throw new AuthorityError(`there is no authority in ${dir} that can be read: "ca init" makes one`, {
      cause,
    });
  }
}

async function presentNames(dir: string): Promise<string[]> {
  const text = await readFile(join(dir, 'server.pem'), 'utf8').catch(() => undefined);
  const names = text === undefined ? '' : (new X509Certificate(text).subjectAltName ?? '');
  return [...names.matchAll(/(?:DNS|IP Address):([^\s,]+)/g)].map(([, name]) => name ?? '');
}

function read(names: readonly string[]): CertificateName[] {
  return names.map((text) => {
    const name = parseCertificateName(text);
    if (!name)
      throw new AuthorityError(
        `"${text}" is no name for a certificate: give a host, "*." with a host, or an address`,
      );
    return name;
  });
}

function isThere(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST';
}
