import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent } from '../support/lab/agent.ts';
import { Gateway, ZONE } from '../support/lab/gateway.ts';
import { type Host, Program, run, type Words } from '../support/lab/program.ts';
import { GIST, HOME_PAGE, NAME, RECEIPT, type Stage, urlEncoded } from './stage.ts';

const SECRET = 'the-secret-of-alice-0123456789';
const FIRST_ADDRESS = '127.0.10.1';
const SECOND_ADDRESS = '127.0.20.1';

/** This machine itself, as it is. */
class ThisMachine implements Host {
  readonly #started: Program[] = [];

  start(name: string, words: Words, env?: Readonly<Record<string, string>>): Program {
    const program = new Program(name, words, env);
    this.#started.push(program);
    return program;
  }

  async endAll(): Promise<void> {
    await Promise.all(this.#started.map((program) => program.kill()));
  }
}

interface Ports {
  readonly dns: number;
  readonly web: number;
  readonly mqtt: number;
}

/** The story where no namespaces are permitted: on loopback addresses, with lease events as udhcpc's hook writes them. */
export class LoopbackStage implements Stage {
  readonly about = [
    'No network namespaces are permitted here, so all is played on loopback addresses: the lease events are',
    "written as udhcpc's hook would write them. Everything else is real.",
  ];
  readonly lookUp: string;
  readonly openPage: string;
  readonly sendMessage: string;
  readonly cutStory = "Alice's router freezes: her agent falls silent without a word.";
  readonly gateway: Gateway;
  readonly agent: Agent;
  readonly #host: ThisMachine;
  readonly #folder: string;
  readonly #site: Server;
  readonly #port: number;
  #renewals = 0;

  private constructor(host: ThisMachine, folder: string, { dns, web, mqtt }: Ports) {
    this.#host = host;
    this.#folder = folder;
    this.#port = web;
    this.lookUp = `dig @127.0.0.1 -p ${dns} +short ${NAME}`;
    const found = `http://$(${this.lookUp}):${web}/`;
    this.openPage = `curl -si -H 'Host: ${NAME}' ${found} | ${GIST}`;
    this.sendMessage = `curl -s -H 'Host: leave.${ZONE}' --data @form http://127.0.0.1:${web}/ | ${RECEIPT}`;
    this.gateway = new Gateway({
      host,
      folder: join(folder, 'gateway'),
      settings: settings({ dns, web, mqtt }),
    });
    this.#site = createServer((_, reply) => reply.setHeader('content-type', 'text/html').end(HOME_PAGE));
    const secretFile = join(folder, 'secret');
    writeFileSync(secretFile, SECRET, { mode: 0o600 });
    this.agent = new Agent({
      host,
      folder: join(folder, 'agent'),
      caFile: null,
      subscription: { id: 'alice', domain: NAME, secretFile },
      wan: { source: 'udhcpc', lease_file: join(folder, 'lease') },
      settings: { gateway: `mqtt://127.0.0.1:${mqtt}` },
    });
  }

  static async open(): Promise<LoopbackStage> {
    const folder = mkdtempSync(join(tmpdir(), 'porchlight-demo-'));
    const [dns, web, mqtt] = [await freePort(), await freePort(), await freePort()];
    const stage = new LoopbackStage(new ThisMachine(), folder, { dns, web, mqtt });
    await stage.gateway.start();
    await stage.gateway.ask('line', 'add', 'alice', '--secret-file', join(folder, 'secret'));
    return stage;
  }

  async dial(): Promise<string> {
    await new Promise<void>((resolve) => this.#site.listen(this.#port, FIRST_ADDRESS, resolve));
    return this.#lease(FIRST_ADDRESS);
  }

  async moveAway(): Promise<string> {
    await this.#closeSite();
    await new Promise<void>((resolve) => this.#site.listen(this.#port, SECOND_ADDRESS, resolve));
    return this.#lease(SECOND_ADDRESS);
  }

  async cut(): Promise<void> {
    this.agent.program.signal('SIGSTOP');
  }

  async mend(): Promise<void> {
    this.agent.program.signal('SIGCONT');
  }

  async visitor(command: string): Promise<string> {
    return (await run(['sh', '-c', `cd ${this.#folder} && ${command}`])).stdout;
  }

  fillForm(fields: Readonly<Record<string, string>>): void {
    writeFileSync(join(this.#folder, 'form'), urlEncoded(fields));
  }

  async close(): Promise<void> {
    await this.#host.endAll();
    await this.#closeSite();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #lease(address: string): string {
    const file = join(this.#folder, 'lease');
    const event = this.#renewals++ === 0 ? 'bound' : 'renew';
    writeFileSync(`${file}.new`, `event=${event}\ninterface=wan\nip=${address}\nmask=8\nlease=3600\n`);
    renameSync(`${file}.new`, file);
    return address;
  }

  async #closeSite(): Promise<void> {
    if (!this.#site.listening) return;
    this.#site.closeAllConnections();
    await new Promise((resolve) => this.#site.close(resolve));
  }
}

function settings({ dns, web, mqtt }: Ports) {
  return {
    zone: { name: ZONE },
    dns: { listen: [`127.0.0.1:${dns}`], ttl: 1 },
    mqtt: { listen: `127.0.0.1:${mqtt}` },
    answering: { listen: [`127.0.0.1:${web}`], addresses: ['127.0.0.1'] },
    console: { listen: '' },
    // a loopback address always answers pings, so here only patience tells that nobody is there
    verify: { patience: 3 },
    alive: { timeout: 3 },
    addresses: { allow: ['127.0.0.0/8'] },
  };
}

async function freePort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}
