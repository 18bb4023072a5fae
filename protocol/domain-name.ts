/** A host name in canonical form: lower case, no trailing dot, LDH labels (RFC 1123 §2.1) of 1-63 octets, at most 253 in all. */
export type DomainName = string & { readonly brand: 'domain-name' };

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** Accepts any mix of case (resolvers randomise it, "0x20") and one trailing dot. */
export function parseDomainName(text: string): DomainName | undefined {
  // ASCII only, so that no letter outside it folds into a label (the Kelvin sign lower-cases to "k")
  if (text.length > 254 || !/^[\x21-\x7e]+$/.test(text)) return undefined;
  const name = text.toLowerCase().replace(/\.$/, '');
  const isName = name.length <= 253 && name.split('.').every((label) => LABEL.test(label));
  return isName ? (name as DomainName) : undefined;
}

export function labelsOf(name: DomainName): string[] {
  return name.split('.');
}

/** The name without its first label; undefined for a top-level name. */
export function parentOf(name: DomainName): DomainName | undefined {
  const dot = name.indexOf('.');
  return dot < 0 ? undefined : (name.slice(dot + 1) as DomainName);
}

/** True for every name under `ancestor`, not for `ancestor` itself. */
export function isBelow(name: DomainName, ancestor: DomainName): boolean {
  return name.endsWith(`.${ancestor}`);
}

/** `label` set before `parent`; undefined when that is no name. */
export function nameBelow(label: string, parent: DomainName): DomainName | undefined {
  return parseDomainName(`${label}.${parent}`);
}
