import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Address, parseAddress } from '../../protocol/address.ts';
import { optional, read, table, text } from '../../runtime/shape.ts';

const run = promisify(execFile);
const ROUTE = table({ gateway: optional(text<Address | null>('an address', parseAddress), null) }, 'ignored');

/**
 * The system's default gateway, which answers as long as our own network is well; the IPv4 one when there are two. Null
 * where there is none, or no program `ip` to ask.
 */
export async function systemReference(command = 'ip'): Promise<Address | null> {
  return (await defaultGateway(command, '-4')) ?? (await defaultGateway(command, '-6'));
}

async function defaultGateway(command: string, family: '-4' | '-6'): Promise<Address | null> {
  try {
    const { stdout } = await run(command, [family, '-j', 'route', 'show', 'default'], { timeout: 1_000 });
    const routes: unknown = JSON.parse(stdout);
    const gateways = Array.isArray(routes) ? routes.map(gatewayOf) : [];
    return gateways.find((gateway) => gateway !== null) ?? null;
  } catch {
    return null;
  }
}

/** A link-local gateway cannot be pinged without naming its interface. */
function gatewayOf(route: unknown): Address | null {
  const reading = read(ROUTE, route);
  const gateway = reading.kind === 'read' ? reading.value.gateway : null;
  return gateway?.startsWith('fe80:') ? null : gateway;
}
