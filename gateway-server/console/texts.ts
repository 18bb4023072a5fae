import type { LineState } from '../operator/line-view.ts';
import type { Role } from '../web/account.ts';
import type { OPERATOR_SCOPES } from '../web/doorkeeper.ts';
import type { WebhookEvent } from '../webhook/webhook.ts';

/** What the operator's pages say. */
export const texts = {
  links: [
    { path: '/', text: 'Overview', for: 'viewer' },
    { path: '/lines', text: 'Lines', for: 'viewer' },
    { path: '/backups', text: 'Batches', for: 'viewer' },
    { path: '/announcements', text: 'Announcements', for: 'viewer' },
    { path: '/audit', text: 'Audit log', for: 'viewer' },
    { path: '/accounts', text: 'Accounts', for: 'admin' },
    { path: '/keys', text: 'Keys', for: 'admin' },
  ],
  states: {
    live: 'live',
    queued: 'queued',
    suspect: 'suspect',
    offline: 'off-line',
    unknown: 'unknown',
  } satisfies Record<LineState, string>,
  roles: {
    viewer: 'looks at everything but keys and accounts',
    keeper: 'also changes lines and announces',
    admin: 'also accounts, tokens and webhooks',
  } satisfies Record<Role, string>,
  scopes: {
    'lines:read': 'See lines and their history',
    'lines:write': 'Add, change and remove lines',
    'gateway:read': 'See batches, secondaries and the audit log',
    announce: 'Announce to all subscribers',
    webhooks: 'Change webhooks',
  } satisfies Record<(typeof OPERATOR_SCOPES)[number], string>,
  events: {
    live: 'A line is live',
    'off-line': 'A line is off-line',
    message: 'A visitor has left a message',
  } satisfies Record<WebhookEvent, string>,
  /** What a change says on the page to which it leads: `?done=NAME`. */
  notices: {
    suspended: 'The line is suspended: its names lead to the gateway with the next batch.',
    resumed: 'The line is no longer suspended. Its agent registers when it tries again.',
    removed: 'The line is removed; its names leave the zone with the next batch.',
    'taken-down': "Nothing of the owner's is shown any more.",
    'put-back': "The owner's page is shown again.",
    drill: 'The rehearsal has begun: for two minutes visitors get what they get when the line is off.',
    announced: 'It is announced: every router has it, and those that connect later get it then.',
    'account-removed': 'The account is removed; whoever was logged in with it is logged out.',
    'role-changed': 'The role is changed; it counts from now on.',
    'token-revoked': 'The token is revoked: nothing gets in with it any more.',
    'webhook-removed': 'The webhook is removed.',
    'brake-released': 'The brake is off: silent lines are declared off-line again.',
  },
} as const;
