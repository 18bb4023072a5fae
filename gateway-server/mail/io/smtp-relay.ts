import { createTransport } from 'nodemailer';
import { parseMailAddress } from '../mail-address.ts';
import type { Handed, Letter, Relay } from '../relay.ts';

interface RelaySettings {
  /** smtp://HOST[:PORT] or smtps://HOST[:PORT], with USER:PASSWORD@ where the relay asks for it. */
  readonly url: string;
  readonly from: string;
  /** Certificates to trust instead of the system's; only smtps and relays with a password are verified. */
  readonly ca?: string;
}

const CONNECT_MS = 10_000;
const SILENCE_MS = 30_000;
/** Replies to these commands are about the mail; all others are about the relay. */
const ABOUT_THE_MAIL = ['MAIL FROM', 'RCPT TO', 'DATA'];
/** Of the connection, whatever was asked (RFC 5321 §3.8). */
const CLOSING = 421;

/** Hands mails to the provider's SMTP server, one connection a mail. */
export function smtpRelay(settings: RelaySettings): Relay {
  const transport = createTransport({
    ...connectionOf(settings),
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
    // a mail is what its sender wrote, never a file or a page of the gateway's
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    hand: async (letter, signal) => {
      // the library would read a list of recipients into it
      if (parseMailAddress(letter.to) !== letter.to) return { kind: 'rejected', why: 'not one bare address' };
      try {
        await abortable(transport.sendMail(messageOf(letter, settings.from)), signal);
        return { kind: 'taken' };
      } catch (error) {
        return refusalOf(error);
      }
    },
  };
}

function connectionOf({ url, ca }: RelaySettings) {
  const { protocol, hostname, port, username, password } = new URL(url);
  const isSecure = protocol === 'smtps:';
  const hasPassword = username !== '';
  return {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? (isSecure ? 465 : 25) : Number(port),
    secure: isSecure,
    // a password travels to a proven relay alone; else STARTTLS is taken when offered, which hides mails from onlookers
    requireTLS: !isSecure && hasPassword,
    tls: { rejectUnauthorized: isSecure || hasPassword, ...(ca === undefined ? {} : { ca }) },
    ...(hasPassword
      ? { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }
      : {}),
  };
}

function messageOf({ id, to, subject, text, unsubscribeUrl, writtenAt }: Letter, from: string) {
  return {
    envelope: { from, to: [to] },
    from: { name: '', address: from },
    to: { name: '', address: to },
    subject,
    text,
    date: new Date(writtenAt),
    messageId: `<${id}@${from.slice(from.lastIndexOf('@') + 1)}>`,
    xMailer: false as const,
    headers: {
      // RFC 3834 §5: no holiday notice answers it
      'Auto-Submitted': 'auto-generated',
      ...(unsubscribeUrl === null
        ? {}
        : { 'List-Unsubscribe': { prepared: true, value: `<${unsubscribeUrl}>` } }),
    },
  };
}

/** The work goes on when it is given up: a mail may then go out twice, but is never lost. */
function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  work.catch(() => undefined);
  return new Promise((resolve, reject) => {
    const abort = () => reject(new Error('stopped'));
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function refusalOf(error: unknown): Exclude<Handed, { readonly kind: 'taken' }> {
  const { responseCode, command = '' } = fieldsOf(error);
  const why = reasonOf(error);
  if (responseCode === undefined || responseCode === CLOSING || !ABOUT_THE_MAIL.includes(command)) {
    return { kind: 'unreachable', why };
  }
  // a sender that is refused is a matter of settings: the operator has a day to mend it
  const isForGood = responseCode >= 500 && command !== 'MAIL FROM';
  return { kind: isForGood ? 'rejected' : 'put-off', why };
}

/** A reply of the relay may quote the recipient, and the log names nobody: its code is enough. */
function reasonOf(error: unknown): string {
  const { responseCode, command, code } = fieldsOf(error);
  if (responseCode !== undefined) return `answered ${responseCode} to ${command ?? 'the connection'}`;
  return [code, error instanceof Error ? error.message : String(error)].filter(Boolean).join(': ');
}

interface SmtpFields {
  readonly responseCode?: number;
  readonly command?: string;
  readonly code?: string;
}

function fieldsOf(error: unknown): SmtpFields {
  // nodemailer sets these three on its errors, of these kinds
  return error instanceof Error ? (error as SmtpFields) : {};
}
