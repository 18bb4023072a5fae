import './reflection.ts';
import { randomBytes, webcrypto } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { Instant } from '../../../runtime/clock.ts';
import { type CertificateName, textOf } from '../certificate-name.ts';
import { constraintsFor, NAME_CONSTRAINTS, permittedBy } from '../name-constraints.ts';

/** A certificate with its key, both as PEM. */
export interface Pair {
  readonly certificate: string;
  readonly key: string;
}

const ECDSA_P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;
const AUTHORITY_DAYS = 3_652;
/** More is refused by browsers of the Apple kind and of others to come. */
const SERVER_DAYS = 397;
/** For visitors whose clock is behind. */
const EARLIER_MS = 3_600_000;
const SERIAL_BYTES = 16;
const LONGEST_ORGANISATION = 64;

/** An authority for these names and all below them, and for nothing else; it makes no further authorities. */
export async function makeAuthority(
  label: string,
  names: readonly CertificateName[],
  now: Instant,
): Promise<Pair> {
  const keys = await newKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: [{ CN: ['Porchlight CA'] }, { O: [label.slice(0, LONGEST_ORGANISATION)] }],
    keys,
    ...lifetime(now, AUTHORITY_DAYS),
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      new Extension(NAME_CONSTRAINTS, true, Uint8Array.from(constraintsFor(names))),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: certificate.toString('pem'), key: await keyText(keys.privateKey) };
}

/** A server's certificate with a new key; it ends no later than the authority's own. */
export async function makeServerCertificate(
  authority: Pair,
  names: readonly CertificateName[],
  now: Instant,
): Promise<Pair> {
  const issuer = new X509Certificate(authority.certificate);
  const keys = await newKeys();
  const certificate = await X509CertificateGenerator.create({
    subject: [{ CN: ['Porchlight gateway'] }],
    issuer: issuer.subjectName,
    publicKey: keys.publicKey,
    signingKey: await signingKey(authority.key),
    ...lifetime(now, SERVER_DAYS, issuer.notAfter.getTime()),
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(names.map(alternativeName)),
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: certificate.toString('pem'), key: await keyText(keys.privateKey) };
}

/** The names that the authority may sign for, with all below them. */
export function permittedOf(authority: string): readonly CertificateName[] {
  const extension = new X509Certificate(authority).getExtension(NAME_CONSTRAINTS);
  return extension ? permittedBy(new Uint8Array(extension.value)) : [];
}

function lifetime(now: Instant, days: number, latest = Number.POSITIVE_INFINITY) {
  const notBefore = now - EARLIER_MS;
  return {
    serialNumber: serialNumber(),
    notBefore: new Date(notBefore),
    notAfter: new Date(Math.min(notBefore + days * DAY_MS, latest)),
    signingAlgorithm: ECDSA_P256,
  };
}

/** Positive and not to be guessed (RFC 5280 §4.1.2.2). */
function serialNumber(): string {
  const bytes = randomBytes(SERIAL_BYTES);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}

function alternativeName(name: CertificateName) {
  return { type: name.kind === 'address' ? 'ip' : 'dns', value: textOf(name) } as const;
}

function newKeys() {
  return webcrypto.subtle.generateKey(ECDSA_P256, true, ['sign', 'verify']);
}

async function keyText(key: webcrypto.CryptoKey): Promise<string> {
  const bytes = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN PRIVATE KEY-----', ...lines, '-----END PRIVATE KEY-----', ''].join('\n');
}

function signingKey(text: string): Promise<webcrypto.CryptoKey> {
  const bytes = Buffer.from(text.replace(/-----[^-]+-----/g, ''), 'base64');
  return webcrypto.subtle.importKey('pkcs8', bytes, ECDSA_P256, false, ['sign']);
}
