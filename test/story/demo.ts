import { formIn } from '../support/lab/page.ts';
import { pause, until } from '../support/lab/waiting.ts';
import { LabStage } from './lab-stage.ts';
import { LoopbackStage } from './loopback-stage.ts';
import { Narrator } from './narrator.ts';
import { NAME, type Stage } from './stage.ts';

const { PORCHLIGHT_LAB } = process.env;
const SECONDS = 1_000;
/** A form that is sent faster than people write is not taken. */
const WRITING_MS = 2.2 * SECONDS;

/** One telling of the story: every scene says what happens and then shows what a visitor sees of it. */
class Demo {
  readonly #stage: Stage;
  readonly #narrator: Narrator;

  constructor(stage: Stage, narrator: Narrator) {
    this.#stage = stage;
    this.#narrator = narrator;
  }

  async tell(): Promise<void> {
    await this.#neverHeard();
    await this.#firstLease();
    const address = await this.#nextLease();
    await this.#orderlyRestart(address);
    await this.#silence(address);
    await this.#message();
    await this.#return(address);
  }

  async #neverHeard(): Promise<void> {
    await this.#scene(
      "Alice's line is new: her router was never heard. Her name leads to the gateway, which answers in her place.",
    );
  }

  async #firstLease(): Promise<void> {
    const { agent } = this.#stage;
    agent.start();
    const address = await this.#stage.dial();
    const { serial } = await agent.waitForLive();
    await this.#leadsTo(address);
    await this.#scene(
      `Her router is switched on and is leased ${address}. Its agent registers: queued, then live (serial ${serial}).`,
    );
  }

  async #nextLease(): Promise<string> {
    const { agent } = this.#stage;
    const mark = agent.log.mark();
    const address = await this.#stage.moveAway();
    await agent.log.waitFor({ block: 444, ipv4: address }, 15 * SECONDS, mark);
    await this.#leadsTo(address);
    await this.#scene(
      `The provider renumbers: the old lease is refused, the new one is ${address}. The name follows.`,
    );
    return address;
  }

  async #orderlyRestart(address: string): Promise<void> {
    const { agent } = this.#stage;
    await agent.stop();
    await this.#leavesFrom(address);
    await this.#scene(
      'The router reboots. Its agent says good-bye, and at once the gateway answers in its place.',
    );
    await agent.startAndGoLive();
    await this.#leadsTo(address);
    this.#narrator.tell('The router is up again, and so is the name.');
    await this.#show(this.#stage.lookUp);
  }

  async #silence(address: string): Promise<void> {
    const { gateway, cutStory } = this.#stage;
    const mark = gateway.log.mark();
    await this.#stage.cut();
    this.#narrator.tell(
      `${cutStory} The gateway asks the agent and pings the address. As it was started just now itself, it waits ` +
        'until its first 30 s are over before it believes anybody off-line ...',
    );
    const { silentMs, reason } = await gateway.log.waitFor({ block: 550 }, 50 * SECONDS, mark);
    await this.#leavesFrom(address);
    await this.#scene(`No sign for ${seconds(silentMs)} (${reason}): off-line. The name leads to her page.`);
  }

  async #message(): Promise<void> {
    const page = await this.#stage.visitor(this.#stage.openPage.replace(/ \| grep .*$/, ''));
    this.#stage.fillForm({ ...formIn(page).fields, name: 'Vera', text: 'The cake is ready, call me!' });
    await pause(WRITING_MS);
    this.#narrator.tell('Vera, who wanted to visit, fills in the form on that page and leaves a message.');
    await this.#show(this.#stage.sendMessage);
  }

  async #return(address: string): Promise<void> {
    const { agent, gateway } = this.#stage;
    const mark = agent.log.mark();
    await this.#stage.mend();
    const { offlineForMs, offlineReason, hits, messages } = await agent.log.waitFor(
      { block: 428 },
      30 * SECONDS,
      mark,
    );
    await agent.waitForLive(5 * SECONDS, mark);
    await this.#leadsTo(address);
    await this.#scene(
      `The line is back, and the agent is told what happened: off-line for ${seconds(offlineForMs)} ` +
        `(${offlineReason}), ${hits} visits to the page, ${messages} message.`,
    );
    const { stdout } = await gateway.command('line', 'show', 'alice');
    this.#narrator.show('porchlight-gateway line show alice', stdout);
  }

  /** What happens, and what the visitor gets to see. */
  async #scene(text: string): Promise<void> {
    this.#narrator.tell(text);
    await this.#show(this.#stage.lookUp);
    await this.#show(this.#stage.openPage);
  }

  async #show(command: string): Promise<void> {
    this.#narrator.show(command, await this.#stage.visitor(command));
  }

  /** The visitor's resolver may know the old address for as long as the zone's TTL allows. */
  async #leadsTo(address: string): Promise<void> {
    await until(
      `${NAME} leads to ${address}`,
      15 * SECONDS,
      async () => (await this.#lookedUp()) === address,
    );
  }

  async #leavesFrom(address: string): Promise<void> {
    await until(`${NAME} leads elsewhere`, 15 * SECONDS, async () => (await this.#lookedUp()) !== address);
  }

  async #lookedUp(): Promise<string> {
    return (await this.#stage.visitor(this.#stage.lookUp)).trim();
  }
}

function seconds(ms: unknown): string {
  return `${Math.round(Number(ms) / SECONDS)} s`;
}

async function main(): Promise<void> {
  const narrator = new Narrator((text) => process.stdout.write(text));
  const stage = await (PORCHLIGHT_LAB ? LabStage.open() : LoopbackStage.open());
  const close = () => stage.close();
  process.once('SIGINT', () => void close().then(() => process.exit(130)));
  process.once('SIGTERM', () => void close().then(() => process.exit(143)));
  try {
    narrator.title(['Porchlight: one name that always answers', '', ...stage.about]);
    await new Demo(stage, narrator).tell();
    narrator.tell('That is all. Nothing of it is left running.');
  } finally {
    await close();
  }
}

await main();
