import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Endpoint, parseEndpoint } from '../../../../../gateway-server/endpoint.ts';
import { exchangeUdp, framed } from '../../../../support/dns-client.ts';
import {
  costlyMessages,
  hostileMessage,
  type Insight,
  randomNumbers,
} from '../../../../support/dns-hostile.ts';
import { decodeDns, dnsQuery, u16 } from '../../../../support/dns-message.ts';
import { KEY_256 } from '../../../../support/dns-tsig.ts';
import { GatewayProgram, type Serving } from '../../../../support/gateway-program.ts';
import { until } from '../../../../support/lab/waiting.ts';

const { PORCHLIGHT_TEST_LONG } = process.env;
const UDP_PACKETS = PORCHLIGHT_TEST_LONG ? 400_000 : 25_000;
const TCP_PACKETS = PORCHLIGHT_TEST_LONG ? 100_000 : 5_000;
const LIMIT_MS = 600_000;
/** What the system keeps for a server that is busy is more than this. */
const AT_ONCE = 64;
const CPU_LIMIT_MS = 5;
const GROWTH_LIMIT_MB = 30;
/** Else the engine leaves garbage lying about for hundreds of thousands of packets, and a leak could not be told from it. */
const SMALL_HEAP = '--max-old-space-size=96';
const TICK_MS = 10;
const PROBE = dnsQuery({ name: 'mwebpages.test', type: 6 });
/** Only raw sockets send from port 0, and Node has none. */
const PERL = 'perl';
const canForge = process.getuid?.() === 0 && spawnSync(PERL, ['-MSocket', '-e', '1']).status === 0;

/** The gateway's program, with a key and a secondary on this machine. */
class Flooded {
  readonly #program: GatewayProgram;
  readonly #serving: Serving;
  readonly endpoint: Endpoint;
  readonly insight: Insight;

  private constructor(program: GatewayProgram, serving: Serving, endpoint: Endpoint, cookie: Buffer) {
    this.#program = program;
    this.#serving = serving;
    this.endpoint = endpoint;
    this.insight = { key: KEY_256, atSeconds: Math.floor(Date.now() / 1000), cookie };
  }

  static async start(): Promise<Flooded> {
    const program = new GatewayProgram();
    const { name, algorithm, secret } = KEY_256;
    writeFileSync(join(program.folder, 'xfr.key'), Buffer.from(secret).toString('base64'), { mode: 0o600 });
    program.configure(
      '',
      `[[key]]\nname = "${name}"\nalgorithm = "${algorithm}"\nsecret_file = "xfr.key"
       [[secondary]]\naddress = "127.0.0.1:9"\nkey = "${name}"\n`,
    );
    const serving = await program.serve([SMALL_HEAP]);
    const { dns } = await serving.says('gateway listens');
    const endpoint = parseEndpoint(String(Array.isArray(dns) ? dns[0] : dns));
    if (!endpoint) throw new Error(`${dns} is no endpoint`);
    return new Flooded(program, serving, endpoint, await cookieFrom(endpoint));
  }

  get isAlive(): boolean {
    return this.#serving.child.exitCode === null && this.#serving.child.signalCode === null;
  }

  /** A sound question is answered; so everything that came before it has been looked at. */
  async answers(): Promise<void> {
    await until('the gateway answers', 10_000, async () => {
      if (!this.isAlive) throw new Error(`the gateway is gone:\n${this.#serving.log}`);
      const reply = await exchangeUdp(this.endpoint, PROBE, 2000);
      return reply !== 'silence' && decodeDns(reply).answers.length === 1;
    });
  }

