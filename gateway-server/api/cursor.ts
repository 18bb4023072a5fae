/** Cursors are opaque to callers: what they hold may change between versions. */
export function cursorOf(last: number | string): string {
  return Buffer.from(String(last)).toString('base64url');
}

/** Undefined for what no cursor of ours says; null when none was given. */
export function numberAt(cursor: string | undefined): number | null | undefined {
  if (cursor === undefined) return null;
  const text = Buffer.from(cursor, 'base64url').toString();
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

export function textAt(cursor: string | undefined): string | null | undefined {
  if (cursor === undefined) return null;
  const text = Buffer.from(cursor, 'base64url').toString();
  return /^[a-z0-9-]{1,64}$/.test(text) ? text : undefined;
}

export const BAD_CURSOR = 'The cursor is none of this list: give "next" of the page before, or no cursor.';
