import type { LineId } from '../../protocol/line-id.ts';
import type { RehearsalStage } from '../line/rehearsals.ts';
import type { AuditLog } from '../operator/audit.ts';
import type { Diary } from '../subscriber/diary.ts';
import type { Mailbox } from '../subscriber/mailbox.ts';
import type { Shelf } from '../subscriber/shelf.ts';
import type { SiteCopies } from '../subscriber/site-copy.ts';
import type { Webhooks } from '../webhook/webhook.ts';
import type { Doorkeeper } from './doorkeeper.ts';

/** What people reach by page, API or command, beside the lines themselves. */
export interface House {
  readonly mailbox: Mailbox;
  readonly shelf: Shelf;
  readonly copies: SiteCopies;
  readonly diary: Diary;
  /** How many are told by mail when the line is back. */
  waiting(line: LineId): number;
  readonly doorkeeper: Doorkeeper;
  readonly webhooks: Webhooks;
  readonly audit: AuditLog;
  readonly stage: RehearsalStage;
  /** Where owners log in, as `https://portal.mwebpages.test`; null while there is no portal. */
  readonly portalUrl: string | null;
  readonly consoleUrl: string | null;
  /** A line was removed: what is in memory or in files goes too. */
  forget(line: LineId): Promise<void>;
}
