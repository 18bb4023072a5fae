import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { stringify } from 'smol-toml';
import { gatewayWords } from '../lab/our-programs.ts';
import { mustRun, Program } from '../lab/program.ts';
import { freePort } from '../secondaries/free-port.ts';

const CHROMIUM = '/usr/bin/chromium';
/** Names below `localhost` lead to this machine and may use microphones over plain HTTP. */
const ZONE = 'porch.localhost';
const ARTIFACTS = new URL('../../artifacts/', import.meta.url).pathname;

export const hasChromium = existsSync(CHROMIUM);
const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 360, height: 740 };

/** A gateway program with alice's line, and a browser before it. */
export class Porch {
  readonly browser: Browser;
  readonly visitorUrl: string;
  readonly #folder: string;
  readonly #program: Program;

  private constructor(browser: Browser, folder: string, program: Program, port: number) {
    this.browser = browser;
    this.visitorUrl = `http://alice.${ZONE}:${port}`;
    this.#folder = folder;
    this.#program = program;
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
      }),
    );
    const program = new Program('gateway', gatewayWords('serve', '--config', join(folder, 'gateway.toml')));
    await program.log.waitFor({ event: 'gateway listens' }, 30_000);
    const browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: [
        ...['--no-sandbox', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
        `--host-resolver-rules=MAP *.${ZONE} 127.0.0.1`,
      ],
    });
    const porch = new Porch(browser, folder, program, ports[2] ?? 0);
    await porch.command('line', 'add', 'alice', '--words', 'Back on Monday.');
    return porch;
  }

  async command(...words: string[]): Promise<Record<string, unknown>> {
    const config = join(this.#folder, 'gateway.toml');
    return JSON.parse(await mustRun(gatewayWords(...words, '--json', '--config', config)));
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
    await this.#program.stop().catch(() => this.#program.kill());
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** A picture for people to look at; git ignores the folder. */
export async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(ARTIFACTS, { recursive: true });
  await page.screenshot({ path: join(ARTIFACTS, `${name}.png`), fullPage: true });
}
