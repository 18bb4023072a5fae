import { labelsOf, parseDomainName } from '../../protocol/domain-name.ts';

/** One bare mail address: nothing in it can break out of a header, name a second recipient or steer a relay. */
export type MailAddress = string & { readonly brand: 'mail-address' };

const LONGEST = 254;
const LONGEST_LOCAL_PART = 64;
/** A dot-atom (RFC 5322 §3.2.3) without the signs that relays once read as a route or a pipe: % ! | and the back tick. */
const LOCAL_PART = /^[\w#$&'*+/=?^{}~-]+(\.[\w#$&'*+/=?^{}~-]+)*$/;

export function parseMailAddress(text: string): MailAddress | undefined {
  const trimmed = text.trim();
  const at = trimmed.lastIndexOf('@');
  const [local, host] = [trimmed.slice(0, at), trimmed.slice(at + 1)];
  const domain = parseDomainName(host);
  if (at < 1 || local.length > LONGEST_LOCAL_PART || !LOCAL_PART.test(local) || domain === undefined) {
    return undefined;
  }
  const isDeliverable = labelsOf(domain).length > 1 && trimmed.length <= LONGEST;
  return isDeliverable ? (`${local}@${domain}` as MailAddress) : undefined;
}

/** Equal for addresses that most likely are one mailbox: for limits, never for sending. */
export function mailboxOf(address: MailAddress): string {
  return address.toLowerCase().replace(/\+[^@]*@/, '@');
}
