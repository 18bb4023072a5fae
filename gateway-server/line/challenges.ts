import type { Address } from '../../protocol/address.ts';
import type { LineId } from '../../protocol/line-id.ts';
import type { Clock } from '../../runtime/clock.ts';
import { within } from '../../runtime/deadline.ts';
import type { AgentLink, Connection } from '../agent-link.ts';

const CHALLENGE_MS = 2_000;

interface Question {
  readonly line: LineId;
  /** Only an answer over a connection from here counts; null when any will do. */
  readonly from: Address | null;
  readonly answered: () => void;
}

interface Parts {
  readonly link: AgentLink;
  readonly clock: Clock;
  /** A fresh unguessable text. */
  readonly nonce: () => string;
}

/** Asks agents over MQTT whether they are there: a nonce that only the line's own agent can send back. */
export class Challenges {
  readonly #questions = new Map<string, Question>();
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** True when the line's agent answers within two seconds, over a connection from `from` if that is given. */
  async ask(line: LineId, from: Address | null, signal: AbortSignal): Promise<boolean> {
    const { link, clock } = this.#parts;
    const nonce = this.#parts.nonce();
    const answer = new Promise<boolean>((resolve) => {
      this.#questions.set(nonce, { line, from, answered: () => resolve(true) });
    });
    const connection = link.connectionOf(line);
    if (connection) link.send(connection, { kind: 'challenge', nonce });
    try {
      return (await within(clock, CHALLENGE_MS, answer, signal)) === true;
    } finally {
      this.#questions.delete(nonce);
    }
  }

  answered({ line, source }: Connection, nonce: string): void {
    const question = this.#questions.get(nonce);
    if (question?.line !== line || (question.from !== null && question.from !== source)) return;
    question.answered();
  }
}
