import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atExit } from './at-exit.ts';

/** A folder of the bench's own, which goes with the process. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-bench-'));
  atExit(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}
