import type { Settings } from './settings.ts';

const LIVE_SECTIONS: readonly string[] = ['alive', 'verify', 'update', 'addresses'];
const LIVE_KEYS: readonly string[] = [
  'dns.rate_limit',
  'dns.rate_exempt',
  'zone.file',
  'zone.mode',
  'zone.halt_min',
];

/** What a running gateway takes from changed settings, and the keys whose change has to wait for its next start. */
export function merged(
  before: Settings,
  after: Settings,
): { readonly settings: Settings; readonly postponed: readonly string[] } {
  const { alive, verify, update, addresses } = after;
  const { rate_limit, rate_exempt } = after.dns;
  const { file, mode, halt_min } = after.zone;
  const dns = { ...before.dns, rate_limit, rate_exempt };
  const zone = { ...before.zone, file, mode, halt_min };
  const settings = Object.freeze({ ...before, zone, dns, alive, verify, update, addresses });
  const [old, wanted] = [valuesByKey(before), valuesByKey(after)];
  const postponed = [...wanted.keys()].filter((key) => !isLive(key) && wanted.get(key) !== old.get(key));
  return { settings, postponed };
}

function isLive(key: string): boolean {
  return LIVE_KEYS.includes(key) || LIVE_SECTIONS.some((section) => key.startsWith(`${section}.`));
}

/** Each key of the file, as `dns.ttl`, with its value as text. */
function valuesByKey(settings: Settings): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const [key, value] of Object.entries(settings)) {
    const isSection = typeof value === 'object' && value !== null;
    for (const [inner, one] of isSection ? Object.entries(value) : [['', value]]) {
      values.set(inner === '' ? key : `${key}.${inner}`, JSON.stringify(plain(one)));
    }
  }
  return values;
}

function plain(value: unknown): unknown {
  return value instanceof Map ? [...value] : value;
}
