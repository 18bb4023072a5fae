import type { AnsweringParts } from '../../gateway-server/answering/answering.ts';
import { htmlSanitiser } from '../../gateway-server/answering/io/sanitise.ts';
import type { LineWitness } from '../../gateway-server/line/line-news.ts';
import type { Mailbox, Message, NewMessage } from '../../gateway-server/subscriber/mailbox.ts';
import { NO_PAGE } from '../../gateway-server/subscriber/shelf.ts';
import type { SiteCopies } from '../../gateway-server/subscriber/site-copy.ts';
import type { Waiters } from '../../gateway-server/subscriber/waiters.ts';
import type { House } from '../../gateway-server/web/house.ts';

export const NO_COPIES: SiteCopies = {
  stateOf: () => ({ copiedAt: null, trouble: null }),
  copyOf: async () => undefined,
  remove: async () => undefined,
};

/** What a gateway has of owners' things when no owner has put anything there. */
export const NOTHING_OFFERED: Pick<
  AnsweringParts,
  'shelf' | 'copies' | 'sanitiser' | 'portalOrigin' | 'recorder' | 'waiters'
> = {
  shelf: {
    page: () => NO_PAGE,
    offers: () => [],
    offer: () => undefined,
    read: async () => undefined,
  },
  copies: NO_COPIES,
  sanitiser: htmlSanitiser(),
  portalOrigin: () => 'https://portal.street.test',
  recorder: '',
  waiters: noMail(),
};

function noMail(): Waiters {
  return {
    isOffered: false,
    ask: async () => ({ kind: 'unavailable' }),
    confirm: async () => undefined,
    cancel: async () => false,
  };
}

/** Messages in memory, for commands that look at them; what a test does not use throws. */
export function emptyHouse(stage: House['stage'], witnesses: readonly LineWitness[] = []): House {
  const messages: Message[] = [];
  const keep = async (message: NewMessage) => {
    const number = messages.length + 1;
    messages.push({ ...message, number, readAt: null, deletedAt: null });
    for (const witness of witnesses)
      witness.sees({ kind: 'message', line: message.line, at: message.at, number });
    return 'kept' as const;
  };
  const mailbox: Pick<Mailbox, 'keep' | 'list'> = {
    keep,
    list: async (line) => messages.filter((message) => message.line === line).toReversed(),
  };
  const parts = {
    mailbox,
    stage,
    audit: { note: async () => undefined, entries: async () => [] },
    portalUrl: 'https://portal.mwebpages.test',
    consoleUrl: null,
    forget: async () => undefined,
  };
  return unusedElse(parts);
}

/** A House of which only these parts are there. */
function unusedElse(parts: Partial<Record<keyof House, unknown>>): House {
  const absent: ProxyHandler<object> = {
    get: (target, key) => {
      if (key in target) return Reflect.get(target, key);
      throw new Error(`this test has no ${String(key)}`);
    },
  };
  return new Proxy(parts, absent) as House;
}
