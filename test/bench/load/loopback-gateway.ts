import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'smol-toml';
import { gatewayWords } from '../../support/lab/our-programs.ts';
import { mustRun, Program } from '../../support/lab/program.ts';
import { until } from '../../support/lab/waiting.ts';
import { memberAt } from './fleet-member.ts';

export const ZONE = 'mwebpages.test';

/** What `status --json` tells, as far as the bench looks at it. */
export interface Status {
  readonly lines: { readonly live: number };
  readonly batches: { readonly waiting: number; readonly count: number };
}

/** The gateway program on loopback, with its default time-outs, for lines that have loopback addresses. */
export class LoopbackGateway {
  readonly program: Program;
  readonly mqttPort: number;
  readonly dnsPort: number;
  readonly #folder: string;
  readonly #config: string;

  private constructor(
    folder: string,
    [mqtt, dns, web]: readonly number[],
    env: Readonly<Record<string, string>>,
  ) {
    this.#folder = folder;
    this.#config = join(folder, 'gateway.toml');
    this.mqttPort = mqtt ?? 0;
    this.dnsPort = dns ?? 0;
    const settings = {
      data_dir: join(folder, 'data'),
      zone: { name: ZONE },
      dns: { listen: [`127.0.0.1:${this.dnsPort}`] },
      mqtt: { listen: `127.0.0.1:${this.mqttPort}` },
      answering: { listen: [`127.0.0.1:${web ?? 0}`] },
      console: { listen: '' },
      addresses: { allow: ['127.0.0.0/8'] },
    };
    writeFileSync(this.#config, stringify(settings));
    this.program = new Program('gateway', gatewayWords('serve', '--config', this.#config), env);
    process.once('exit', () => this.program.signal('SIGKILL'));
  }

  static async start(env: Readonly<Record<string, string>>): Promise<LoopbackGateway> {
    const folder = mkdtempSync(join(tmpdir(), 'porchlight-bench-'));
    const gateway = new LoopbackGateway(folder, await freePorts(3), env);
    const { log } = gateway.program;
    await until('the gateway serves', 20_000, () => {
      if (!gateway.program.isRunning) throw new Error(`the gateway ended\n${log}`);
      return [502, 520, 540].every((block) => log.has({ block }));
    });
    return gateway;
  }

  /** Adds the lines of the fleet and waits until they are in the zone. */
  async importLines(count: number): Promise<void> {
    const members = Array.from({ length: count }, (_, index) => memberAt(index, ZONE));
    const file = join(this.#folder, 'lines.csv');
    writeFileSync(file, members.map(({ id, domain, secret }) => `${id},${domain},,${secret}\n`).join(''));
    await this.#command('line', 'import', file);
    await until('the lines are in the zone', 60_000, async () => {
      const { batches } = await this.status();
      return batches.waiting === 0 && batches.count > 0;
    });
  }

  async status(): Promise<Status> {
    return JSON.parse(await this.#command('status')) as Status;
  }

  /** Ends the program in order, and removes its files. */
  async end(): Promise<void> {
    await this.program.stop(30_000).catch(() => this.program.kill());
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #command(...words: string[]): Promise<string> {
    return await mustRun(gatewayWords(...words, '--json', '--config', this.#config), { limitMs: 120_000 });
  }
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.once('listening', resolve))));
  const ports = servers.map((server) => {
    const bound = server.address();
    return typeof bound === 'object' && bound ? bound.port : 0;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
