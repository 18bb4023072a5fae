/** The forms of character strings and plain bytes in records (RFC 1035 §3.3 and §5.1). */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const TILDE = 0x7e;

/** In quotes; what cannot be read or would end the string is escaped. */
export function quotedText(bytes: Uint8Array): string {
  return `"${Array.from(bytes, characterText).join('')}"`;
}

function characterText(byte: number): string {
  if (byte === QUOTE || byte === BACKSLASH) return `\\${String.fromCharCode(byte)}`;
  const isPlain = byte >= SPACE && byte <= TILDE;
  return isPlain ? String.fromCharCode(byte) : `\\${String(byte).padStart(3, '0')}`;
}

/** With its length in front, as in a message; at most 255 bytes. */
export function charString(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(bytes.length), bytes]);
}

export function hexText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
