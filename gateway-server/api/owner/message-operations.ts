import type { Mailbox, Message } from '../../subscriber/mailbox.ts';
import { BAD_CURSOR, cursorOf, numberAt } from '../cursor.ts';
import { NOTHING, problem, type Reply, value } from '../operation.ts';
import { MessageNumber, Message as MessageSchema } from '../schema/message.ts';
import { limitOf, listOf, Paging } from '../schema/paging.ts';
import { timeOf, timeOrNull } from '../schema/scalars.ts';
import { storedBytes } from '../stored-bytes.ts';
import { type Note, type OwnerCaller, type OwnerOperation, ownerOperation } from './owner-caller.ts';

const TOPIC = { topic: 'messages' } as const;
const TO_READ = ['messages:read'] as const;
const TO_CHANGE = ['messages:write'] as const;

interface Parts {
  readonly mailbox: Mailbox;
  readonly note: Note;
}

/** What visitors have left, for the owner's programs. */
export function messageOperations(parts: Parts): readonly OwnerOperation[] {
  return [
    listing(parts),
    showing(parts),
    playing(parts),
    marking(parts, true),
    marking(parts, false),
    removing(parts),
    restoring(parts),
  ];
}

function listing({ mailbox }: Parts) {
  return ownerOperation({
    ...TOPIC,
    id: 'listMessages',
    method: 'GET',
    path: '/messages',
    summary: 'What visitors have left, newest first',
    scopes: TO_READ,
    query: Paging,
    answers: { 200: listOf(MessageSchema) },
    run: async ({ caller: { line }, query }) => {
      const before = numberAt(query.cursor);
      if (before === undefined) return problem(400, BAD_CURSOR);
      const most = limitOf(query);
      const messages = await mailbox.list(line, { before, most: most + 1 });
      const items = messages.slice(0, most);
      const last = items.at(-1);
      const next = messages.length > most && last ? cursorOf(last.number) : null;
      return value({ items: items.map(messageValue), next });
    },
  });
}

function showing({ mailbox }: Parts) {
  return ownerOperation({
    ...TOPIC,
    id: 'showMessage',
    method: 'GET',
    path: '/messages/{number}',
    summary: 'One message; reading it here does not mark it as read',
    scopes: TO_READ,
    params: MessageNumber,
    answers: { 200: MessageSchema },
    run: ({ caller, params }) => shown(mailbox, caller, params.number),
  });
}

function playing({ mailbox }: Parts) {
  return ownerOperation({
    ...TOPIC,
    id: 'playRecording',
    method: 'GET',
    path: '/messages/{number}/recording',
    summary: 'The recording of a message, or a range of it',
    scopes: TO_READ,
    params: MessageNumber,
    answers: { 200: 'audio/webm', 206: 'audio/webm' },
    run: async ({ caller: { line }, params: { number }, range, signal }) => {
      const message = await waiting(mailbox, line, number);
      if (!message?.recording) return problem(404, `There is no recording with a message ${number}.`);
      const { mediaType, bytes } = message.recording;
      const read = (part: Parameters<Mailbox['play']>[1]) => mailbox.play(message, part, signal);
      return storedBytes({ mediaType, bytes, range, read });
    },
  });
}

function marking({ mailbox }: Parts, isRead: boolean) {
  return ownerOperation({
    ...TOPIC,
    id: isRead ? 'markRead' : 'markUnread',
    method: isRead ? 'POST' : 'DELETE',
    path: '/messages/{number}/read',
    summary: isRead ? 'Marks a message as read' : 'Marks a message as not read',
    scopes: TO_CHANGE,
    params: MessageNumber,
    answers: { 200: MessageSchema },
    run: async ({ caller, params: { number } }) => {
      if (!(await waiting(mailbox, caller.line, number))) return noMessage(number);
      await mailbox.markRead(caller.line, number, isRead);
      return shown(mailbox, caller, number);
    },
  });
}

function removing({ mailbox, note }: Parts) {
  return ownerOperation({
    ...TOPIC,
    id: 'removeMessage',
    method: 'DELETE',
    path: '/messages/{number}',
    summary: 'Deletes a message; for a day it can be brought back',
    scopes: TO_CHANGE,
    params: MessageNumber,
    answers: { 204: null },
    run: async ({ caller, params: { number } }) => {
      if (!(await waiting(mailbox, caller.line, number))) return noMessage(number);
      await mailbox.remove(caller.line, number);
      await note(caller, 'message delete', String(number));
      return NOTHING;
    },
  });
}

function restoring({ mailbox, note }: Parts) {
  return ownerOperation({
    ...TOPIC,
    id: 'restoreMessage',
    method: 'POST',
    path: '/messages/{number}/restore',
    summary: 'Brings a deleted message back',
    scopes: TO_CHANGE,
    params: MessageNumber,
    answers: { 200: MessageSchema },
    run: async ({ caller, params: { number } }) => {
      await mailbox.restore(caller.line, number);
      const reply = await shown(mailbox, caller, number);
      if (reply.kind === 'value') await note(caller, 'message restore', String(number));
      return reply;
    },
  });
}

async function shown(mailbox: Mailbox, { line }: OwnerCaller, number: number): Promise<Reply> {
  const message = await waiting(mailbox, line, number);
  return message ? value(messageValue(message)) : noMessage(number);
}

/** A deleted message is not there, though it can be brought back. */
async function waiting(mailbox: Mailbox, line: OwnerCaller['line'], number: number) {
  const message = await mailbox.get(line, number);
  return message?.deletedAt === null ? message : undefined;
}

function noMessage(number: number): Reply {
  return problem(404, `There is no message ${number}.`);
}

export function messageValue({ number, at, name, contact, text, recording, readAt }: Message) {
  return {
    number,
    at: timeOf(at),
    name,
    contact,
    text,
    recording: recording && {
      kind: recording.kind,
      mediaType: recording.mediaType,
      bytes: recording.bytes,
      href: `/api/v1/messages/${number}/recording`,
    },
    readAt: timeOrNull(readAt),
  };
}
