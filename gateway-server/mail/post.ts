import type { MailAddress } from './mail-address.ts';

/** A mail in plain text to one person. */
export interface Mail {
  readonly to: MailAddress;
  /** One line. */
  readonly subject: string;
  readonly text: string;
  /** Where the recipient ends such mails (RFC 2369 §3.2); null where nothing is left to end. */
  readonly unsubscribeUrl: string | null;
}

/** A change in the same store, made in one transaction with the mail: both are on disk, or neither. */
export type Alongside = () => void;

/** Takes mails and sends them later. */
export interface Post {
  /** True when it is on disk; from then on it is sent, or given up after a day, across restarts. */
  send(mail: Mail, alongside?: Alongside): Promise<boolean>;
}
