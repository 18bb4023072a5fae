// The man page of all settings, made of the two commented files that are shipped: what is said there is said once.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../commands.mjs';

const FILES = [
  ['agent.toml', 'porchlight-agent(8)', '/etc/porchlight/agent.toml'],
  ['gateway.toml', 'porchlight-gateway(8)', '/etc/porchlight/gateway.toml'],
];
/** A setting, also one that is commented out: the key, its value, what is said of it. */
const SETTING = /^(?:# )?([a-z_]+) = ("[^"]*"|\[[^\]]*\]|\{[^}]*\}|[\w.]+)\s*(?:#\s*|\s{2,})?(.*)$/;
const TABLE = /^(?:# )?(\[\[?[a-z_]+\]\]?)/;

/** porchlight-settings(5) in mdoc(7). */
export function settingsPage() {
  return [
    '.Dd November 23, 2026',
    '.Dt PORCHLIGHT-SETTINGS 5',
    '.Os Porchlight',
    '.Sh NAME',
    '.Nm agent.toml , gateway.toml',
    '.Nd settings of Porchlight',
    '.Sh DESCRIPTION',
    'Both files are TOML.',
    'Unknown keys and wrong values are refused, all of them listed at once, by the',
    '.Cm check',
    'command and at the start; SIGHUP loads changes.',
    ...FILES.flatMap(([file, reader, place]) => section(file, reader, place)),
    '.Sh SEE ALSO',
    '.Xr porchlight-agent 8 ,',
    '.Xr porchlight-gateway 8',
    '',
  ].join('\n');
}

function section(file, reader, place) {
  const lines = readFileSync(join(ROOT, 'packaging', file), 'utf8')
    .split('\n')
    .slice(1);
  const name = reader.replace(/\(\d\)/, '');
  return [
    `.Sh ${file.toUpperCase()}`,
    `Read by`,
    `.Xr ${name} 8 ;`,
    'usually',
    `.Pa ${place} .`,
    'The values shown are the defaults, or examples where there is none.',
    '.Bl -tag -width Ds',
    ...lines.flatMap(entryOf),
    '.El',
  ];
}

function entryOf(line) {
  const table = TABLE.exec(line)?.[1];
  if (table !== undefined) return ['.El', `.Ss ${table}`, '.Bl -tag -width Ds'];
  const [, key, value, about] = SETTING.exec(line) ?? [];
  return key === undefined
    ? []
    : [`.It Ic ${key} No = ${escaped(value)}`, ...(about ? [escaped(about)] : [])];
}

/** No text may be taken for a macro or an escape. */
function escaped(text) {
  return text
    .replaceAll('\\', '\\e')
    .replace(/^([.'])/, '\\&$1')
    .replaceAll('"', '\\(dq');
}
