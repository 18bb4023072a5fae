import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Endpoint, parseEndpoint } from '../../../../gateway-server/endpoint.ts';
import { signedReply } from '../../../../gateway-server/zone/tsig/context.ts';
import { isReplySigned, signedRequest } from '../../../../gateway-server/zone/tsig/own-request.ts';
import { verifyRequest } from '../../../../gateway-server/zone/tsig/request.ts';
import { TsigStream } from '../../../../gateway-server/zone/tsig/stream.ts';
import type { TsigKey } from '../../../../gateway-server/zone/tsig-key.ts';
import { exchangeUdp, framed } from '../../../support/dns-client.ts';
import { dnsQuery, u16, wireName } from '../../../support/dns-message.ts';
import { KEY_256, KEY_512, KEYS, takenTsig } from '../../../support/dns-tsig.ts';
import { Program, run } from '../../../support/lab/program.ts';
import { until } from '../../../support/lab/waiting.ts';
import { freePort } from '../../../support/secondaries/free-port.ts';

const has = (program: string) => spawnSync(program, ['-V']).error === undefined;
const secondsNow = () => Math.floor(Date.now() / 1000);
const SOA = Buffer.concat([wireName('ns'), wireName('hostmaster'), Buffer.alloc(20, 1)]);

function onLoopback(port: number): Endpoint {
  const endpoint = parseEndpoint(`127.0.0.1:${port}`);
  if (!endpoint) throw new Error(`${port} is no port`);
  return endpoint;
}

function record(type: number, rdata: Buffer): Buffer {
  return Buffer.concat([u16(0xc00c, type, 1, 0, 30, rdata.length), rdata]);
}

/** A reply to the request with these answers, the first rcode bits included. */
function replyTo(request: Buffer, rcode: number, ...answers: readonly Buffer[]): Buffer {
  const questionEnd = request.indexOf(0, 12) + 5;
  const header = u16(request.readUInt16BE(0), 0x8400 | rcode, 1, answers.length, 0, 0);
  return Buffer.concat([header, request.subarray(12, questionEnd), ...answers]);
}

/** Answers any signed question with one SOA record, a transfer with five messages. */
function signedAnswers(request: Buffer): readonly Buffer[] {
  const tsigAt = takenTsig(request).message.length;
  const verdict = verifyRequest(request, tsigAt, KEYS, secondsNow());
  if (verdict.kind === 'bad')
    return [signedReply(verdict.context, replyTo(request, verdict.rcode), secondsNow())];
  const soa = replyTo(request, 0, record(6, SOA));
  const type = request.readUInt16BE(request.indexOf(0, 12) + 1);
  if (type !== 252) return [signedReply(verdict.context, soa, secondsNow())];
  const stream = new TsigStream(verdict.context);
  const addresses = [1, 2, 3].map((host) => replyTo(request, 0, record(1, Buffer.from([192, 0, 2, host]))));
  return [soa, ...addresses, soa].map((message) => stream.next(message, secondsNow()));
}

function answerTcp(socket: Socket): void {
  let received = Buffer.alloc(0);
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    const end = received.length < 2 ? Number.POSITIVE_INFINITY : 2 + received.readUInt16BE(0);
    if (received.length >= end) socket.write(framed(...signedAnswers(received.subarray(2, end))));
  });
}

const secretOf = ({ secret }: TsigKey) => Buffer.from(secret).toString('base64');
const keyOption = (key: TsigKey) => `${key.algorithm}:${key.name}:${secretOf(key)}`;
const STRANGER: TsigKey = { ...KEY_256, name: 'stranger' };
const GUESSER: TsigKey = { ...KEY_256, secret: Buffer.from('a guess') };

