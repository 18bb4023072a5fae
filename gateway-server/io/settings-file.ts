import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { env } from 'node:process';
import { parse, TomlError } from 'smol-toml';
import type { Mistake } from '../../runtime/shape.ts';
import { parseSettings, type Settings, SettingsError } from '../settings.ts';
import { identityOf } from '../settings-identity.ts';
import { staticMistakes } from '../zone/static/static-zone.ts';
import { reasonOf } from './file-trouble.ts';
import { type Companions, readCompanions } from './settings-companions.ts';

const USUAL = ['gateway.toml', '/etc/porchlight/gateway.toml'];

/** Settings together with what stands in the files that they name. */
export interface LoadedSettings extends Settings {
  readonly companions: Companions;
}

/** Reads gateway.toml and the files that it names. Paths in it count from the folder in which it lies. Throws SettingsError. */
export function readSettingsFile(file: string): LoadedSettings {
  const settings = readSettingsAlone(file);
  const mistakes: (Mistake | string)[] = [
    ...unreadableFiles('mqtt', settings.mqtt),
    ...unreadableFiles('answering', settings.answering),
    ...unreadableFiles('console', settings.console),
  ];
  const companions = readCompanions(settings, mistakes);
  const identity = identityOf(settings, companions.zoneRecords);
  if (mistakes.length === 0) mistakes.push(...staticMistakes(identity, () => undefined));
  if (mistakes.length > 0) throw new SettingsError(file, mistakes);
  return Object.freeze({ ...settings, companions });
}

/** Without a look at the files that it names: for commands that make them. */
export function readSettingsAlone(file: string): Settings {
  return withAbsolutePaths(parseSettings(parsedToml(file), file), dirname(resolve(file)));
}

function withAbsolutePaths(settings: Settings, folder: string): Settings {
  const { verify, zone, key } = settings;
  const at = (path: string | null) => (path === null ? null : resolve(folder, path));
  const withFiles = <T extends { cert_file: string | null; key_file: string | null }>(section: T): T => ({
    ...section,
    cert_file: at(section.cert_file),
    key_file: at(section.key_file),
  });
  return {
    ...settings,
    data_dir: resolve(folder, settings.data_dir),
    zone: { ...zone, file: at(zone.file) },
    key: key.map((one) => ({ ...one, secret_file: resolve(folder, one.secret_file) })),
    mqtt: withFiles(settings.mqtt),
    answering: withFiles(settings.answering),
    console: withFiles(settings.console),
    // a bare name is a program to be looked for, as in a shell
    verify: { ...verify, ping: verify.ping.includes('/') ? resolve(folder, verify.ping) : verify.ping },
  };
}

function unreadableFiles(
  section: string,
  { cert_file, key_file }: { readonly cert_file: string | null; readonly key_file: string | null },
): Mistake[] {
  return Object.entries({ cert_file, key_file }).flatMap(([key, path]) => {
    const problem = path === null ? null : problemWith(path);
    return problem
      ? [{ key: `${section}.${key}`, found: `"${path}" (${problem})`, expected: 'a file that can be read' }]
      : [];
  });
}

function problemWith(path: string): string | null {
  try {
    accessSync(path, constants.R_OK);
    return null;
  } catch (error) {
    return reasonOf(error);
  }
}

function parsedToml(file: string): unknown {
  const text = textOf(file);
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw new SettingsError(file, `no TOML: ${String(error)}`, error);
    const [what = ''] = error.message.replace('Invalid TOML document: ', '').split('\n');
    const line = text.split('\n')[error.line - 1]?.trim() ?? '';
    throw new SettingsError(file, `line ${error.line}, column ${error.column}: ${what}: ${line}`, error);
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new SettingsError(file, `the file cannot be read: ${reasonOf(error)}`, error);
  }
}

/** The file named, or the first usual one that is there. */
export function findSettingsFile(named: string | undefined): string {
  const found = named ?? env['PORCHLIGHT_CONFIG'] ?? USUAL.find((file) => existsSync(file));
  if (found !== undefined) return found;
  throw new SettingsError(
    'gateway.toml',
    `no settings file: give --config FILE, set PORCHLIGHT_CONFIG, or put one at ${USUAL.join(' or ')}`,
  );
}
