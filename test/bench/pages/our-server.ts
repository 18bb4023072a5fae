import { mkdirSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { stringify } from 'smol-toml';
import { gatewayWords } from '../../support/lab/our-programs.ts';
import { Program } from '../../support/lab/program.ts';
import { until } from '../../support/lab/waiting.ts';
import { atExit } from '../dns/at-exit.ts';
import { ZONE } from '../dns/bench-zone.ts';
import { CORE, pinned } from '../dns/server-process.ts';

/** The gateway's program, which answers for all of its lines; on one core. */
export class OurServer {
  readonly program: Program;
  readonly port: number;

  private constructor(program: Program, port: number) {
    this.program = program;
    this.port = port;
  }

  /** `folder` holds `data/`, filled before. */
  static async start(folder: string, quotaMb: number): Promise<OurServer> {
    const config = join(folder, 'gateway.toml');
    mkdirSync(join(folder, 'data'), { recursive: true });
    writeFileSync(
      config,
      stringify({
        data_dir: join(folder, 'data'),
        log_level: 'info',
        zone: { name: ZONE },
        dns: { listen: ['127.0.0.1:0'] },
        mqtt: { listen: '127.0.0.1:0' },
        answering: { listen: ['127.0.0.1:0'], quota_mb: quotaMb },
        console: { listen: '' },
      }),
    );
    const program = new Program('gateway', pinned(gatewayWords('serve', '--config', config), CORE.servers));
    atExit(() => program.signal('SIGKILL'));
    await until('the gateway listens', 60_000, () => {
      if (!program.isRunning) throw new Error(`the gateway ended\n${program.log}`);
      return program.log.has({ event: 'gateway listens' });
    });
    const { http } = await program.log.waitFor({ event: 'gateway listens' }, 1_000);
    return new OurServer(program, Number(/:(\d+)$/.exec(String(http))?.[1]));
  }

  async end(): Promise<void> {
    await this.program.stop(30_000).catch(() => this.program.kill());
  }
}

export interface Fetched {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** One GET as a browser sends it, from one of this machine's loopback addresses. */
export function fetched(port: number, host: string, path = '/', from = '127.0.0.1'): Promise<Fetched> {
  return new Promise((resolve, reject) => {
    const request = get(
      { host: '127.0.0.1', port, path, localAddress: from, headers: { host }, agent: false },
      (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(pieces).toString(),
          }),
        );
        response.on('error', reject);
      },
    );
    request.on('error', reject);
  });
}
