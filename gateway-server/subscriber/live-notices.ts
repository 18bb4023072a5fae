import type { LineId } from '../../protocol/line-id.ts';
import type { Live, Signal } from '../../protocol/message.ts';
import type { Logger } from '../../runtime/log.ts';
import type { AgentLink } from '../agent-link.ts';
import type { LineBook, LineRecord } from '../line/line-book.ts';
import { endedAbsence } from '../line/standing.ts';

/** What is known of the secondaries that must prove a serial. */
export interface Proof {
  readonly ok: boolean;
  /** Addresses of the secondaries that do not serve it yet. */
  readonly missing: readonly string[];
}

const NOTHING_TO_PROVE: Proof = { ok: true, missing: [] };

interface Parts {
  readonly book: LineBook;
  readonly link: AgentLink;
  readonly portalLink: (line: LineId) => string | null;
  readonly log: Logger;
}

/** Tells agents that their name is live, and what happened while it was not (Figure 5, block 532). */
export class LiveNotices {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  tellLive(line: LineId, signal: Signal, proof: Proof = NOTHING_TO_PROVE): void {
    const { book, link, portalLink, log } = this.#parts;
    const record = book.get(line);
    const connection = link.connectionOf(line);
    const message = record && liveMessage(record, signal, proof, portalLink(line));
    if (!message || !connection) return;
    const isTold = link.send(connection, message);
    log.info('name is live', {
      block: 532,
      line,
      domain: message.domain,
      serial: message.serial,
      told: isTold,
    });
  }
}

function liveMessage(
  { line, standing }: LineRecord,
  signal: Signal,
  proof: Proof,
  portal: string | null,
): Live | undefined {
  const { published, previousLogOn, messages } = standing;
  if (line.domain === null || published.kind !== 'addresses') return undefined;
  const ended = endedAbsence(standing);
  return {
    kind: 'live',
    ...signal,
    domain: line.domain,
    addresses: published.addresses,
    serial: published.serial,
    proof,
    lastLogOn: previousLogOn,
    offlineForMs: ended?.forMs ?? null,
    offlineReason: ended?.absence.reason ?? null,
    hits: ended?.absence.hits ?? 0,
    messages,
    portal,
  };
}
