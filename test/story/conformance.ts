import process from 'node:process';
import type { Agent } from '../support/lab/agent.ts';
import type { Home } from '../support/lab/home.ts';
import { Lab, POOL } from '../support/lab/lab.ts';
import { Owner } from '../support/lab/owner.ts';
import { formIn } from '../support/lab/page.ts';
import { until } from '../support/lab/waiting.ts';
import { BLOCKS } from './blocks.ts';
import { Ledger } from './ledger.ts';

/** Replays the story on real parts and ticks each block of Figures 4 and 5 whose log line and assertion were seen. */

const ALICE = 'alice.mwebpages.test';
const WAIT_MS = 20_000;

interface Stage {
  readonly lab: Lab;
  readonly home: Home;
  readonly agent: Agent;
  readonly ledger: Ledger;
}

async function play(): Promise<Ledger> {
  const ledger = new Ledger();
  const lab = await Lab.open({ gateway: { update: { every: 1 }, verify: { patience: 2 } } });
  try {
    const stage = await setStage(lab, ledger);
    await goLive(stage);
    await beRefused(stage);
    await fallSilent(stage);
    await comeBack(stage);
    await sayGoodBye(stage);
    await endOfGateway(stage);
  } finally {
    await lab.close();
  }
  return ledger;
}

async function setStage(lab: Lab, ledger: Ledger): Promise<Stage> {
  await lab.dhcp.lease(POOL);
  await lab.gateway.start();
  ledger.prove(
    'the gateway serves',
    (await lab.visitor.askGateway('mwebpages.test', 'SOA')).code === 'NOERROR',
    500,
  );
  await lab.gateway.ask('announce', 'Maintenance on Sunday from 2 to 3.');
  const home = await lab.connectHome('home');
  const agent = lab.agent(home, await lab.addLine('alice'));
  await until(
    'alice is in the zone',
    WAIT_MS,
    async () => (await lab.visitor.askGateway(ALICE)).code === 'NOERROR',
  );
  return { lab, home, agent, ledger };
}

/** Blocks 400-452 and 502-538. */
async function goLive({ lab, home, agent, ledger }: Stage): Promise<void> {
  const { serial } = await lab.gateway.status();
  agent.start();
  const address = await home.dial();
  const up = await agent.log.waitFor({ block: 400 }, WAIT_MS);
  ledger.prove('the agent sees the leased address', up['ipv4'] === address, 400);
  await agent.log.waitFor({ block: 404 }, WAIT_MS);
  const queued = await agent.log.waitFor({ block: 412 }, WAIT_MS);
  const live = await agent.waitForLive(WAIT_MS);
  const line = await lab.gateway.line('alice');
  const status = await lab.gateway.status();
  const dns = await lab.visitor.askGateway(ALICE);
  ledger.prove('the agent is connected as alice', line.presence === 'up', 404, 502, 504, 506, 508, 516);
  ledger.prove(
    'the registration carried the address',
    line.published.addresses[0] === address,
    408,
    440,
    512,
    518,
  );
  ledger.prove('the agent was told how long it takes', typeof queued['liveInMs'] === 'number', 412, 514);
  ledger.prove('the name answers with the address', dns.addresses[0] === address, 520, 522, 526, 530);
  ledger.prove(
    'one batch, one serial',
    status.serial === serial + 1 && line.published.serial === status.serial,
    524,
    528,
  );
  ledger.prove('the agent heard of that very serial', live['serial'] === status.serial, 444, 532);
  ledger.prove('nothing waits', line.pending === null, 534, 536, 538);
  await agent.log.waitFor({ block: 420, count: 1 }, WAIT_MS);
  ledger.prove(
    'the announcement reached the router',
    JSON.stringify(agent.status()).includes('Maintenance on Sunday'),
    420,
  );
  const { portal } = await agent.log.waitFor({ block: 424 }, WAIT_MS);
  await editThePage({ lab, home, agent, ledger }, String(portal));
  await until('three alive signals', WAIT_MS, () => agent.log.all({ block: 452 }).length >= 3);
  const heard = (await lab.gateway.line('alice')).presence;
  ledger.prove('the alive loop keeps the line up', heard === 'up', 448, 452, 540, 542);
}

const WORDS = 'Back on Monday.';
const PAGE = '<h1>Gone fishing</h1><script>alert(1)</script>';

