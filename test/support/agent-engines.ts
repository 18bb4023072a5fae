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

/** The agent from source on Node, the executable of packaging/compact, and the one with Node inside. */
export function agentEngines(): readonly AgentEngine[] {
  const file = nodeBinary(process.arch);
  return [
    ...enginesFor(join(ROOT, 'agent', 'main.ts'), 'porchlight-agent'),
    { name: 'Node in a single binary', words: [file], isBuilt: existsSync(file) },
  ];
}

/** The same for another program: its source, and the name that packaging/compact gives what it makes of that. */
export function enginesFor(source: string, compact: string): readonly AgentEngine[] {
  const file = compactProgram(compact);
  return [
    { name: 'Node', words: [process.execPath, source], isBuilt: true },
    { name: 'the small engine', words: [file], isBuilt: existsSync(file) },
  ];
}

/** Where a program for this machine, or another target, and the small engine lies, once it is built. */
export function compactProgram(name: string, target = TARGETS[process.arch] ?? process.arch): string {
  return join(distFolder(), 'compact', target, name);
}

/** Where packaging/node-binary lays the agent with Node inside, by Node's names of processors. */
export function nodeBinary(arch: string): string {
  return join(distFolder(), 'node', `porchlight-agent-${arch}`);
}

function distFolder(): string {
  return process.env['PORCHLIGHT_DIST'] ?? join(ROOT, 'dist');
}
