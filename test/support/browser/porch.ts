import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { stringify } from 'smol-toml';
import { agentWords, gatewayWords } from '../lab/our-programs.ts';
import { mustRun, Program } from '../lab/program.ts';
import { freePort } from '../secondaries/free-port.ts';

export const CHROMIUM = '/usr/bin/chromium';
/** Names below `localhost` lead to this machine and may use microphones over plain HTTP. */
const ZONE = 'porch.localhost';
const ARTIFACTS = new URL('../../artifacts/', import.meta.url).pathname;

export const hasChromium = existsSync(CHROMIUM);
const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 360, height: 740 };

interface PorchParts {
  readonly folder: string;
  /** Where agents log in. */
  readonly mqtt: string;
  readonly program: Program;
}

/** A browser with a microphone and a camera that hum and turn. */
export function launch(executablePath: string, ...args: string[]): Promise<Browser> {
  const fakes = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
  return chromium.launch({ executablePath, args: ['--no-sandbox', ...fakes, ...args] });
}

/** A gateway program with alice's line, and a browser before it. */
export class Porch {
  readonly browser: Browser;
  readonly visitorUrl: string;
  readonly #folder: string;
  readonly #mqtt: string;
  readonly #programs: Program[];

  private constructor(browser: Browser, parts: Pick<Porch, 'visitorUrl'> & PorchParts) {
    this.browser = browser;
    this.visitorUrl = parts.visitorUrl;
    this.#folder = parts.folder;
    this.#mqtt = parts.mqtt;
    this.#programs = [parts.program];
  }

  static async open(): Promise<Porch> {
    const folder = mkdtempSync(join(tmpdir(), 'porchlight-browser-'));
    const ports = await Promise.all([0, 1, 2, 3].map(() => freePort('127.0.0.1')));
    const [dns, mqtt, web, console] = ports.map((port) => `127.0.0.1:${port}`);
    writeFileSync(
      join(folder, 'gateway.toml'),
      stringify({
        zone: { name: ZONE },
        dns: { listen: [dns] },
        mqtt: { listen: mqtt },
        answering: { listen: [web] },
        console: { listen: console },
        addresses: { allow: ['127.0.0.0/8'] },
        verify: { patience: 1 },
        alive: { timeout: 3 },
      }),
    );
    const program = new Program('gateway', gatewayWords('serve', '--config', join(folder, 'gateway.toml')));
    await program.log.waitFor({ event: 'gateway listens' }, 30_000);
    const browser = await launch(CHROMIUM, `--host-resolver-rules=MAP *.${ZONE} 127.0.0.1`);
    const visitorUrl = `http://alice.${ZONE}:${ports[2]}`;
    const porch = new Porch(browser, { visitorUrl, folder, mqtt: `mqtt://${mqtt}`, program });
    await porch.command('line', 'add', 'alice', '--words', 'Back on Monday.');
    return porch;
  }

  async command(...words: string[]): Promise<Record<string, unknown>> {
    const config = join(this.#folder, 'gateway.toml');
    return JSON.parse(await mustRun(gatewayWords(...words, '--json', '--config', config)));
  }

  /** A router with a lease of this address, and the agent on it; the line is live when it resolves. */
  async router(line: string, address: string): Promise<Program> {
    const file = (name: string) => join(this.#folder, `${line}.${name}`);
    const { secret } = await this.command('line', 'secret', line);
    writeFileSync(file('secret'), String(secret), { mode: 0o600 });
    writeFileSync(file('lease'), `event=bound\ninterface=wan\nip=${address}\nmask=8\nlease=3600\n`);
    writeFileSync(
      file('toml'),
      stringify({
        ...{ gateway: this.#mqtt, line, domain: `${line}.${ZONE}` },
        ...{ secret_file: file('secret'), status_file: file('status') },
        wan: { source: 'udhcpc', lease_file: file('lease') },
      }),
    );
    const agent = new Program('agent', agentWords('run', '--config', file('toml')));
    this.#programs.push(agent);
    await agent.log.waitFor({ block: 444 }, 30_000);
    return agent;
  }

  /** Somebody's browser window; with `bypassCSP` tools can be put into its pages. */
  person(viewport = DESKTOP, bypassCSP = false): Promise<BrowserContext> {
    return this.browser.newContext({ viewport, bypassCSP, permissions: ['microphone', 'camera'] });
  }

  /** Comes in by a one-time link. */
  async enter(context: BrowserContext, link: unknown): Promise<Page> {
    const page = await context.newPage();
    await page.goto(String(link));
    await page.getByRole('button', { name: 'Come in' }).click();
    await page.waitForURL((url) => !url.pathname.startsWith('/enter'));
    return page;
  }

  async end(): Promise<void> {
    await this.browser.close();
    for (const program of this.#programs.toReversed()) await program.stop().catch(() => program.kill());
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** A picture for people to look at; git ignores the folder. */
export async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(ARTIFACTS, { recursive: true });
  await page.screenshot({ path: join(ARTIFACTS, `${name}.png`), fullPage: true });
}
