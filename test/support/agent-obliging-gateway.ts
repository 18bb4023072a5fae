import type { TlsOptions } from 'node:tls';
import { onTestFinished } from 'vitest';
import { obligingBroker } from './agent-obliging-broker.ts';

/** An obliging broker that lives as long as the test. */
export async function obligingGateway(tls?: TlsOptions, host = '127.0.0.1') {
  const broker = await obligingBroker(tls, host);
  onTestFinished(broker.close);
  return broker;
}
