// The processors that the binary with Node inside is built for. Without packages: it is asked before they are installed.
import process from 'node:process';
import { isInstalled } from '../commands.mjs';

/** What strips Node for each of them, by Node's names. */
export const STRIP = { x64: 'strip', arm64: 'aarch64-linux-gnu-strip' };

/** Why the binary for this processor cannot be built here; undefined where it can. */
export function whyNoNodeBinary(arch) {
  if (process.arch !== 'x64') return `the binary is built on x64, not on ${process.arch}`;
  return isInstalled(STRIP[arch]) ? undefined : `${STRIP[arch]} not installed`;
}
