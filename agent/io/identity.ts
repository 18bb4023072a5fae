import { exec } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { promisify } from 'node:util';
import { type DomainName, parseDomainName } from '../../protocol/domain-name.ts';
import { parseLineId } from '../../protocol/line-id.ts';
import type { Reading } from '../../runtime/shape.ts';
import type { Identity } from '../conversation.ts';
import type { IdentitySource } from '../settings.ts';

const COMMAND_MS = 10_000;
const MOST_OUTPUT_BYTES = 4_096;
const LONGEST_SECRET = 256;
const run = promisify(exec);

/** Brings line, secret and domain from where they are; `domain` is null where the settings leave it to the command. */
export async function readIdentity(
  source: IdentitySource,
  domain: DomainName | null,
): Promise<Reading<Identity>> {
  switch (source.kind) {
    case 'secret':
      return known({ line: source.line, secret: source.secret, domain });
    case 'secret-file': {
      const secret = await readFile(credentialPath(source.file), 'utf8').then((text) => text.trim(), asError);
      if (secret instanceof Error) return wrong('secret_file', secret.message, 'a file that can be read');
      if (!isSecret(secret))
        return wrong('secret_file', source.file, 'a file that holds nothing but the secret');
      return known({ line: source.line, secret, domain });
    }
    case 'command':
      return askCommand(source.command, domain);
  }
}

/** Where a file is: one without a folder is looked for among the service's credentials (systemd.exec(5), CREDENTIALS), if it has any. */
export function credentialPath(file: string): string {
  const { CREDENTIALS_DIRECTORY: folder } = process.env;
  return folder === undefined || file.includes('/') ? file : `${folder}/${file}`;
}

/** The command prints line and secret, and the domain where the settings have none, apart by white space. */
async function askCommand(command: string, domain: DomainName | null): Promise<Reading<Identity>> {
  const answer = await run(command, { timeout: COMMAND_MS, maxBuffer: MOST_OUTPUT_BYTES }).catch(asError);
  const key = 'identity.command';
  // the error's message holds what the command wrote, which may be the secret
  if (answer instanceof Error) return wrong(key, '(it failed)', 'a command that ends with 0 within 10 s');
  const [lineText = '', secret = '', domainText, ...more] = answer.stdout.trim().split(/\s+/);
  const line = parseLineId(lineText);
  const told = domainText === undefined ? null : parseDomainName(domainText);
  if (!line || !isSecret(secret) || told === undefined || more.length > 0)
    return wrong(
      key,
      '(its output)',
      'a command that prints line, secret and perhaps domain, apart by spaces',
    );
  return known({ line, secret, domain: domain ?? told });
}

function known({ domain, ...rest }: Omit<Identity, 'domain'> & { domain: DomainName | null }) {
  if (domain !== null) return { kind: 'read', value: { ...rest, domain } } as const;
  return wrong<Identity>(
    'domain',
    '(nothing)',
    'the full name of the line, here or as the third word of identity.command',
  );
}

function isSecret(text: string): boolean {
  return text.length > 0 && text.length <= LONGEST_SECRET && /^[\x21-\x7e]+$/.test(text);
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

function wrong<T>(key: string, found: string, expected: string): Reading<T> {
  return { kind: 'wrong', mistakes: [{ key, found, expected }] };
}
