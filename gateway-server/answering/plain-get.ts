/** A request that only wants to see a page, as nearly all visitors send it. */
export interface PlainGet {
  readonly target: string;
  readonly host: string;
  /** `Sec-Fetch-Dest`; null when the browser does not say. */
  readonly purpose: string | null;
}

const LONGEST = 8 * 1024;
const REQUEST_LINE = /^GET (\/[\x21-\x7e]*) HTTP\/1\.1$/;
const FIELD = /^([a-z0-9-]+):[ \t]*([\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?)?$/i;
/** Fields with which a request is more than a look at a page. */
const NOT_PLAIN: ReadonlySet<string> = new Set([
  'content-length',
  'transfer-encoding',
  'upgrade',
  'expect',
  'range',
  'te',
  'trailer',
]);

/**
 * Reads a whole request (RFC 9112 §3, §5) without a body; undefined for everything that is in any way unusual, which the
 * real HTTP server then reads. Never more tolerant than that one.
 */
export function readPlainGet(bytes: Buffer): PlainGet | undefined {
  if (bytes.length > LONGEST || !bytes.subarray(-4).equals(END)) return undefined;
  const [first = '', ...lines] = bytes.toString('latin1', 0, bytes.length - 4).split('\r\n');
  const target = REQUEST_LINE.exec(first)?.[1];
  if (target === undefined) return undefined;
  const fields = fieldsOf(lines);
  const host = fields?.get('host');
  return host ? { target, host, purpose: fields?.get('sec-fetch-dest') ?? null } : undefined;
}

/** By their names in lower case; undefined when one of them cannot be read, is not plain, or names a second host. */
function fieldsOf(lines: readonly string[]): ReadonlyMap<string, string> | undefined {
  const fields = new Map<string, string>();
  for (const line of lines) {
    const [, name = '', value = ''] = FIELD.exec(line) ?? [];
    const key = name.toLowerCase();
    if (key === '' || NOT_PLAIN.has(key) || (key === 'host' && fields.has(key))) return undefined;
    fields.set(key, value);
  }
  return fields;
}

const END = Buffer.from('\r\n\r\n');