describe('a signing server', () => {
  const udp = createSocket('udp4', (message, { port }) => {
    for (const reply of signedAnswers(message)) udp.send(reply, port, '127.0.0.1');
  });
  const tcp = createServer(answerTcp);

  beforeAll(async () => {
    tcp.listen(0, '127.0.0.1');
    udp.bind(0, '127.0.0.1');
    await Promise.all([once(tcp, 'listening'), once(udp, 'listening')]);
  });

  afterAll(() => {
    udp.close();
    tcp.close();
  });

  async function asked(program: 'dig' | 'kdig', key: TsigKey, ...words: readonly string[]): Promise<string> {
    const { port } = words.includes('+tcp') ? (tcp.address() as AddressInfo) : udp.address();
    const where = ['@127.0.0.1', '-p', String(port), '-y', keyOption(key)];
    const { stdout, stderr } = await run([program, ...where, 'mwebpages.test', ...words]);
    return (stdout + stderr).replaceAll(/[\t ]+/g, ' ');
  }

  describe.skipIf(!has('dig'))('is believed by dig', () => {
    const DOUBT = /verify|expected a tsig|tsig error|failed|warning/i;

    test.each([KEY_256, KEY_512])('with $algorithm, over UDP, TCP and in a transfer', async (key) => {
      for (const words of [
        ['SOA', '+notcp'],
        ['SOA', '+tcp'],
        ['AXFR', '+tcp'],
      ]) {
        const output = await asked('dig', key, ...words);
        expect(output).toContain(`ANY TSIG ${key.algorithm}.`);
        expect(output).toContain('NOERROR');
        expect(output).not.toMatch(DOUBT);
      }
    });

    test('when it refuses a name that it does not know: BADKEY', async () => {
      const output = await asked('dig', STRANGER, 'SOA', '+notcp');
      expect(output).toContain('status: NOTAUTH');
      expect(output).toMatch(/stranger\. 0 ANY TSIG hmac-sha256\. \d+ 300 0 \d+ BADKEY 0/);
    });

    test('when it refuses a wrong secret: BADSIG', async () => {
      const output = await asked('dig', GUESSER, 'SOA', '+notcp');
      expect(output).toContain('status: NOTAUTH');
      expect(output).toMatch(/xfr\.example\. 0 ANY TSIG hmac-sha256\. \d+ 300 0 \d+ BADSIG 0/);
    });

    test('not when the secrets differ and it signs all the same', async () => {
      expect(await asked('dig', GUESSER, 'AXFR', '+tcp')).toMatch(/Transfer failed|verify/);
    });
  });

  describe.skipIf(!has('kdig'))('is believed by kdig', () => {
    test.each([KEY_256, KEY_512])('with $algorithm, over UDP and in a transfer', async (key) => {
      for (const words of [['SOA'], ['AXFR', '+tcp']]) {
        const output = await asked('kdig', key, ...words);
        expect(output).toMatch(/SOA/);
        expect(output).not.toMatch(/tsig error|failed|warning|bad/i);
      }
    });

    test.each([
      [STRANGER, 'BADKEY'],
      [GUESSER, 'BADSIG'],
    ])('when it refuses $name: %s', async (key, error) => {
      expect(await asked('kdig', key, 'SOA')).toContain(error);
    });
  });

  test('tells a client whose clock is wrong the right time, signed so that it can believe it', async () => {
    const before = secondsNow();
    const question = dnsQuery({ name: 'mwebpages.test', type: 6 });
    const late = signedRequest(question, KEY_256, before - 4000);
    const to = onLoopback(udp.address().port);
    const reply = await exchangeUdp(to, late.bytes);
    if (reply === 'silence') throw new Error('no reply');
    const { error, other, atSeconds } = takenTsig(reply);
    expect({ error, atSeconds }).toEqual({ error: 18, atSeconds: before - 4000 });
    expect(other.readUIntBE(0, 6)).toBeGreaterThanOrEqual(before);
  });
});

describe.skipIf(!has('named'))('a request that BIND is asked', () => {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-tsig-'));
  let named: Program;
  let endpoint: Endpoint;

  beforeAll(async () => {
    endpoint = onLoopback(await freePort('127.0.0.1'));
    writeFileSync(join(folder, 'zone'), zoneFile);
    writeFileSync(join(folder, 'named.conf'), namedConf(folder, endpoint.port));
    named = new Program('named', ['named', '-g', '-n', '1', '-c', join(folder, 'named.conf')]);
    await until('named answers', 8000, async () => {
      const reply = await exchangeUdp(endpoint, dnsQuery({ name: 'signed.test', type: 6 }), 200);
      return reply !== 'silence' && (reply.readUInt8(3) & 15) === 0;
    });
  });

  afterAll(async () => {
    await named.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  async function answer(key: TsigKey, atSeconds = secondsNow()) {
    const request = signedRequest(dnsQuery({ name: 'signed.test', type: 6 }), key, atSeconds);
    const reply = await exchangeUdp(endpoint, request.bytes);
    if (reply === 'silence') throw new Error('no reply');
    return { reply, mac: request.mac };
  }

  test.each([KEY_256, KEY_512])('is good with $algorithm, and so is its answer', async (key) => {
    const { reply, mac } = await answer(key);
    expect(takenTsig(reply).error).toBe(0);
    expect(isReplySigned(reply, key, mac, secondsNow())).toBe(true);
    expect(isReplySigned(reply, key, Buffer.alloc(mac.length), secondsNow())).toBe(false);
  });

  test.each<[string, number, TsigKey, number]>([
    ['BADKEY for a name unknown', 17, STRANGER, 0],
    ['BADSIG for a wrong secret', 16, GUESSER, 0],
    ['BADTIME for a wrong clock', 18, KEY_256, -4000],
  ])('has the answer %s, which is believed by nobody', async (_case, error, key, offSeconds) => {
    const { reply, mac } = await answer(key, secondsNow() + offSeconds);
    expect(takenTsig(reply).error).toBe(error);
    expect(isReplySigned(reply, key, mac, secondsNow())).toBe(false);
  });
});

const zoneFile = '$TTL 30\n@ SOA ns hostmaster 7 60 15 604800 30\n@ NS ns\nns A 192.0.2.53\n';

function namedConf(folder: string, port: number): string {
  const keys = [KEY_256, KEY_512].map(
    (key) => `key "${key.name}" { algorithm ${key.algorithm}; secret "${secretOf(key)}"; };`,
  );
  return `${keys.join('\n')}
    options { directory "${folder}"; listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; };
      recursion no; pid-file "pid"; session-keyfile "session"; notify no; };
    controls { };
    zone "signed.test" { type primary; file "zone"; };`;
}
