import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun, run } from '../lab/program.ts';
import type { Secondary } from './secondary.ts';

/** The DS record that the parent zone would have for what a signing Knot makes of the zone, with a SHA-256 digest. */
export async function dsRecord({ config, zone }: Secondary): Promise<string> {
  const records = await mustRun(['keymgr', '-c', config, zone, 'ds']);
  const record = records.split('\n').find((line) => / 13 2 [0-9a-f]{64}$/i.test(line));
  if (record === undefined) throw new Error(`no DS record by SHA-256 for an ECDSA key:\n${records}`);
  return record;
}

/** The DS record of a key that nobody has. */
export function forged(record: string): string {
  return record.replace(/[0-9a-f]$/i, (digit) => (digit === '0' ? '1' : '0'));
}

/** What delv finds who believes this DS record only. */
export async function delv(server: Secondary, ds: string, name: string): Promise<string> {
  const { endpoint, folder, zone } = server;
  const [owner, , , tag, algorithm, digestType, digest] = fieldsOf(ds);
  const anchors = join(folder, 'trust-anchors.conf');
  writeFileSync(
    anchors,
    `trust-anchors { ${owner} static-ds ${tag} ${algorithm} ${digestType} "${digest}"; };\n`,
  );
  const { address, port } = endpoint;
  const words = [`@${address}`, '-p', String(port), '-a', anchors, `+root=${zone}`, name, 'A'];
  const { stdout, stderr } = await run(['delv', ...words]);
  return stdout + stderr;
}

/** Owner, TTL and class (which keymgr leaves out), key tag, algorithm, digest type, digest. */
function fieldsOf(ds: string): readonly string[] {
  const [owner = '', ...rest] = ds.trim().split(/\s+/);
  return [owner, '', '', ...rest.slice(rest.indexOf('DS') + 1)];
}
