import type { Namespace } from './namespace.ts';

/** What can happen to the cable between a home and the provider. */
export class AccessLine {
  readonly #isp: Namespace;
  readonly #port: string;

  constructor(isp: Namespace, port: string) {
    this.#isp = isp;
    this.#port = port;
  }

  /** Silence in both directions, while both ends still see a carrier. */
  async cut(): Promise<void> {
    await this.mend();
    await this.#filter('drop', ['ingress', 'egress']);
  }

  /** Drops this share of the packets that the home sends. */
  async loseFromHome(percent: number): Promise<void> {
    await this.mend();
    await this.#filter(`numgen random mod 100 < ${percent} drop`, ['ingress']);
  }

  /** Everything passes again. */
  async mend(): Promise<void> {
    await this.#isp.run(['nft', 'delete', 'table', 'netdev', this.#table]);
  }

  /** Takes the carrier away on both sides. */
  async unplug(): Promise<void> {
    await this.#isp.ip('link', 'set', this.#port, 'down');
  }

  async plug(): Promise<void> {
    await this.#isp.ip('link', 'set', this.#port, 'up');
  }

  get #table(): string {
    return `line_${this.#port}`;
  }

  async #filter(rule: string, hooks: readonly string[]): Promise<void> {
    const chains = hooks.map(
      (hook) =>
        ` chain ${hook} {\n  type filter hook ${hook} device "${this.#port}" priority 0\n  ${rule}\n }\n`,
    );
    await this.#isp.mustRun(['nft', '-f', '-'], {
      input: `table netdev ${this.#table} {\n${chains.join('')}}\n`,
    });
  }
}
