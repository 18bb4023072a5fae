import type { Visitor, WebReply } from './visitor.ts';

/** The owner of a line before a browser, as far as curl is one: keeps the cookie and sends forms from the portal's own pages. */
export class Owner {
  readonly #visitor: Visitor;
  readonly #caFile: string;
  #origin = '';
  #cookie = '';

  constructor(visitor: Visitor, caFile: string) {
    this.#visitor = visitor;
    this.#caFile = caFile;
  }

  /** Opens the one-time link that the router shows, and presses its button. */
  async enter(link: string): Promise<WebReply> {
    this.#origin = new URL(link).origin;
    const reply = await this.#post(new URL(link).pathname, {});
    this.#cookie = /^set-cookie: ([^;]+)/im.exec(reply.headers)?.[1] ?? '';
    return reply;
  }

  get(path: string): Promise<WebReply> {
    return this.#visitor.open(`${this.#origin}${path}`, {
      caFile: this.#caFile,
      headers: [`Cookie: ${this.#cookie}`],
    });
  }

  /** Sends a form of the page at `path` to it, with the token that stands in the page. */
  async change(path: string, fields: Readonly<Record<string, string>>): Promise<WebReply> {
    const { body } = await this.get(path);
    const token = /name="token" value="([^"]+)"/.exec(body)?.[1] ?? '';
    return this.#post(path, { token, ...fields });
  }

  #post(path: string, form: Readonly<Record<string, string>>): Promise<WebReply> {
    return this.#visitor.open(`${this.#origin}${path}`, {
      caFile: this.#caFile,
      // curl sends a GET without any field
      form: { from: 'owner', ...form },
      headers: [`Origin: ${this.#origin}`, ...(this.#cookie ? [`Cookie: ${this.#cookie}`] : [])],
    });
  }
}
