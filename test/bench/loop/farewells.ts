import { ZONE } from '../../support/lab/gateway.ts';
import type { Lab } from '../../support/lab/lab.ts';
import { GATEWAY_ADDRESS } from '../../support/lab/network.ts';
import { pause } from '../../support/lab/waiting.ts';
import type { Figure } from '../report/figure.ts';
import { monotonicMs } from './monotonic.ts';
import type { NameWatch } from './name-watch.ts';
import { type Progress, sayEvery } from './progress.ts';

interface Parts {
  readonly lab: Lab;
  readonly watch: NameWatch;
  readonly farewells: number;
  readonly say: Progress;
}

const QUIET_MS = 1_300;

/** How long an orderly end takes from SIGTERM to the gateway's address. */
export async function farewells({ lab, watch, farewells: count, say }: Parts): Promise<Figure[]> {
  const home = await lab.connectHome('goodbye');
  await home.take('198.51.100.110');
  const wan = { source: 'interface', interface: 'wan' };
  const agent = lab.agent(home, await lab.addLine('dora'), { wan });
  const wanted = { name: `dora.${ZONE}`, address: GATEWAY_ADDRESS, everyMs: 1, page: false };
  const samples: number[] = [];
  while (samples.length < count) {
    await agent.startAndGoLive();
    await pause(QUIET_MS);
    const at = monotonicMs();
    agent.program.signal('SIGTERM');
    const { servedAt } = await watch.served(wanted, 10_000);
    samples.push(servedAt - at);
    await agent.program.ended(10_000);
    sayEvery(5, samples.length, count, () => say(`farewells: ${samples.length} of ${count}`));
  }
  const name = "orderly farewell (SIGTERM to the agent) -> gateway's address served";
  return [{ name, unit: 'ms', samples, target: { p99: 250 } }];
}
