import type { Api } from '../api.ts';
import { webhookOperations } from '../webhook-operations.ts';
import { gatewayOperations } from './gateway-operations.ts';
import { lineOperations } from './line-operations.ts';
import { linePageOperations } from './line-page-operations.ts';
import { lineStoryOperations } from './line-story-operations.ts';
import type { OperatorCaller, OperatorParts } from './operator-caller.ts';

/** What the provider's programs can do. */
export function operatorApi(parts: OperatorParts): Api<OperatorCaller> {
  const { webhooks, audit } = parts.house;
  return {
    door: 'console',
    title: "Porchlight: the operator's API",
    description: 'All lines, and the gateway itself.',
    operations: [
      ...lineOperations(parts),
      ...linePageOperations(parts),
      ...lineStoryOperations(parts),
      ...gatewayOperations(parts),
      ...webhookOperations<OperatorCaller>({
        webhooks,
        scopes: { toRead: ['webhooks'], toChange: ['webhooks'] },
        lineOf: () => null,
        note: ({ actor }, action, subject, detail) => audit.note({ actor, action, subject, detail }),
      }),
    ],
    callerOf: ({ account, name }) =>
      account.kind === 'operator' ? { actor: `token ${name} of ${account.login}` } : undefined,
  };
}
