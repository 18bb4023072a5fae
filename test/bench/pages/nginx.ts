import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Program } from '../../support/lab/program.ts';
import { until } from '../../support/lab/waiting.ts';
import { atExit } from '../dns/at-exit.ts';
import { nameOf } from '../dns/bench-zone.ts';
import { CORE, pinned } from '../dns/server-process.ts';
import { type Fetched, fetched } from './our-server.ts';

/** Headers that nginx makes by itself. */
const ITS_OWN = ['date', 'content-length', 'content-type', 'connection', 'keep-alive', 'transfer-encoding'];

/** nginx with one worker on the servers' core: the same page with the same headers, for the same names. */
export async function startNginx(
  folder: string,
  port: number,
  names: number,
  page: Fetched,
): Promise<Program> {
  const root = join(folder, 'nginx');
  mkdirSync(root, { recursive: true });
  writeFileSync(join(root, 'page.html'), page.body);
  writeFileSync(
    join(root, 'names.map'),
    Array.from({ length: names }, (_, n) => `${nameOf(n)} 1;\n`).join(''),
  );
  const headers = Object.entries(page.headers)
    .filter(([name]) => !ITS_OWN.includes(name))
    .map(([name, value]) => `add_header ${name} "${String(value).replaceAll('"', '')}" always;`);
  writeFileSync(
    join(root, 'nginx.conf'),
    [
      'daemon off; worker_processes 1; master_process off;',
      `pid ${root}/pid; error_log ${root}/error.log error;`,
      'events { worker_connections 4096; }',
      'http {',
      `  access_log off; client_body_temp_path ${root}/a; proxy_temp_path ${root}/b; fastcgi_temp_path ${root}/c;`,
      `  uwsgi_temp_path ${root}/d; scgi_temp_path ${root}/e;`,
      '  map_hash_max_size 1048576; map_hash_bucket_size 128;',
      '  keepalive_timeout 0; open_file_cache max=16;',
      `  map $host $is_line { default 0; include ${root}/names.map; }`,
      '  server {',
      `    listen 127.0.0.1:${port} backlog=4096; root ${root}; default_type "text/html; charset=utf-8";`,
      '    if ($is_line = 0) { return 404; }',
      '    error_page 503 /page.html;',
      '    location / { return 503; }',
      `    location = /page.html { internal; ${headers.join(' ')} }`,
      '  }',
      '}',
    ].join('\n'),
  );
  const program = new Program(
    'nginx',
    pinned(['nginx', '-p', root, '-c', join(root, 'nginx.conf')], CORE.servers),
  );
  atExit(() => program.signal('SIGKILL'));
  await until('nginx answers', 20_000, async () => {
    if (!program.isRunning) throw new Error(`nginx ended\n${program.log}`);
    const answer = await fetched(port, nameOf(0)).catch(() => undefined);
    return answer?.status === page.status && answer.body === page.body;
  });
  return program;
}
