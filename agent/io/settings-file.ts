import { access, readFile } from 'node:fs/promises';
import process from 'node:process';
import { parse } from 'smol-toml';
import { describeMistakes, type Mistake, type Reading } from '../../runtime/shape.ts';
import type { Identity } from '../conversation.ts';
import { type ClientCertificateFiles, parseSettings, type Settings } from '../settings.ts';
import { credentialPath, readIdentity } from './identity.ts';
import type { ClientCertificate } from './secure-socket.ts';

/** Settings with everything that they name read from where it is. */
export interface ReadySettings extends Settings {
  readonly ready: Identity;
  /** PEM; null for the system's own authorities. */
  readonly ca: string | null;
  readonly client: ClientCertificate | null;
}

/** Thrown with all mistakes in one text, ready to print. */
export class SettingsError extends Error {}

const PLACES = ['./agent.toml', '/etc/porchlight/agent.toml'];
const CERTIFICATE = /-----BEGIN CERTIFICATE-----/;
const PRIVATE_KEY = /-----BEGIN (EC |RSA )?PRIVATE KEY-----/;

/** The file named by the option, by the environment, or the first that is in its usual place. */
export async function settingsPath(option: string | undefined): Promise<string> {
  const { PORCHLIGHT_AGENT_CONFIG: fromEnvironment } = process.env;
  const named = option ?? fromEnvironment;
  if (named !== undefined) return named;
  for (const place of PLACES) {
    const isThere = await access(place).then(
      () => true,
      () => false,
    );
    if (isThere) return place;
  }
  throw new SettingsError(`no settings: give --config FILE, or write ${PLACES.join(' or ')}`);
}

/** Reads settings, secret and certificates; throws a SettingsError that lists every mistake. */
export async function readSettings(path: string): Promise<ReadySettings> {
  const reading = parseSettings(await readToml(path));
  if (reading.kind === 'wrong') throw badSettings(path, reading.mistakes);
  const settings = reading.value;
  const identity = await readIdentity(settings.identity, settings.domain);
  const ca = await readAuthorities(settings.caFile);
  const client = await readClientCertificate(settings.clientCertificate);
  if (identity.kind === 'wrong' || ca.kind === 'wrong' || client.kind === 'wrong') {
    throw badSettings(
      path,
      [identity, ca, client].flatMap((part) => (part.kind === 'wrong' ? part.mistakes : [])),
    );
  }
  return { ...settings, ready: identity.value, ca: ca.value, client: client.value };
}

/** Reads the settings alone, for commands that log in nowhere. */
export async function readSettingsOnly(path: string): Promise<Settings> {
  const reading = parseSettings(await readToml(path));
  if (reading.kind === 'wrong') throw badSettings(path, reading.mistakes);
  return reading.value;
}

async function readToml(path: string): Promise<unknown> {
  try {
    return parse(await readFile(path, 'utf8'));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new SettingsError(`bad settings in ${path}\n  ${why.trim().replaceAll('\n', '\n  ')}`, {
      cause: error,
    });
  }
}

function badSettings(path: string, mistakes: readonly Mistake[]): SettingsError {
  return new SettingsError(`bad settings in ${path}\n${describeMistakes(mistakes)}`);
}

async function readAuthorities(file: string | null): Promise<Reading<string | null>> {
  return file === null ? { kind: 'read', value: null } : readPem('ca_file', file, CERTIFICATE);
}

async function readClientCertificate(
  files: ClientCertificateFiles | null,
): Promise<Reading<ClientCertificate | null>> {
  if (files === null) return { kind: 'read', value: null };
  const cert = await readPem('client_cert_file', files.certFile, CERTIFICATE);
  const key = await readPem('client_key_file', files.keyFile, PRIVATE_KEY);
  if (cert.kind === 'wrong') return cert;
  return key.kind === 'wrong' ? key : { kind: 'read', value: { cert: cert.value, key: key.value } };
}

async function readPem(key: string, file: string, holds: RegExp): Promise<Reading<string>> {
  const pem = await readFile(credentialPath(file), 'utf8').catch(asError);
  if (pem instanceof Error) return wrong(key, pem.message, 'a file that can be read');
  const what = holds === CERTIFICATE ? 'certificates' : 'a private key without a password';
  return holds.test(pem) ? { kind: 'read', value: pem } : wrong(key, file, `a PEM file with ${what}`);
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

function wrong<T>(key: string, found: string, expected: string): Reading<T> {
  return { kind: 'wrong', mistakes: [{ key, found, expected }] };
}
