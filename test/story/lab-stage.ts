import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Agent } from '../support/lab/agent.ts';
import type { Gateway } from '../support/lab/gateway.ts';
import type { Home } from '../support/lab/home.ts';
import { Lab, OTHER_POOL } from '../support/lab/lab.ts';
import { GIST, HOME_PAGE, NAME, RECEIPT, type Stage, urlEncoded } from './stage.ts';

/** The story on real parts, in network namespaces. */
export class LabStage implements Stage {
  readonly about = [
    'In network namespaces of their own: dnsmasq leases addresses, busybox udhcpc takes them, nftables cuts',
    'the line, the visitor asks through a caching unbound. Agent and gateway speak MQTT over TLS.',
  ];
  readonly lookUp = `dig +short ${NAME}`;
  readonly openPage = `curl -si http://${NAME}/ | ${GIST}`;
  readonly sendMessage = `curl -s --data @form http://leave.mwebpages.test/ | ${RECEIPT}`;
  readonly cutStory = 'The line is cut: every packet vanishes without a word, both ends still see a carrier.';
  readonly gateway: Gateway;
  readonly agent: Agent;
  readonly #lab: Lab;
  readonly #home: Home;

  private constructor(lab: Lab, home: Home, agent: Agent) {
    this.#lab = lab;
    this.#home = home;
    this.gateway = lab.gateway;
    this.agent = agent;
  }

  static async open(): Promise<LabStage> {
    const lab = await Lab.running();
    const home = await lab.connectHome('home');
    const agent = lab.agent(home, await lab.addLine('alice'));
    const site = join(lab.folder, 'site');
    mkdirSync(site);
    writeFileSync(join(site, 'index.html'), `${HOME_PAGE}\n`);
    home.host.start('httpd', ['busybox', 'httpd', '-f', '-p', '80', '-h', site]);
    return new LabStage(lab, home, agent);
  }

  async dial(): Promise<string> {
    return await this.#home.dial('udhcpc');
  }

  async moveAway(): Promise<string> {
    await this.#lab.dhcp.lease(OTHER_POOL);
    this.#home.client.renew();
    return await this.#home.address('203.0.113.');
  }

  async cut(): Promise<void> {
    await this.#home.cable.cut();
  }

  async mend(): Promise<void> {
    await this.#home.cable.mend();
  }

  async visitor(command: string): Promise<string> {
    const words = ['sh', '-c', `cd ${this.#lab.folder} && ${command}`] as const;
    return (await this.#lab.visitor.host.run(words)).stdout;
  }

  fillForm(fields: Readonly<Record<string, string>>): void {
    writeFileSync(join(this.#lab.folder, 'form'), urlEncoded(fields));
  }

  async close(): Promise<void> {
    await this.#lab.close();
  }
}
