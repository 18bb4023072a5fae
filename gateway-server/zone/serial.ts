/** A zone's serial number: a u32 that wraps (RFC 1982). */
export type Serial = number;

export function nextSerial(serial: Serial): Serial {
  return (serial + 1) >>> 0;
}

/** RFC 1982 §3.2: is `a` later than `b`? */
export function isLater(a: Serial, b: Serial): boolean {
  const ahead = (a - b) >>> 0;
  return ahead > 0 && ahead < 0x8000_0000;
}
