/**
 * What may be shown within a page; everything else is sent as an attachment. No SVG and no HTML: both can carry scripts.
 * The key is the type without parameters, the value the ending of a file of it.
 */
export const MEDIA_TYPES: ReadonlyMap<string, string> = new Map([
  ['image/png', 'png'],
  ['image/jpeg', 'jpg'],
  ['image/gif', 'gif'],
  ['image/webp', 'webp'],
  ['image/avif', 'avif'],
  ['audio/mpeg', 'mp3'],
  ['audio/mp4', 'm4a'],
  ['audio/ogg', 'ogg'],
  ['audio/webm', 'weba'],
  ['audio/wav', 'wav'],
  ['audio/flac', 'flac'],
  ['video/mp4', 'mp4'],
  ['video/webm', 'webm'],
  ['video/ogg', 'ogv'],
]);

/** The listed type without its parameters; `application/octet-stream` for every other. */
export function listedMediaType(raw: string): string {
  const [type = ''] = raw.split(';');
  const plain = type.trim().toLowerCase();
  return MEDIA_TYPES.has(plain) ? plain : 'application/octet-stream';
}
