import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import { expect, test } from 'vitest';
import type { Endpoint } from '../../../../../gateway-server/endpoint.ts';
import type { LineId } from '../../../../../protocol/line-id.ts';
import { soon } from '../../../../support/agent-link-contract.ts';
import { connectAgent } from '../../../../support/mqtt-agent.ts';
import { type BrokerLab, LOOPBACK, withBroker } from '../../../../support/mqtt-broker-lab.ts';
import { closing, connectPacket, openSocket } from '../../../../support/mqtt-wire.ts';
import { ThrowawayCa } from '../../../../support/throwaway-certificate.ts';

const ALICE = 'alice' as LineId;

async function withTls(
  story: (lab: BrokerLab, ca: ThrowawayCa, endpoint: Endpoint) => Promise<void>,
  limits = {},
): Promise<void> {
  const ca = new ThrowawayCa();
  try {
    await withBroker({ tls: ca, limits }, (lab) => story(lab, ca, lab.broker.endpoints.tls ?? LOOPBACK));
  } finally {
    ca.remove();
  }
}

async function handshake(
  { address, port }: Endpoint,
  ca: Buffer,
  options: ConnectionOptions = {},
): Promise<TLSSocket> {
  const socket = connectTls({ host: address, port, ca, ...options });
  await once(socket, 'secureConnect');
  return socket;
}

async function commonName(endpoint: Endpoint, ca: Buffer): Promise<unknown> {
  const socket = await handshake(endpoint, ca);
  const name: unknown = socket.getPeerCertificate().subject.CN;
  socket.destroy();
  return name;
}

test('serves an agent over TLS that pins the CA', () =>
  withTls(async ({ diary }, { ca }, endpoint) => {
    const agent = await connectAgent(endpoint, { line: ALICE, willSession: 7 }, { protocol: 'mqtts', ca });
    if (typeof agent === 'string') throw new Error(agent);
    await agent.say({ kind: 'alive', session: 7, seq: 1 });
    await soon(() => expect(diary.told).toEqual(['alice#1 arrived', 'alice#1 alive']));
    await agent.leave();
    await soon(() => expect(diary.told.at(-1)).toBe('alice#1 left'));
  }));

test('says why it refuses, over TLS too', () =>
  withTls(async ({ diary }, { ca }, endpoint) => {
    diary.verdict = () => ({ kind: 'wrong-credentials' });
    expect(await connectAgent(endpoint, { line: ALICE }, { protocol: 'mqtts', ca })).toBe(
      'wrong-credentials',
    );
  }));

test('speaks no TLS below 1.2', () =>
  withTls(async ({ broker }, { ca }, endpoint) => {
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    await expect(handshake(endpoint, ca, old)).rejects.toThrow();
    await soon(() => expect(broker.counters().dropped.handshake).toBe(1));
    const tls12 = await handshake(endpoint, ca, { maxVersion: 'TLSv1.2' });
    expect(tls12.getProtocol()).toBe('TLSv1.2');
    tls12.destroy();
  }));

test('closes a peer that never finishes its handshake, and one that speaks MQTT without TLS', () =>
  withTls(
    async ({ broker }, _ca, endpoint) => {
      const silent = await openSocket(endpoint);
      silent.resume();
      await closing(silent);
      const plain = await openSocket(endpoint);
      plain.resume().write(connectPacket({ line: ALICE }));
      await closing(plain);
      await soon(() =>
        expect(broker.counters()).toMatchObject({ connections: 0, dropped: { handshake: 2 } }),
      );
    },
    { connectTimeoutMs: 100 },
  ));

test('takes a new certificate for new connections and keeps the old connections', () =>
  withTls(async ({ broker }, authority, endpoint) => {
    const agent = await connectAgent(endpoint, { line: ALICE }, { protocol: 'mqtts', ca: authority.ca });
    if (typeof agent === 'string') throw new Error(agent);
    expect(await commonName(endpoint, authority.ca)).toBe('first');
    authority.issue('second');
    await broker.reloadCertificates();
    expect(await commonName(endpoint, authority.ca)).toBe('second');
    expect(agent.isOpen()).toBe(true);
    await agent.leave();
  }));

test('keeps the old certificate when the new files are no pair', () =>
  withTls(async ({ broker, log }, authority, endpoint) => {
    writeFileSync(authority.keyFile, 'no key');
    await broker.reloadCertificates();
    expect(await commonName(endpoint, authority.ca)).toBe('first');
    expect(log.events).toMatchObject([
      expect.stringContaining('error the MQTT certificate stays the old one'),
    ]);
  }));

test('does not start with certificate files that are not there', async () => {
  const files = { certFile: '/nonexistent/cert.pem', keyFile: '/nonexistent/key.pem' };
  await expect(withBroker({ tls: files }, async () => undefined)).rejects.toThrow('ENOENT');
});
