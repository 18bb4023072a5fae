import type { Agent } from '../../support/lab/agent.ts';
import { ZONE } from '../../support/lab/gateway.ts';
import type { Lab } from '../../support/lab/lab.ts';
import { pause, until } from '../../support/lab/waiting.ts';
import type { Figure } from '../report/figure.ts';
import { type AddressSwitch, HookSwitch, InterfaceSwitch, LeaseFileSwitch } from './address-switch.ts';
import { monotonicMs } from './monotonic.ts';
import type { NameWatch } from './name-watch.ts';
import { type Progress, sayEvery } from './progress.ts';
import { Stages } from './stages.ts';

interface Parts {
  readonly lab: Lab;
  readonly watch: NameWatch;
  readonly events: number;
  readonly say: Progress;
}

/** A line with a way to give it another address. */
interface Router {
  readonly line: string;
  readonly agent: Agent;
  readonly addresses: readonly [string, string];
  readonly change: AddressSwitch;
}

interface Way {
  readonly what: string;
  readonly connect: (lab: Lab, index: number) => Promise<Router>;
}

/** How a router can come to its next address. */
export const LEASE_WAYS: readonly Way[] = [
  { what: 'address of the interface', connect: interfaceRouter },
  { what: 'lease file alone', connect: leaseFileRouter },
  { what: "udhcpc's hook script (address, route, file)", connect: hookRouter },
];
const TARGET = { median: 50, p99: 150 };
/** More than `update.every`, so that the gateway is idle; uneven, so that no two rhythms fall into step. */
const LEAST_PAUSE_MS = 1_350;
/** They take turns: a line that changes its address more than three times a minute looks like two routers to the gateway. */
const ROUTERS = 15;
const LIMIT_MS = 20_000;

/** How long a new address takes from the router to the gateway's own answer. */
export async function leaseEvents(parts: Parts, { what, connect }: Way): Promise<Figure[]> {
  const { lab, events, say } = parts;
  const routers: Router[] = [];
  for (let index = 0; index < ROUTERS; index++) routers.push(await connect(lab, index));
  await Promise.all(routers.map(({ agent }) => agent.startAndGoLive(60_000)));
  const samples: number[] = [];
  const stages = new Stages();
  for (const [turn, router] of turnsOf(routers, events)) {
    await pause(LEAST_PAUSE_MS + Math.random() * 300);
    samples.push(await oneEvent(parts, router, turn, stages));
    sayEvery(10, samples.length, events, () => say(`${what}: ${samples.length} of ${events}`));
  }
  await Promise.all(routers.map(({ agent }) => agent.stop()));
  await Promise.all(routers.map(({ change }) => change.end()));
  const name = `lease event -> new address served: ${what}`;
  return [{ name, unit: 'ms', samples, target: TARGET, note: stages.text() }];
}

/** Each router in turn, with the number of its turn from 1 on. */
function turnsOf(routers: readonly Router[], events: number): (readonly [number, Router])[] {
  const rounds = Array.from({ length: Math.ceil(events / routers.length) }, (_, round) => round + 1);
  return rounds.flatMap((turn) => routers.map((router) => [turn, router] as const)).slice(0, events);
}

async function oneEvent(
  { lab, watch }: Parts,
  { line, agent, addresses, change }: Router,
  turn: number,
  stages: Stages,
): Promise<number> {
  const address = addresses[turn % 2] ?? addresses[0];
  const marks = { agent: agent.log.mark(), gateway: lab.gateway.log.mark() };
  const wanted = { name: `${line}.${ZONE}`, address, everyMs: 1, page: false };
  const seen = watch.served(wanted, LIMIT_MS);
  seen.catch(() => undefined);
  const wallOffset = Date.now() - monotonicMs();
  const at = await change.switchTo(address);
  const { servedAt } = await seen;
  await agent.log.waitFor({ block: 444, ipv4: address }, 5_000, marks.agent);
  await until('the gateway has logged the batch', 5_000, () =>
    lab.gateway.log.has({ block: 526 }, marks.gateway),
  );
  stages.add({
    at: at + wallOffset,
    servedAt: servedAt + wallOffset,
    agent: agent.log.lines.slice(marks.agent),
    gateway: lab.gateway.log.lines.slice(marks.gateway),
  });
  return servedAt - at;
}

async function interfaceRouter(lab: Lab, index: number): Promise<Router> {
  const line = `interface${index}`;
  const home = await lab.connectHome(line);
  const addresses = addressesOf(100 + index);
  await home.take(addresses[0]);
  const wan = { source: 'interface', interface: 'wan' };
  const agent = lab.agent(home, await lab.addLine(line), { wan });
  return { line, agent, addresses, change: new InterfaceSwitch(home, addresses[0]) };
}

async function leaseFileRouter(lab: Lab, index: number): Promise<Router> {
  const line = `file${index}`;
  const home = await lab.connectHome(line);
  const addresses = addressesOf(120 + index);
  await home.take(addresses[1]);
  await home.take(addresses[0]);
  const { source = '', lease_file = '' } = home.dhcpSource('udhcpc');
  const change = new LeaseFileSwitch(lease_file);
  await change.switchTo(addresses[0]);
  const agent = lab.agent(home, await lab.addLine(line), { wan: { source, lease_file } });
  return { line, agent, addresses, change };
}

async function hookRouter(lab: Lab, index: number): Promise<Router> {
  const line = `hook${index}`;
  const home = await lab.connectHome(line);
  const addresses = addressesOf(140 + index);
  const { lease_file = '' } = home.dhcpSource('udhcpc');
  const change = new HookSwitch(home, lease_file);
  await change.switchTo(addresses[0]);
  return { line, agent: lab.agent(home, await lab.addLine(line)), addresses, change };
}

function addressesOf(host: number): readonly [string, string] {
  return [`198.51.100.${host}`, `203.0.113.${host}`];
}
