/** Figure 5, blocks 522 and 530: while it is closed no resolver gets an answer, so that resolvers ask a backup instead. */
export class ResolverGate {
  #isClosed = false;
  #onTurn: (isClosed: boolean) => void = () => undefined;

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** From now on `listener` hears of every turn of the gate. */
  onTurn(listener: (isClosed: boolean) => void): void {
    this.#onTurn = listener;
  }

  /** Block 522. */
  close(): void {
    this.#turn(true);
  }

  /** Block 530. */
  open(): void {
    this.#turn(false);
  }

  #turn(isClosed: boolean): void {
    if (this.#isClosed === isClosed) return;
    this.#isClosed = isClosed;
    this.#onTurn(isClosed);
  }
}