/** Blocks 424, 432 and 436: the link that the router shows leads to the owner's page, which is edited there. */
async function editThePage({ lab, agent, ledger }: Stage, place: string): Promise<void> {
  const link = portalLinkOf(agent);
  ledger.prove(
    'the log tells the place, and only the status the link',
    link.startsWith(`${place}/enter/`),
    424,
  );
  const owner = new Owner(lab.visitor, lab.caFile);
  const entered = await owner.enter(link);
  const homePage = await owner.get('/');
  ledger.prove(
    'the link leads to the page of the line, and only once',
    entered.status === 303 &&
      homePage.body.includes(ALICE) &&
      (await new Owner(lab.visitor, lab.caFile).enter(link)).status === 410,
    424,
  );
  const editor = await owner.get('/page');
  ledger.prove(
    'the owner is offered both editors',
    ['tab=words', 'tab=html'].every((tab) => editor.body.includes(tab)),
    432,
  );
  const words = await owner.change('/page', { kind: 'words', words: WORDS, status: '503' });
  const html = await owner.change('/page', { kind: 'html', html: PAGE, status: '503' });
  ledger.prove('plain text and HTML are kept', words.status === 303 && html.status === 303, 436);
}

function portalLinkOf(agent: Agent): string {
  const status = JSON.stringify(agent.status());
  return /"portal":"([^"]+)"/.exec(status)?.[1] ?? '';
}

/** Block 510: a claim to somebody else's domain. */
async function beRefused({ lab, agent, ledger }: Stage): Promise<void> {
  const before = await lab.gateway.status();
  const office = await lab.connectHome('office');
  await lab.addLine('bob');
  await office.dial();
  const bob = lab.agent(office, lab.subscription('bob', ALICE));
  bob.start();
  const refusal = await bob.log.waitFor({ reason: 'not-your-domain' }, WAIT_MS);
  await bob.stop();
  ledger.read(bob.log.lines);
  const alice = await lab.gateway.line('alice');
  ledger.prove('bob is told, alice stays', refusal !== undefined && alice.state === 'live', 510);
  ledger.prove('no address moved', (await lab.gateway.status()).lines.live === before.lines.live, 510);
  ledger.read(agent.log.lines);
}

/** Blocks 544-552. */
async function fallSilent({ lab, home, ledger }: Stage): Promise<void> {
  await lab.gateway.graceEnds();
  const mark = lab.gateway.log.mark();
  await home.cable.cut();
  await lab.gateway.log.waitFor({ block: 544, line: 'alice' }, WAIT_MS, mark);
  await lab.gateway.log.waitFor({ block: 550, line: 'alice' }, WAIT_MS, mark);
  const page = await until('the page answers by the name', WAIT_MS, async () => {
    const reply = await lab.visitor.open(`http://${ALICE}/`);
    return reply.status === 503 ? reply : undefined;
  });
  const line = await lab.gateway.line('alice');
  ledger.prove('agent and address were silent', line.offlineReason === 'silent', 544, 546, 548);
  ledger.prove('the name leads to the page', page.body.includes('is not on-line at the moment'), 550, 552);
  const framed = await lab.visitor.open(`http://${ALICE}/.porchlight/page`);
  const isSafe = framed.body.includes('<h1>Gone fishing</h1>') && !framed.body.includes('alert');
  ledger.prove('visitors get what the owner wrote, without its script', isSafe, 436, 552);
  const { action, fields } = formIn(page.body);
  const form = { ...fields, name: 'Vera', text: 'The parcel is at my place.' };
  // what is filled in faster than a person can read is asked for once more
  await until('the message is kept', WAIT_MS, async () => {
    return (await lab.visitor.open(action, { form })).body.includes('Your message is kept');
  });
}

/** Block 428: what the owner hears. */
async function comeBack({ lab, home, agent, ledger }: Stage): Promise<void> {
  const mark = agent.log.mark();
  await home.cable.mend();
  const away = await agent.log.waitFor({ block: 428, offlineReason: 'silent' }, WAIT_MS, mark);
  const known = Number(away['offlineForMs']) > 0 && Number(away['hits']) >= 1 && away['messages'] === 1;
  ledger.prove(
    'time off-line, reason, visits and messages are told',
    known && away['lastLogOn'] !== null,
    428,
  );
  await until('the name leads home again', WAIT_MS, async () => {
    return (await lab.gateway.line('alice')).state === 'live';
  });
}

/** Blocks 456 and 460. */
async function sayGoodBye({ lab, agent, ledger }: Stage): Promise<void> {
  const code = await agent.stop();
  ledger.read(agent.log.lines);
  await until(
    'the page answers at once',
    2_000,
    async () => (await lab.visitor.open(`http://${ALICE}/`)).status === 503,
  );
  ledger.prove('the farewell was heard', (await lab.gateway.line('alice')).offlineReason === 'farewell', 456);
  ledger.prove('the agent ended in order', code === 0, 460);
}

async function endOfGateway({ lab, ledger }: Stage): Promise<void> {
  const code = await lab.gateway.stop();
  ledger.read(lab.gateway.log.lines);
  ledger.prove('the gateway ended in order', code === 0, 590);
}

const ledger = await play();
process.stdout.write(`${ledger.table()}\n\n`);
process.stdout.write(`${ledger.shown.length} of ${BLOCKS.length}\n`);
process.exitCode = ledger.shown.length === BLOCKS.length ? 0 : 1;
