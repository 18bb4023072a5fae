import { parseAddress } from '../../protocol/address.ts';
import { labelsOf, parseDomainName } from '../../protocol/domain-name.ts';
import type { Reach } from '../outbound/reach.ts';
import { webhookTexts } from './texts.ts';

export type ReadUrl = { readonly kind: 'url'; readonly url: string } | Refused;
interface Refused {
  readonly kind: 'refused';
  readonly why: string;
}

const MOST_CHARACTERS = 2_000;
/** Names that never leave the machine or the house (RFC 6761, RFC 6762, RFC 8375). */
const LOCAL_NAME = /(^|\.)(localhost|local|internal|localdomain|home\.arpa)$/;

/** The address of a webhook in its canonical form, or in words why it cannot be one. */
export function readWebhookUrl(text: string, reach: Reach): ReadUrl {
  const { refused } = webhookTexts;
  if (text.length > MOST_CHARACTERS) return no(refused.tooLong(MOST_CHARACTERS));
  const url = URL.parse(text.trim());
  if (url === null) return no(refused.unreadable);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return no(refused.scheme);
  if (url.username !== '' || url.password !== '') return no(refused.credentials);
  const why = hostProblem(url, reach);
  if (why !== undefined) return no(why);
  url.hash = '';
  return { kind: 'url', url: url.href };
}

function hostProblem({ protocol, hostname }: URL, reach: Reach): string | undefined {
  const { refused } = webhookTexts;
  const address = parseAddress(hostname.replace(/^\[(.*)\]$/, '$1'));
  if (address === undefined) {
    if (protocol === 'http:') return refused.plain;
    return isFullName(hostname) ? undefined : refused.localName;
  }
  if (!reach.mayCall(address)) return refused.address;
  return protocol === 'http:' && !reach.isListed(address) ? refused.plain : undefined;
}

function isFullName(hostname: string): boolean {
  const name = parseDomainName(hostname);
  return name !== undefined && labelsOf(name).length > 1 && !LOCAL_NAME.test(name);
}

function no(why: string): Refused {
  return { kind: 'refused', why };
}
