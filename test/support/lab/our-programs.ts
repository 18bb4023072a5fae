import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Words } from './program.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** The words that start the gateway: the built file where PORCHLIGHT_DIST names its folder, else the source. */
export function gatewayWords(...words: string[]): Words {
  return ours('porchlight-gateway.mjs', 'gateway-server/main.ts', words);
}

/** The agent likewise, or the executable that AGENT_PROGRAM names. */
export function agentWords(...words: string[]): Words {
  const { AGENT_PROGRAM } = process.env;
  if (AGENT_PROGRAM) return [AGENT_PROGRAM, ...words];
  return ours('porchlight-agent.mjs', 'agent/main.ts', words);
}

function ours(built: string, source: string, words: readonly string[]): Words {
  const { PORCHLIGHT_DIST } = process.env;
  const file = PORCHLIGHT_DIST ? join(PORCHLIGHT_DIST, built) : join(ROOT, source);
  return [process.execPath, file, ...words];
}
