import type { LineId } from '../../protocol/line-id.ts';
import { changeLine, type LineKeeping } from '../operator/line-commands.ts';
import { stateOf } from '../operator/line-view.ts';
import type { PortalLine, PortalLines } from './portal-lines.ts';

/** The lines of the running gateway, as owners see and change them. */
export class RegistryLines implements PortalLines {
  readonly #parts: LineKeeping;

  constructor(parts: LineKeeping) {
    this.#parts = parts;
  }

  line(id: LineId): PortalLine | undefined {
    const { registry } = this.#parts;
    const record = registry.book.get(id);
    if (!record) return undefined;
    const { secretHash, ...line } = record.line;
    return { ...line, state: stateOf(registry, record), standing: record.standing };
  }

  async setWords(id: LineId, words: string): Promise<void> {
    const record = this.#parts.registry.book.get(id);
    if (record) await changeLine(this.#parts, record, { words });
  }

  async setTellsSince(id: LineId, tellsSince: boolean): Promise<void> {
    const record = this.#parts.registry.book.get(id);
    if (record) await changeLine(this.#parts, record, { tellsSince });
  }
}
