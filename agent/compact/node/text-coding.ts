import { decode, encode } from 'host:text';

/** UTF-8 alone. */
export class TextEncoder {
  encode(text = ''): Uint8Array {
    return new Uint8Array(encode(text));
  }
}

/** UTF-8 alone; what is none becomes U+FFFD. */
export class TextDecoder {
  decode(bytes?: Uint8Array): string {
    if (!bytes) return '';
    const text = decode(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return text.startsWith('\ufeff') ? text.slice(1) : text;
  }
}
