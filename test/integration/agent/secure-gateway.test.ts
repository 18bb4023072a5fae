import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { TlsOptions } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { RELEASED_AT } from '../../../agent/version.ts';
import { systemClock } from '../../../runtime/clock.ts';
import { type AgentEngine, agentEngines, compactProgram } from '../../support/agent-engines.ts';
import { obligingGateway } from '../../support/agent-obliging-gateway.ts';
import {
  secureAgent as agentOf,
  LOOPBACK,
  pki,
  type AgentSetting as Setting,
} from '../../support/agent-secure.ts';
import { temporaryFolder } from '../../support/agent-temporary-folder.ts';
import { ThrowawayCa } from '../../support/throwaway-certificate.ts';

const DAY_MS = 86_400_000;
const YEAR_MS = 365 * DAY_MS;
const now = systemClock.now();

const LIVE = 'the name is live';
const WITHIN = { timeout: 5_000 };

describe.each(agentEngines())('a gateway with TLS, seen by $name', (engine) => {
  const { isBuilt } = engine;

  async function goesLive(options: TlsOptions, setting: Partial<Setting> = {}, listen = '127.0.0.1') {
    const { authority, tls } = await pki();
    const { port } = await obligingGateway({ ...tls, ...options }, listen);
    const { log } = agentOf({ engine, port, authority, ...setting });
    await expect.poll(log, WITHIN).toContain(LIVE);
  }

  /** What the agent says of a gateway that it does not take. */
  async function whyNot(setting: Omit<Setting, 'engine'>): Promise<string> {
    const { log } = agentOf({ engine, ...setting });
    await expect.poll(log, WITHIN).toContain('not connected');
    expect(log()).not.toContain(LIVE);
    return log().slice(log().indexOf('not connected'));
  }

  test.runIf(isBuilt).each(['TLSv1.2', 'TLSv1.3'] as const)('is taken with %s', async (version) => {
    await goesLive({ minVersion: version, maxVersion: version });
  });

  test.runIf(isBuilt)('is taken by an address, of IPv6 too', async () => {
    await goesLive({}, { host: '127.0.0.1' });
    await goesLive({}, { host: '[::1]' }, '::1');
  });

  test.runIf(isBuilt)('is refused when another authority has signed, or for another name', async () => {
    const { tls } = await pki();
    const stranger = await pki();
    const other = await pki(['gateway.example']);
    const first = await obligingGateway(tls);
    expect(await whyNot({ port: first.port, authority: stranger.authority })).toMatch(
      /verify the first certificate|not correctly signed/,
    );
    const second = await obligingGateway(other.tls);
    expect(await whyNot({ port: second.port, authority: other.authority })).toMatch(/expected|altnames/);
    const byAddress = { port: second.port, authority: other.authority, host: '127.0.0.1' };
    expect(await whyNot(byAddress)).toMatch(/expected|not for 127\.0\.0\.1/);
  });

  test.runIf(isBuilt)('is refused before and after the days of its certificate', async () => {
    const early = await pki(LOOPBACK, now, now + 2 * DAY_MS);
    const late = await pki(LOOPBACK, now - 3 * YEAR_MS, now - 2 * YEAR_MS);
    const first = await obligingGateway(early.tls);
    expect(await whyNot({ port: first.port, authority: early.authority })).toMatch(/not yet valid|future/);
    const second = await obligingGateway(late.tls);
    expect(await whyNot({ port: second.port, authority: late.authority })).toMatch(/expired/);
  });

  test.runIf(isBuilt)('is given up when there is no TLS, or nobody', async () => {
    const { authority } = await pki();
    const server = createServer((socket) =>
      socket.on('error', () => undefined).end('HTTP/1.1 400 no\r\n\r\n'),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    expect(await whyNot({ port, authority })).toMatch(/TLS|SSL|wrong version/);
    expect(await whyNot({ port: 1, authority })).toContain('ECONNREFUSED');
    expect(await whyNot({ port: 1, authority, host: 'nowhere.invalid' })).toMatch(
      /ENOTFOUND|EAI_AGAIN|not known/,
    );
  });

  test.runIf(isBuilt)('that asks for a certificate gets the one in the settings', async () => {
    const { authority, tls } = await pki();
    const own = new ThrowawayCa();
    onTestFinished(() => own.remove());
    const { port } = await obligingGateway({
      ...tls,
      requestCert: true,
      rejectUnauthorized: true,
      ca: own.ca,
    });
    expect(await whyNot({ port, authority })).toMatch(/certificate.required|fatal alert|EOF/i);
    const more = `client_cert_file = "${own.certFile}"\nclient_key_file = "${own.keyFile}"\n`;
    const { log } = agentOf({ engine, port, authority, more });
    await expect.poll(log, WITHIN).toContain(LIVE);
  });
});

describe('a gateway with TLS, seen by the small engine before the clock is set', () => {
  const program = compactProgram('agent-with-test-clock');
  const engine: AgentEngine = { name: 'test clock', words: [program], isBuilt: existsSync(program) };
  const testWithClock = test.runIf(engine.isBuilt);

  /** The agent's clock is this far beside the right one. */
  function agentAt(besideMs: number, setting: Omit<Setting, 'engine'>) {
    const clock = join(temporaryFolder(), 'clock');
    const set = (ms: number) => writeFileSync(clock, `${Math.round(ms / 1_000)}\n`);
    set(besideMs);
    return { ...agentOf({ ...setting, engine, env: { PORCHLIGHT_TEST_CLOCK: clock } }), set };
  }

  testWithClock('is taken although its certificate is not yet valid', async () => {
    const { authority, tls } = await pki();
    const { port } = await obligingGateway(tls);
    const { log } = agentAt(-now, { port, authority });
    await expect.poll(log, WITHIN).toContain(LIVE);
  });

  testWithClock(
    'is refused when another authority has signed, for another name, or when all is long over',
    async () => {
      const { tls } = await pki();
      const [stranger, other] = [await pki(), await pki(['gateway.example'])];
      const over = await pki(LOOPBACK, RELEASED_AT - 3 * YEAR_MS, RELEASED_AT - 2 * YEAR_MS);
      const ports = [];
      for (const options of [tls, other.tls, over.tls]) ports.push((await obligingGateway(options)).port);
      const [first = 0, second = 0, third = 0] = ports;
      const agents = [
        agentAt(-now, { port: first, authority: stranger.authority }),
        agentAt(-now, { port: second, authority: other.authority }),
        agentAt(-now, { port: third, authority: over.authority }),
      ];
      const whys = [/not correctly signed/, /expected/, /expired/];
      for (const [at, { log }] of agents.entries()) {
        await expect.poll(log, WITHIN).toContain('not connected');
        expect(log()).toMatch(whys[at] ?? /never/);
        expect(log()).not.toContain(LIVE);
      }
    },
  );

  testWithClock(
    'is looked at again once the clock is right',
    async () => {
      const { authority, tls } = await pki(LOOPBACK, now, now + 2 * DAY_MS);
      const { port } = await obligingGateway(tls);
      const { log, set } = agentAt(-now, { port, authority });
      await expect.poll(log, WITHIN).toContain(LIVE);
      set(0);
      await expect.poll(log, { timeout: 9_000 }).toMatch(/not connected.*future/s);
    },
    20_000,
  );
});
