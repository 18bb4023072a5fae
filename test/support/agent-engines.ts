import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One way to run the agent: what tests hold for one of them holds for all. */
export interface AgentEngine {
  readonly name: string;
  /** What starts it; the agent's own words come behind. */
  readonly words: readonly [string, ...string[]];
  /** False where the compilers for it are missing. */
  readonly isBuilt: boolean;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** By the names of processors that Node has. */
const TARGETS: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' };

/** The agent from source on Node, and the executable of packaging/compact. */
export function agentEngines(): readonly AgentEngine[] {
  const compact = compactAgent();
  return [
    { name: 'Node', words: [process.execPath, join(ROOT, 'agent', 'main.ts')], isBuilt: true },
    { name: 'the small engine', words: [compact], isBuilt: existsSync(compact) },
  ];
}

/** Where the compact agent for this machine lies, once it is built. */
function compactAgent(): string {
  const { PORCHLIGHT_DIST } = process.env;
  const folder = PORCHLIGHT_DIST ?? join(ROOT, 'dist');
  return join(folder, 'compact', TARGETS[process.arch] ?? process.arch, 'porchlight-agent');
}
