import { isIpv4, parseAddress } from '../protocol/address.ts';
import { scopeOf } from '../protocol/address-scope.ts';
import { parseDomainName } from '../protocol/domain-name.ts';

/** Where the gateway listens for agents. */
export interface GatewayUrl {
  readonly host: string;
  readonly port: number;
  readonly isEncrypted: boolean;
}

/** Reads mqtts://HOST[:PORT], or mqtt:// for a host on this machine: a secret never crosses a network in the clear. */
export function parseGatewayUrl(text: string): GatewayUrl | undefined {
  const match = /^(mqtts?):\/\/(?:\[([^\]]+)\]|([^:/\s[\]@]+))(?::(\d{1,5}))?\/?$/.exec(text);
  const isEncrypted = match?.[1] === 'mqtts';
  const host = hostOf(match?.[2], match?.[3]);
  const port = Number(match?.[4] ?? (isEncrypted ? 8883 : 1883));
  if (host === undefined || port < 1 || port > 65_535) return undefined;
  return isEncrypted || isLoopback(host) ? { host, port, isEncrypted } : undefined;
}

export function gatewayText({ host, port, isEncrypted }: GatewayUrl): string {
  const shown = host.includes(':') ? `[${host}]` : host;
  return `${isEncrypted ? 'mqtts' : 'mqtt'}://${shown}:${port}`;
}

function hostOf(bracketed: string | undefined, plain: string | undefined): string | undefined {
  const address = parseAddress(bracketed ?? plain ?? '');
  if (address) return isIpv4(address) === (bracketed === undefined) ? address : undefined;
  return bracketed === undefined ? parseDomainName(plain ?? '') : undefined;
}

function isLoopback(host: string): boolean {
  const address = parseAddress(host);
  return address ? scopeOf(address) === 'loopback' : host === 'localhost';
}
