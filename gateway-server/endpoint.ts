import { type Address, isIpv4, parseAddress } from '../protocol/address.ts';

/** Where a server listens. Port 0 lets the system choose one. */
export interface Endpoint {
  readonly address: Address;
  readonly port: number;
}

/** Reads "192.0.2.1:53" or "[2001:db8::1]:53". */
export function parseEndpoint(text: string): Endpoint | undefined {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text);
  const address = parseAddress(match?.[1] ?? match?.[2] ?? '');
  const port = Number(match?.[3]);
  const hasBrackets = match?.[1] !== undefined;
  if (!address || port > 65535 || isIpv4(address) === hasBrackets) return undefined;
  return { address, port };
}

export function endpointText({ address, port }: Endpoint): string {
  return isIpv4(address) ? `${address}:${port}` : `[${address}]:${port}`;
}
