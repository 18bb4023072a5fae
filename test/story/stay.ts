// npm run demo -- --stay: a gateway on this machine to look at in a browser, until Ctrl-C.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { stringify } from 'smol-toml';
import { agentWords, gatewayWords } from '../support/lab/our-programs.ts';
import { mustRun, Program } from '../support/lab/program.ts';
import { freePort } from '../support/secondaries/free-port.ts';

/** Browsers lead every name below `localhost` to this machine. */
const ZONE = 'porchlight.localhost';
const SECRET = 'the-secret-of-bob-0123456789';
const PAGE = `<h1>Gone to the lake</h1>
<p>The line at the cabin is slow today. <em>Leave a word</em>, or come by: the <strong>blue</strong> door.</p>`;

const folder = mkdtempSync(join(tmpdir(), 'porchlight-stay-'));
const programs: Program[] = [];
process.once('exit', () => {
  for (const program of programs) program.signal('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const ports = { dns: 0, mqtt: 0, http: 0, https: 0, console: 0 };
for (const name of Object.keys(ports) as (keyof typeof ports)[]) ports[name] = await freePort('127.0.0.1');
const config = join(folder, 'gateway.toml');
const at = (port: number) => `127.0.0.1:${port}`;
writeFileSync(
  config,
  stringify({
    zone: { name: ZONE },
    dns: { listen: [at(ports.dns)], ttl: 1 },
    mqtt: { listen: at(ports.mqtt) },
    answering: {
      listen: [at(ports.http)],
      tls_listen: at(ports.https),
      cert_file: 'data/ca/server.pem',
      key_file: 'data/ca/server.key',
      provider: 'Porchlight demo',
    },
    // the portal over plain HTTP, so that no browser has to be taught the demo's authority
    portal: { url: `http://portal.${ZONE}:${ports.http}` },
    console: { listen: at(ports.console) },
    verify: { patience: 3 },
    alive: { timeout: 3 },
    addresses: { allow: ['127.0.0.0/8'] },
  }),
);

async function gateway(...words: string[]): Promise<Record<string, unknown>> {
  return JSON.parse(await mustRun(gatewayWords(...words, '--json', '--config', config)));
}

/** A router that is up: a lease as udhcpc's hook writes it, and the agent beside it. */
async function startBob(): Promise<void> {
  const [lease, secret] = [join(folder, 'lease'), join(folder, 'secret')];
  writeFileSync(secret, SECRET, { mode: 0o600 });
  await gateway('line', 'add', 'bob', '--secret-file', secret);
  writeFileSync(lease, 'event=bound\ninterface=wan\nip=127.0.30.1\nmask=8\nlease=3600\n');
  const agentConfig = join(folder, 'agent.toml');
  writeFileSync(
    agentConfig,
    stringify({
      gateway: `mqtt://${at(ports.mqtt)}`,
      line: 'bob',
      secret_file: secret,
      domain: `bob.${ZONE}`,
      status_file: join(folder, 'status.json'),
      wan: { source: 'udhcpc', lease_file: lease },
    }),
  );
  const agent = new Program('agent', agentWords('run', '--config', agentConfig));
  programs.push(agent);
  await agent.log.waitFor({ block: 444 }, 20_000);
}

const { caFile } = await gateway('ca', 'init');
const server = new Program('gateway', gatewayWords('serve', '--config', config));
programs.push(server);
await server.log.waitFor({ event: 'gateway listens' }, 30_000);
await gateway('line', 'add', 'alice', '--words', 'Back on Monday.\n\nThe key is under the third pot.');
await startBob();
const portal = await gateway('line', 'portal', 'alice');
const account = await gateway('account', 'add', 'rosa', '--role', 'admin');
await gateway('announce', 'Welcome to the demo. Nothing here leaves this machine.');

process.stdout.write(`
A gateway runs on this machine. Open these in a browser; every name below "localhost" leads here.

  alice's page      http://alice.${ZONE}:${ports.http}/
                    her line is off: leave her a message, by voice too
                    https://alice.${ZONE}:${ports.https}/ is the same with the demo's own authority
                    (${caFile})
  alice's portal    ${portal['url']}
                    lets you in once, as alice; then choose a password under "Account"
  the console       ${account['url']}
                    lets you in once, as rosa the admin; then choose a password

bob's line is live, by an agent on this machine; stop it with   kill ${programs[1]?.pid}   and watch the console.
A page to paste into alice's HTML editor:

${PAGE.replaceAll(/^/gm, '  ')}

Ctrl-C ends everything and removes it.
`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(0));
while (server.isRunning) await server.ended(60_000).catch(() => undefined);
process.stdout.write(`the gateway ended\n${server.log}\n`);
process.exitCode = 1;
