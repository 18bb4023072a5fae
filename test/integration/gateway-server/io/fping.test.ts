import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Fping } from '../../../../gateway-server/io/fping.ts';
import { systemReference } from '../../../../gateway-server/io/system-reference.ts';
import { type Address, parseAddress } from '../../../../protocol/address.ts';

const never = new AbortController().signal;
const LOOPBACK = '127.0.0.1' as Address;
const hasFping = spawnSync('fping', ['--version']).status === 0;
const mayMakeNamespaces = hasFping && spawnSync('unshare', ['-n', 'ip', 'link', 'show', 'lo']).status === 0;

/** An executable that stands in for a program. */
function script(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-fping-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'program');
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
  return file;
}

/** fping in a network of its own that is set up by the commands. */
function fpingIn(...commands: readonly string[]): string {
  return script(
    `exec unshare -n sh -ec '${['ip link set lo up', ...commands].join('; ')}; exec fping "$@"' fping "$@"`,
  );
}

async function probe(command: string, ...addresses: readonly string[]) {
  const fping = new Fping(() => command);
  const outcomes = await fping.probe(addresses as Address[], never);
  return { ...Object.fromEntries(outcomes), problem: fping.lastProblem() };
}

describe.skipIf(!hasFping)('a ping on this machine', () => {
  test('is answered by loopback addresses', async () => {
    expect(await probe('fping', '127.0.0.1', '127.9.8.7')).toEqual({
      '127.0.0.1': 'answered',
      '127.9.8.7': 'answered',
      problem: null,
    });
  });

  test('of more addresses than one program takes gives every one of them its outcome', async () => {
    const addresses = Array.from({ length: 1_500 }, (_, n) => `127.9.${n >> 8}.${n & 255}`) as Address[];
    const outcomes = await new Fping(() => 'fping').probe(addresses, never);
    expect([...outcomes.keys()]).toEqual(addresses);
    // 127.9.0.0 is an address like any other on the loopback interface
    expect(new Set(outcomes.values())).toEqual(new Set(['answered']));
  });

  test('of nothing asks nobody', async () => {
    expect(await probe('/nonexistent/fping')).toEqual({ problem: null });
  });
});

describe.skipIf(!mayMakeNamespaces)('a ping in a network of its own', () => {
  test('to where no route leads was not possible, and says so, beside one that was answered', async () => {
    const { problem, ...outcomes } = await probe(
      fpingIn(),
      '198.51.100.7',
      '2001:db8::7',
      '127.0.0.1',
      '::1',
    );
    expect(outcomes).toEqual({
      '198.51.100.7': 'not-possible',
      '2001:db8::7': 'not-possible',
      '127.0.0.1': 'answered',
      '::1': 'answered',
    });
    expect(problem).toMatch(/error while sending ping: Network is unreachable$/);
  });

  test('to a neighbour that is not there is silence, in both families', async () => {
    const command = fpingIn(
      'ip link add name wan type veth peer name far',
      'ip link set wan up',
      'ip link set far up',
      'ip addr add 198.51.100.1/24 dev wan',
      'ip addr add 2001:db8::1/64 dev wan nodad',
    );
    expect(await probe(command, '198.51.100.7', '2001:db8::7', '198.51.100.1')).toEqual({
      '198.51.100.7': 'silent',
      '2001:db8::7': 'silent',
      '198.51.100.1': 'answered',
      problem: null,
    });
  });

  test('that a firewall or a route of our own forbids was not possible', async () => {
    const command = fpingIn(
      'ip addr add 192.0.2.1 dev lo',
      'ip route add prohibit 198.51.100.8',
      'ip route add blackhole 198.51.100.9',
    );
    expect(await probe(command, '198.51.100.8', '198.51.100.9')).toMatchObject({
      '198.51.100.8': 'not-possible',
      '198.51.100.9': 'not-possible',
    });
  });
});

describe('a ping program that cannot ping', () => {
  test('is missing: nothing was possible, and the problem names it', async () => {
    const { problem, ...outcomes } = await probe('/nonexistent/fping', '127.0.0.1');
    expect(outcomes).toEqual({ '127.0.0.1': 'not-possible' });
    expect(problem).toContain('/nonexistent/fping');
  });

  test('has no permission: nothing was possible, and the problem is its own words', async () => {
    const forbidden = script(`echo "$0: can't create socket (must run as root?)" >&2; exit 4`);
    const { problem, ...outcomes } = await probe(forbidden, '127.0.0.1', '::1');
    expect(outcomes).toEqual({ '127.0.0.1': 'not-possible', '::1': 'not-possible' });
    expect(problem).toContain("can't create socket");
  });

  test('ends with 1 and says nothing of an address: that address was not asked', async () => {
    const silent = script('echo "127.0.0.1 is unreachable"; exit 1');
    expect(await probe(silent, '127.0.0.1', '127.0.0.2')).toMatchObject({
      '127.0.0.1': 'silent',
      '127.0.0.2': 'not-possible',
    });
  });

  test('hangs: it is killed, and nothing was possible', async () => {
    expect(await probe(script('exec sleep 60'), '127.0.0.1')).toEqual({
      '127.0.0.1': 'not-possible',
      problem: expect.stringContaining('no result after 2.5 s'),
    });
  });

  test('is told to stop: the probe ends at once', async () => {
    const stop = new AbortController();
    const probing = new Fping(() => script('exec sleep 60')).probe([LOOPBACK], stop.signal);
    stop.abort();
    expect([...(await probing).values()]).toEqual(['not-possible']);
  });

  test('is forgotten as a problem once pings are possible again', async () => {
    const words = { command: '/nonexistent/fping' };
    const fping = new Fping(() => words.command);
    await fping.probe([LOOPBACK], never);
    expect(fping.lastProblem()).not.toBeNull();
    words.command = script('echo "127.0.0.1 is alive"');
    await fping.probe([LOOPBACK], never);
    expect(fping.lastProblem()).toBeNull();
  });
});

describe('the default gateway', () => {
  const answering = (ipv4: string, ipv6: string) =>
    script(`case "$1" in -4) echo '${ipv4}';; -6) echo '${ipv6}';; esac`);

  test('is the first IPv4 one, else the first IPv6 one that can be pinged', async () => {
    const ipv6 = '[{"gateway":"fe80::1"},{"gateway":"2001:DB8::1"}]';
    expect(await systemReference(answering('[{"dev":"ppp0"},{"gateway":"192.0.2.1"}]', ipv6))).toBe(
      '192.0.2.1',
    );
    expect(await systemReference(answering('[]', ipv6))).toBe(parseAddress('2001:db8::1'));
  });

  test.each([
    ['without a default route', () => answering('[]', '[]')],
    ['without the program', () => '/nonexistent/ip'],
    ['when the program answers nonsense', () => script('echo "{"')],
    ['when the program fails', () => script('exit 1')],
  ])('is not known %s', async (_, command) => {
    expect(await systemReference(command())).toBeNull();
  });
});
