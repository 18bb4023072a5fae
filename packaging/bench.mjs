// npm run bench: sets up what is missing and runs one bench, on Node 24 and in namespaces where they are permitted.
//   node packaging/bench.mjs [NAME [OPTIONS ...]]     without NAME: lists the benches
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { asProcess, ROOT } from './commands.mjs';
import { insideWherePermitted } from './namespaces.mjs';
import { setUp } from './set-up.mjs';

const FOLDER = join(ROOT, 'test', 'bench');

function names() {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.slice(0, -'.ts'.length));
}

/** The comment at the top of each bench says what it measures and how it is called. */
function listing() {
  return names()
    .map((name) => {
      const lines = readFileSync(join(FOLDER, `${name}.ts`), 'utf8').split('\n');
      const comment = lines.slice(
        0,
        Math.max(
          0,
          lines.findIndex((line) => !line.startsWith('//')),
        ),
      );
      return `${name}\n${comment.map((line) => `  ${line.slice(2).trim()}\n`).join('')}`;
    })
    .join('');
}

async function main([name, ...options]) {
  if (name === undefined || !names().includes(name)) {
    process.stdout.write(`benches (npm run bench -- NAME):\n${listing()}`);
    return name === undefined ? 0 : 2;
  }
  return setUp() ? await insideWherePermitted('node', [join(FOLDER, `${name}.ts`), ...options]) : 1;
}

await asProcess(() => main(process.argv.slice(2)));
