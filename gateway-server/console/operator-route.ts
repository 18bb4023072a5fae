import { html, type Markup } from '../answering/html.ts';
import { CommandError } from '../operator/desk.ts';
import { mayDo, type Role } from '../web/account.ts';
import type { Session } from '../web/doorkeeper.ts';
import { frame } from '../web/page/frame.ts';
import { page, type Route, type WebReply, type WebRequest } from '../web/route.ts';
import type { ConsoleLook } from './console-parts.ts';
import { texts } from './texts.ts';

/** A request of an operator. */
export interface Visit {
  readonly request: WebRequest;
  readonly session: Session;
  /** The name in the audit log. */
  readonly actor: string;
  readonly role: Role;
}

export interface ConsolePage {
  readonly title: string;
  /** The path of the link that is shown as the present one. */
  readonly current: string;
  readonly content: Markup;
  readonly status?: number;
}

type Shape = Pick<Route, 'method' | 'path' | 'takesUpload' | 'asksByItself'> & { readonly for: Role };

/** A page or a change for operators with at least the role. */
export function operatorRoute(shape: Shape, run: (visit: Visit) => WebReply | Promise<WebReply>): Route {
  return {
    ...shape,
    run: (request: WebRequest, session: Session) => {
      const { account } = session;
      const role = account.kind === 'operator' ? account.role : 'viewer';
      return run({ request, session, actor: account.login, role });
    },
  };
}

/** Puts a page of the console into its frame. */
export function consolePage(
  look: ConsoleLook,
  { session, role }: Visit,
  { title, current, content, status }: ConsolePage,
): WebReply {
  const links = texts.links.filter((link) => mayDo(role, link.for));
  const body = frame({
    title: `${title} · ${look.brand}`,
    brand: look.brand,
    links: links.map(({ path, text }) => ({ path, text, count: null })),
    current,
    person: { name: session.account.login, formToken: session.formToken },
    content,
    scripts: [look.script],
    styles: [look.style],
    icon: look.icon,
  });
  return page(body, status);
}

/** In every form that changes something. */
export function tokenField({ session }: Visit): Markup {
  return html`<input type="hidden" name="token" value="${session.formToken}">`;
}

/** A form that is one button. */
export function buttonForm(
  visit: Visit,
  path: string,
  text: string,
  look: 'quiet' | 'danger' = 'quiet',
): Markup {
  return html`<form class="inline" method="post" action="${path}">${tokenField(visit)}<button class="${look}" type="submit">${text}</button></form>`;
}

/** What `change` gives, or what `refused` says when it cannot be carried out. */
export async function orRefused(
  change: () => Promise<WebReply>,
  refused: (sentence: string) => WebReply | Promise<WebReply>,
): Promise<WebReply> {
  try {
    return await change();
  } catch (error) {
    if (error instanceof CommandError) return refused(error.message);
    throw error;
  }
}

/** Something that is told this once. */
export function secretBox(label: string, secret: string): Markup {
  return html`<div class="field"><p class="muted">${label}</p><code class="secret">${secret}</code></div>`;
}
