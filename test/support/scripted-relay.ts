import type { Handed, Letter, Relay } from '../../gateway-server/mail/relay.ts';

/** A relay that answers as told and takes all mails otherwise. */
export class ScriptedRelay implements Relay {
  /** Every try. */
  readonly tries: Letter[] = [];
  readonly taken: Letter[] = [];
  readonly #answers: Handed[] = [];
  otherwise: Handed = { kind: 'taken' };

  answers(...answers: readonly Handed[]): void {
    this.#answers.push(...answers);
  }

  async hand(letter: Letter): Promise<Handed> {
    this.tries.push(letter);
    const handed = this.#answers.shift() ?? this.otherwise;
    if (handed.kind === 'taken') this.taken.push(letter);
    return handed;
  }
}
