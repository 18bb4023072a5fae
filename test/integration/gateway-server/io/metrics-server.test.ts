import { connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openMetricsServer } from '../../../../gateway-server/io/metrics-server.ts';
import { Durations } from '../../../../gateway-server/metrics/durations.ts';
import { gatewayMetrics } from '../../../../gateway-server/metrics/gateway-metrics.ts';
import type { MetricFamily } from '../../../../gateway-server/metrics/metric-family.ts';
import type { Address } from '../../../../protocol/address.ts';
import { parseExposition } from '../../../support/exposition.ts';
import { figures } from '../../../support/figures.ts';
import { MemoryLog } from '../../../support/memory-log.ts';

const LOOPBACK = '127.0.0.1' as Address;

async function opened(
  collect: () => Promise<readonly MetricFamily[]> = async () => gatewayMetrics(figures()),
) {
  const log = new MemoryLog();
  const server = await openMetricsServer({ listen: { address: LOOPBACK, port: 0 }, collect, log });
  onTestFinished(() => server.close());
  const { port } = server.endpoint;
  const ask = (path: string, options: RequestInit = {}) => fetch(`http://127.0.0.1:${port}${path}`, options);
  return { server, log, port, ask };
}

describe('GET /metrics', () => {
  test('tells every figure in the text format, each once, with type and help', async () => {
    const durations = new Durations();
    for (const ms of [0.8, 4, 4, 2_500]) durations.add(ms);
    const secondary = { address: '[2001:db8::53]:53', serial: 6, lagMs: 3_200, proof: true, problem: null };
    const told = figures({
      secondaries: [secondary, { ...secondary, address: 'b"\\', serial: null, lagMs: null }],
      batches: { count: 4, lastSize: 12, durations: durations.reading() },
    });
    const { ask } = await opened(async () => gatewayMetrics(told));
    const answer = await ask('/metrics');
    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('connection')]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
      'close',
    ]);
    const page = parseExposition(await answer.text());
    expect(page.get('porchlight_batches_total')).toMatchObject({ type: 'counter', samples: [{ value: 4 }] });
    expect(page.get('porchlight_secondary_lag_seconds')?.samples).toMatchObject([
      { labels: { secondary: '[2001:db8::53]:53' }, value: 3.2 },
    ]);
    expect(page.get('porchlight_secondary_up')?.samples).toMatchObject([
      { value: 1 },
      { labels: { secondary: String.raw`b\"\\` }, value: 0 },
    ]);
    const batches = page.get('porchlight_batch_duration_seconds');
    expect(batches?.type).toBe('histogram');
    expect(batches?.samples.map(({ labels, value }) => [labels['le'], value])).toEqual([
      ...[
        ['0.001', 1],
        ['0.002', 1],
        ['0.005', 3],
        ['0.01', 3],
        ['0.02', 3],
        ['0.05', 3],
      ],
      ...[
        ['0.1', 3],
        ['0.2', 3],
        ['0.5', 3],
        ['1', 3],
        ['+Inf', 4],
      ],
      ...[
        [undefined, 2.5088],
        [undefined, 4],
      ],
    ]);
    expect(page.get('process_resident_memory_bytes')?.samples).toMatchObject([{ value: expect.any(Number) }]);
    expect([...page.values()].every(({ help, type }) => help !== '' && type !== 'untyped')).toBe(true);
  });

  test('tells what is so now, not what was so before', async () => {
    let serial = 7;
    const { ask } = await opened(async () =>
      gatewayMetrics(figures({ zone: { serial, names: 0, isHalted: false } })),
    );
    const told = async () =>
      parseExposition(await (await ask('/metrics')).text()).get('porchlight_zone_serial')?.samples[0]?.value;
    expect(await told()).toBe(7);
    serial = 8;
    expect(await told()).toBe(8);
  });

  test('collects once for all who ask at a time', async () => {
    let collections = 0;
    const gate = Promise.withResolvers<void>();
    const { ask } = await opened(async () => {
      collections += 1;
      await gate.promise;
      return gatewayMetrics(figures());
    });
    const asked = [ask('/metrics'), ask('/metrics'), ask('/metrics')];
    await expect.poll(() => collections).toBe(1);
    gate.resolve();
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([200, 200, 200]);
    const before = collections;
    await ask('/metrics');
    expect([before, collections]).toEqual([1, 2]);
  });
});

describe('anything else', () => {
  test.each([
    ['GET', '/', 404],
    ['GET', '/metrics/', 404],
    ['GET', '/metrics?format=x', 200],
    ['POST', '/metrics', 405],
    ['HEAD', '/metrics', 405],
    ['DELETE', '/else', 404],
  ])('%s %s is answered with %i', async (method, path, status) => {
    const { ask } = await opened();
    const answer = await ask(path, { method });
    expect(answer.status).toBe(status);
    if (status === 405) expect(answer.headers.get('allow')).toBe('GET');
  });

  test.each([
    ['no HTTP at all', '\0\xff\xfe\r\n\r\n'],
    ['a head that never ends', `GET /metrics HTTP/1.1\r\nx: ${'a'.repeat(20_000)}`],
    ['two lengths', 'GET /metrics HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n'],
  ])('%s is hung up on', async (_what, bytes) => {
    const { port, ask } = await opened();
    const socket = connect(port, '127.0.0.1');
    const isClosed = new Promise<void>((resolve) => {
      socket.once('close', () => resolve()).on('error', () => undefined);
    });
    socket.resume().write(bytes, 'latin1');
    await isClosed;
    expect((await ask('/metrics')).status).toBe(200);
  });

  test('figures that cannot be read are our own fault, told as such and logged', async () => {
    const { ask, log } = await opened(async () => {
      throw new Error('no figures');
    });
    expect((await ask('/metrics')).status).toBe(500);
    expect(log.events.join()).toContain('metrics could not be told');
  });
});

test('a port that is taken is an error of the caller', async () => {
  const { server } = await opened();
  const again = openMetricsServer({ listen: server.endpoint, collect: async () => [], log: new MemoryLog() });
  await expect(again).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('nobody is answered once it is closed', async () => {
  const { server, ask } = await opened();
  await server.close();
  await expect(ask('/metrics')).rejects.toThrow();
});
