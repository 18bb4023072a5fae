import { fileURLToPath } from 'node:url';
import type { Home } from './home.ts';
import { GATEWAY_ADDRESS } from './network.ts';
import type { Program } from './program.ts';
import type { LogLine } from './program-log.ts';

/** One line without a real agent: a connection that says what the test wants said. */
export interface SimulatedLine {
  readonly id: string;
  readonly secret: string;
  readonly domain: string;
  /** An address of the home's WAN port, from which the connection comes. */
  readonly from: string;
  /** What is claimed; `from` unless given. */
  readonly claims?: string;
}

/** Many lines in one program, behind one home's port: for what needs more lines than a machine can run agents. */
export class Fleet {
  readonly program: Program;

  constructor(home: Home, lines: readonly SimulatedLine[]) {
    const wish = JSON.stringify({ gateway: GATEWAY_ADDRESS, lines });
    this.program = home.host.start('fleet', [process.execPath, PROGRAM, wish]);
  }

  /** Until this many lines are live. */
  async live(count: number, limitMs = 30_000): Promise<void> {
    await this.program.log.waitFor({ event: 'live', count }, limitMs);
  }

  async refusal(line: string, limitMs = 10_000): Promise<LogLine> {
    return await this.program.log.waitFor({ event: 'refused', line }, limitMs);
  }
}

const PROGRAM = fileURLToPath(new URL('./fleet-program.ts', import.meta.url));