  counters(): {
    readonly udpQueries: number;
    readonly tcpQueries: number;
    readonly failed: number;
    readonly dropped: Readonly<Record<string, number>>;
  } {
    const { counters } = this.#program.ask('status') as {
      counters: { dns: ReturnType<Flooded['counters']> };
    };
    return counters.dns;
  }

  get memoryMb(): number {
    const status = readFileSync(`/proc/${this.#serving.child.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
  }

  /** Of all threads since the start. */
  get cpuMs(): number {
    const stat = readFileSync(`/proc/${this.#serving.child.pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  }
}

async function cookieFrom(endpoint: Endpoint): Promise<Buffer> {
  const options = Buffer.concat([u16(10, 8), Buffer.alloc(8, 1)]);
  const reply = await exchangeUdp(endpoint, dnsQuery({ edns: { options } }));
  const head = u16(10, 24);
  if (reply === 'silence' || !reply.includes(head)) throw new Error('no cookie from the gateway');
  return reply.subarray(reply.indexOf(head) + head.length).subarray(0, 24);
}

async function floodUdp(gateway: Flooded, packets: number, random: (below: number) => number): Promise<void> {
  const socket = createSocket('udp4');
  socket.on('message', () => undefined);
  try {
    for (let sent = 0; sent < packets; sent += AT_ONCE) {
      for (let n = 0; n < AT_ONCE; n++)
        socket.send(hostileMessage(random, gateway.insight), gateway.endpoint.port, gateway.endpoint.address);
      await gateway.answers();
    }
  } finally {
    socket.close();
  }
}

/** Sends on one connection until a message comes that ends it. Gives how many were sent. */
async function floodConnection(gateway: Flooded, random: (below: number) => number): Promise<number> {
  const socket = connect({ host: gateway.endpoint.address, port: gateway.endpoint.port, noDelay: true });
  socket.on('error', () => undefined).resume();
  const closed = once(socket, 'close');
  const messages: Buffer[] = [];
  do messages.push(hostileMessage(random, gateway.insight));
  while (messages.length < AT_ONCE && !endsConnection(messages.at(-1)));
  socket.end(framed(...messages));
  await closed;
  return messages.length;
}

function endsConnection(message: Buffer | undefined): boolean {
  return message === undefined || message.length < 12 || message.readUInt8(2) >= 0x80;
}

describe('a gateway in the rain', () => {
  test(
    'stays, stays as large as it is, and answers, whatever comes over UDP',
    async () => {
      const gateway = await Flooded.start();
      const random = randomNumbers(11);
      await floodUdp(gateway, UDP_PACKETS / 4, random);
      const [memoryMb, cpuMs, { udpQueries }] = [gateway.memoryMb, gateway.cpuMs, gateway.counters()];
      await floodUdp(gateway, UDP_PACKETS, random);
      const counters = gateway.counters();
      expect(counters.failed).toBe(0);
      expect(counters.udpQueries - udpQueries).toBeGreaterThan(0.99 * UDP_PACKETS);
      expect((gateway.cpuMs - cpuMs) / UDP_PACKETS).toBeLessThan(CPU_LIMIT_MS);
      expect(gateway.memoryMb - memoryMb).toBeLessThan(GROWTH_LIMIT_MB);
    },
    LIMIT_MS,
  );

  test(
    'stays, stays as large as it is, and answers, whatever comes over TCP',
    async () => {
      const gateway = await Flooded.start();
      const random = randomNumbers(12);
      let sent = 0;
      let memoryMb = Number.POSITIVE_INFINITY;
      while (sent < TCP_PACKETS) {
        sent += await floodConnection(gateway, random);
        if (sent > TCP_PACKETS / 4) memoryMb = Math.min(memoryMb, gateway.memoryMb);
      }
      for (const [, message] of costlyMessages(gateway.insight)) {
        const socket = connect({ host: gateway.endpoint.address, port: gateway.endpoint.port });
        socket.on('error', () => undefined).resume();
        socket.end(framed(message));
        await once(socket, 'close');
      }
      await gateway.answers();
      const counters = gateway.counters();
      expect(counters.failed).toBe(0);
      expect(counters.tcpQueries).toBeGreaterThanOrEqual(sent);
      expect(gateway.memoryMb - memoryMb).toBeLessThan(GROWTH_LIMIT_MB);
    },
    LIMIT_MS,
  );

  test.skipIf(!canForge)(
    'drops what comes from port 0, where no answer can go',
    async () => {
      const gateway = await Flooded.start();
      forge(gateway.endpoint, 20);
      await gateway.answers();
      expect(gateway.counters().dropped['bad-port']).toBe(20);
    },
    LIMIT_MS,
  );
});

/** Sound questions from port 0; no ordinary socket sends these. */
function forge({ port, address }: Endpoint, times: number): void {
  const datagram = `pack("n4", 0, ${port}, ${8 + PROBE.length}, 0) . pack("H*", "${PROBE.toString('hex')}")`;
  const script = `socket(my $s, PF_INET, SOCK_RAW, 17) or die $!;
    for (1 .. ${times}) { send($s, ${datagram}, 0, pack_sockaddr_in(${port}, inet_aton("${address}"))) or die $!; }`;
  const { status, stderr } = spawnSync(PERL, ['-MSocket', '-e', script], { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
}
