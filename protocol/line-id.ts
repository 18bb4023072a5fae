/** The id of a subscription: MQTT user name, part of topics and of the client id. */
export type LineId = string & { readonly brand: 'line-id' };

const RESERVED = new Set([
  'gateway',
  'all',
  'admin',
  'administrator',
  'root',
  'porchlight',
  'operator',
  'system',
]);

export function parseLineId(text: string): LineId | undefined {
  return /^[a-z0-9][a-z0-9-]{0,31}$/.test(text) && !RESERVED.has(text) ? (text as LineId) : undefined;
}

/** The only MQTT client id that a line may use: so nobody takes over another line's connection. */
export function clientIdOf(line: LineId): string {
  return `porchlight-${line}`;
}
