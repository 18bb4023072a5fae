import { onTestFinished } from 'vitest';
import {
  type AnsweringServerOptions,
  openAnsweringServer,
} from '../../../../gateway-server/answering/io/answering-server.ts';
import { parseIpv4 } from '../../../../protocol/address.ts';
import { systemClock } from '../../../../runtime/clock.ts';
import { NOTHING_OFFERED } from '../../../support/empty-house.ts';
import { MemoryLog } from '../../../support/memory-log.ts';
import { MemoryBox, Street } from '../../../unit/gateway-server/answering/street.ts';
import { plainSocket, sendRaw } from './raw-http.ts';

const LOOPBACK = parseIpv4('127.0.0.1');

/** A real answering server on loopback, with alice's line off; closed when the test is over. */
export async function openPorch(
  options: Partial<Omit<AnsweringServerOptions, 'box'>> & { readonly box?: MemoryBox } = {},
) {
  if (!LOOPBACK) throw new Error('no loopback');
  const anywhere = { address: LOOPBACK, port: 0 };
  const street = new Street().off('alice');
  const box = options.box ?? new MemoryBox();
  const log = new MemoryLog();
  const server = await openAnsweringServer({
    ...NOTHING_OFFERED,
    listen: [anywhere],
    tls: null,
    directory: street,
    box,
    hits: street,
    provider: { name: 'Street Telecom' },
    clock: systemClock,
    log,
    ...options,
  });
  onTestFinished(() => server.close());
  const portOf = (scheme: 'http' | 'https') =>
    server.endpoints.find((endpoint) => endpoint.scheme === scheme)?.port ?? 0;
  const port = portOf('http');
  const send = (bytes: string) => sendRaw(plainSocket(port), bytes);
  return { server, street, box, log, port, tlsPort: portOf('https'), send, anywhere };
}
