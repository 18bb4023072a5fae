import { readFileSync } from 'node:fs';
import type { DomainName } from '../../protocol/domain-name.ts';
import type { Mistake } from '../../runtime/shape.ts';
import type { Settings } from '../settings.ts';
import { parseZoneFile } from '../zone/static/master-file.ts';
import type { TsigKey } from '../zone/tsig-key.ts';
import type { ZoneRecord } from '../zone/zone-record.ts';
import { reasonOf } from './file-trouble.ts';

/** What stands in the files that gateway.toml names. */
export interface Companions {
  /** By name. */
  readonly tsigKeys: ReadonlyMap<string, TsigKey>;
  /** The provider's own records (`zone.file`). */
  readonly zoneRecords: readonly ZoneRecord[];
}

/** RFC 8945 §6 asks for secrets that cannot be guessed; 16 bytes are the least that anybody hands out. */
const LEAST_SECRET_BYTES = 16;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** Reads the files; their paths must be absolute. What is wrong goes to `mistakes`. */
export function readCompanions({ key, zone, dns }: Settings, mistakes: (Mistake | string)[]): Companions {
  const tsigKeys = key.flatMap(({ name, algorithm, secret_file }, at): TsigKey[] => {
    const secret = secretIn(secret_file, `key[${at}].secret_file`, mistakes);
    return secret ? [{ name, algorithm, secret }] : [];
  });
  return {
    tsigKeys: new Map(tsigKeys.map((tsigKey) => [tsigKey.name, tsigKey])),
    zoneRecords: zone.file === null ? [] : recordsIn(zone.file, zone.name, dns.ttl, mistakes),
  };
}

function secretIn(file: string, key: string, mistakes: (Mistake | string)[]): Uint8Array | undefined {
  const text = textOf(file, key, mistakes)?.trim();
  if (text === undefined) return undefined;
  const secret = BASE64.test(text) ? Buffer.from(text, 'base64') : undefined;
  if (secret && secret.length >= LEAST_SECRET_BYTES) return secret;
  const expected = `a file with one secret in base64, as "openssl rand -base64 32" prints it`;
  mistakes.push({ key, found: `"${file}"`, expected });
  return undefined;
}

/** All mistakes of the file, each with its line. */
function recordsIn(
  file: string,
  zone: DomainName,
  ttlSeconds: number,
  mistakes: (Mistake | string)[],
): readonly ZoneRecord[] {
  const text = textOf(file, 'zone.file', mistakes);
  if (text === undefined) return [];
  const { records, mistakes: found } = parseZoneFile(text, zone, ttlSeconds);
  for (const { line, text: what } of found) mistakes.push(`${file} line ${line}: ${what}`);
  return records;
}

function textOf(file: string, key: string, mistakes: (Mistake | string)[]): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const expected = 'a file that can be read';
    mistakes.push({ key, found: `"${file}" (${reasonOf(error)})`, expected });
    return undefined;
  }
}
