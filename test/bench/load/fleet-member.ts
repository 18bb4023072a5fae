import { type Ipv4, parseIpv4 } from '../../../protocol/address.ts';
import { type DomainName, parseDomainName } from '../../../protocol/domain-name.ts';
import { type LineId, parseLineId } from '../../../protocol/line-id.ts';

/** What simulator and gateway both know of a line. */
export interface FleetMember {
  readonly id: LineId;
  readonly domain: DomainName;
  readonly secret: string;
  /** A loopback address of its own. */
  readonly address: Ipv4;
}

export function memberAt(index: number, zone: string): FleetMember {
  const number = String(index).padStart(6, '0');
  const id = parseLineId(`line-${number}`);
  const domain = parseDomainName(`line-${number}.${zone}`);
  const address = parseIpv4(`127.${1 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`);
  if (!id || !domain || !address) throw new Error(`no line can have the number ${index}`);
  return { id, domain, secret: `the-secret-of-line-${number}`, address };
}
