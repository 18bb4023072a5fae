import type { LineId } from '../../protocol/line-id.ts';
import type { KeptWebhook } from './webhook-store.ts';

type Owner = LineId | null;

/** All webhooks, by their id and by whose they are; null is the operator. */
export class WebhookBook {
  readonly #byId = new Map<string, KeptWebhook>();
  readonly #byOwner = new Map<Owner, Set<string>>();

  constructor(webhooks: readonly KeptWebhook[]) {
    for (const webhook of webhooks) this.put(webhook);
  }

  get(id: string): KeptWebhook | undefined {
    return this.#byId.get(id);
  }

  /** In the order of their registration. */
  of(owner: Owner): readonly KeptWebhook[] {
    const ids = this.#byOwner.get(owner);
    if (ids === undefined) return [];
    return [...ids].map((id) => this.#byId.get(id)).filter((webhook) => webhook !== undefined);
  }

  /** The webhook of this owner; undefined for another's. */
  find(owner: Owner, id: string): KeptWebhook | undefined {
    const webhook = this.#byId.get(id);
    return webhook?.line === owner ? webhook : undefined;
  }

  put(webhook: KeptWebhook): void {
    const { line, id } = webhook;
    this.#byId.set(id, webhook);
    const ids = this.#byOwner.get(line);
    if (ids === undefined) this.#byOwner.set(line, new Set([id]));
    else ids.add(id);
  }

  remove({ line, id }: Pick<KeptWebhook, 'line' | 'id'>): void {
    this.#byId.delete(id);
    const ids = this.#byOwner.get(line);
    ids?.delete(id);
    if (ids?.size === 0) this.#byOwner.delete(line);
  }
}
