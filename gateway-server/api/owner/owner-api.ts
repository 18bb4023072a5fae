import type { House } from '../../web/house.ts';
import type { Api } from '../api.ts';
import { OneAtATime } from '../one-at-a-time.ts';
import { webhookOperations } from '../webhook-operations.ts';
import { exportOperation } from './export-operation.ts';
import { type LineParts, lineOperations } from './line-operations.ts';
import { messageOperations } from './message-operations.ts';
import { offerOperations } from './offer-operations.ts';
import type { Note, OwnerCaller } from './owner-caller.ts';
import { type PageParts, pageOperations } from './page-operations.ts';

type Parts = LineParts & Pick<PageParts, 'words' | 'sanitiser'> & { readonly house: House };

/** What an owner's programs can do with the owner's line, and with no other. */
export function ownerApi(parts: Parts): Api<OwnerCaller> {
  const { house, registry } = parts;
  const { book } = registry;
  const note: Note = ({ actor, line }, action, detail) =>
    house.audit.note({ actor, action, subject: line, detail });
  return {
    door: 'portal',
    title: "Porchlight: the owner's API",
    description: 'A line, its messages and its page.',
    operations: [
      ...lineOperations({ ...parts, note }),
      ...messageOperations({ mailbox: house.mailbox, note }),
      ...pageOperations({ ...parts, ...house, book, note, turns: new OneAtATime() }),
      ...offerOperations({ shelf: house.shelf, note }),
      ...webhookOperations<OwnerCaller>({
        webhooks: house.webhooks,
        scopes: { toRead: ['line:read'], toChange: ['messages:write'] },
        lineOf: ({ line }) => line,
        note: (caller, action, hook, detail) => note(caller, action, `${hook} ${detail}`.trim()),
      }),
      exportOperation({ ...parts, book }),
    ],
    callerOf: ({ account, name, scopes }) =>
      account.kind === 'owner'
        ? { line: account.line, actor: `token ${name} of ${account.login}`, scopes }
        : undefined,
  };
}
