import { html, type Markup } from '../answering/html.ts';
import type { House } from '../web/house.ts';
import { frame } from '../web/page/frame.ts';
import { page, type WebReply } from '../web/route.ts';
import type { OwnerVisit } from './owner-route.ts';
import { calledName } from './portal-lines.ts';
import { texts } from './texts.ts';

export interface PortalLook {
  /** `Porchlight`, or the provider's name. */
  readonly brand: string;
  /** Paths of what the pages load. */
  readonly style: string;
  readonly script: string;
  readonly editorScript: string;
  readonly icon: string;
}

export interface PortalPage {
  readonly title: string;
  /** The path of the link that is shown as the present one. */
  readonly current: string;
  readonly content: Markup;
  readonly status?: number;
  /** Whether HTML is edited in it. */
  readonly hasEditor?: boolean;
}

interface Parts {
  readonly house: Pick<House, 'mailbox'>;
  readonly look: PortalLook;
}

/** Puts a page of the portal into its frame; the head tells of unread messages. */
export async function portalPage(
  { house, look }: Parts,
  { session, line }: OwnerVisit,
  { title, current, content, status, hasEditor = false }: PortalPage,
): Promise<WebReply> {
  const { unread } = await house.mailbox.count(line.id);
  const links = texts.links.map(({ path, text }) => ({
    path,
    text,
    count: path === '/messages' ? unread : null,
  }));
  const body = frame({
    title: `${title} · ${calledName(line)}`,
    brand: look.brand,
    links,
    current,
    person: { name: calledName(line), formToken: session.formToken },
    content,
    scripts: hasEditor ? [look.script, look.editorScript] : [look.script],
    styles: [look.style],
    icon: look.icon,
  });
  return page(body, status);
}

/** In every form that changes something. */
export function tokenField({ session }: Pick<OwnerVisit, 'session'>): Markup {
  return html`<input type="hidden" name="token" value="${session.formToken}">`;
}
