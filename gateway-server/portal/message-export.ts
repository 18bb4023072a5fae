import type { LineId } from '../../protocol/line-id.ts';
import type { Mailbox, Message } from '../subscriber/mailbox.ts';

const PIECE = 100;
const COLUMNS = ['number', 'at', 'name', 'contact', 'text', 'recording', 'read'] as const;

/** Every message of a line, newest first, piece by piece. */
export async function allMessages(mailbox: Mailbox, line: LineId): Promise<readonly Message[]> {
  const all: Message[] = [];
  for (;;) {
    const piece = await mailbox.list(line, { before: all.at(-1)?.number ?? null, most: PIECE });
    all.push(...piece);
    if (piece.length < PIECE) return all;
  }
}

export function messagesAsJson(messages: readonly Message[]): string {
  const plain = messages.map(({ number, at, name, contact, text, recording, readAt }) => ({
    number,
    at: new Date(at).toISOString(),
    name,
    contact,
    text,
    recording:
      recording === null
        ? null
        : { kind: recording.kind, mediaType: recording.mediaType, bytes: recording.bytes },
    readAt: readAt === null ? null : new Date(readAt).toISOString(),
  }));
  return `${JSON.stringify(plain, null, 2)}\n`;
}

/** RFC 4180, with a byte order mark so that spreadsheets read UTF-8. */
export function messagesAsCsv(messages: readonly Message[]): string {
  const rows = messages.map(({ number, at, name, contact, text, recording, readAt }) => [
    String(number),
    new Date(at).toISOString(),
    name,
    contact,
    text,
    recording?.kind ?? '',
    readAt === null ? 'no' : 'yes',
  ]);
  return `\ufeff${[COLUMNS, ...rows].map((row) => `${row.map(csvCell).join(',')}\r\n`).join('')}`;
}

/** A spreadsheet would take what begins like a formula for one: an apostrophe before it makes it text. */
function csvCell(text: string): string {
  const isFormula = /^[\s\0]*[=+\-@|%＝＋－＠]/u.test(text) || /^[\t\r\n]/.test(text);
  return `"${(isFormula ? `'${text}` : text).replaceAll('"', '""')}"`;
}

/** RFC 4155 with `>From` quoting (mboxrd): what any mail program reads. */
export function messagesAsMbox(messages: readonly Message[], domain: string): string {
  return messages
    .toReversed()
    .map((message) => mail(message, domain))
    .join('');
}

function mail({ number, at, name, contact, text, recording }: Message, domain: string): string {
  const date = new Date(at);
  const spoken = recording === null ? '' : `\n[${recording.kind} message, ${recording.bytes} bytes]\n`;
  const body = `${text.replaceAll('\r\n', '\n')}\n${spoken}`.replace(/^(>*From )/gm, '>$1');
  return [
    `From visitor@${domain} ${asctime(date)}`,
    `From: ${encodedWord(name === '' ? 'A visitor' : name)} <visitor@${domain}>`,
    `To: <owner@${domain}>`,
    `Subject: ${encodedWord(`Message ${number} left at ${domain}`)}`,
    `Date: ${date.toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${number}.message@${domain}>`,
    ...(contact === '' ? [] : [`X-Porchlight-Contact: ${encodedWord(contact)}`]),
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    body,
    '',
  ].join('\n');
}

/** `Mon Nov 23 09:10:00 2026`, the form in which mbox tells times. */
function asctime(date: Date): string {
  const [weekday = '', day = '', month = '', year = '', time = ''] = date.toUTCString().split(' ');
  return `${weekday.slice(0, 3)} ${month} ${day.replace(/^0/, ' ')} ${time} ${year}`;
}

/** RFC 2047, in pieces of at most 75 characters: nothing that a visitor wrote can begin a header of its own. */
function encodedWord(text: string): string {
  const pieces: string[] = [];
  let piece = '';
  for (const character of text) {
    if (Buffer.byteLength(piece + character) > 42) {
      pieces.push(piece);
      piece = '';
    }
    piece += character;
  }
  return [...pieces, piece].map((each) => `=?utf-8?B?${Buffer.from(each).toString('base64')}?=`).join('\n ');
}
