import { OFFLINE_REASONS } from '../../protocol/message.ts';
import type { Instant } from '../../runtime/clock.ts';
import {
  type Answer,
  fieldsOf,
  isFilled,
  joined,
  rowsOf,
  stateWord,
  text,
  when,
  whenAndAgo,
} from './answer-fields.ts';
import { counted, pairs, tableText } from './columns.ts';
import { csvOfLines } from './line-csv.ts';
import { reasonText } from './reason-text.ts';
import { statusProse } from './status-prose.ts';
import { durationText, timeText } from './time-text.ts';
import { checkedZone, explained } from './zone-prose.ts';

/** How the answers of commands read on a terminal: two columns, words rather than codes. */

type Pairs = (readonly [string, string])[];
type Prose = (answer: Answer, now: Instant) => string;

const SHOWN_ONCE = 'The secret is shown only this once: put it on the router.';

const PROSE: Readonly<Record<string, Prose>> = {
  'line add': ({ id, domain, names, secret }) =>
    `${pairs([
      ['line', text(id)],
      ['domain', text(domain, 'none')],
      ['extra names', joined(names)],
      ['secret', text(secret)],
    ])}\n\n${SHOWN_ONCE}`,
  'line show': (line, now) => pairs(shownLine(line, now)),
  'line remove': ({ id, names }) =>
    isFilled(names) ? `${id} is removed; its names leave the zone with the next batch.` : `${id} is removed.`,
  'line suspend': ({ id }) => `${id} is suspended: from the next batch on its names lead to the gateway.`,
  'line resume': ({ id }) => `${id} is resumed: its names lead to it again once its agent has registered.`,
  'line secret': ({ id, secret }) =>
    `${pairs([
      ['line', text(id)],
      ['secret', text(secret)],
    ])}\n\n${SHOWN_ONCE} The old one is void.`,
  'line words': ({ id, words }) =>
    words === ''
      ? `The page of ${id} has no words of its own any more.`
      : `The page of ${id} now says: ${words}`,
  'line import': importedLines,
  announce: () => 'Announced: agents that are connected hear it now, the others when they connect.',
  status: statusProse,
  explain: explained,
  'zone print': ({ text: records }) => String(records).trimEnd(),
  'zone check': checkedZone,
  'line portal': ({ id, url }) =>
    `${pairs([
      ['line', text(id)],
      ['link', text(url)],
    ])}\n\nIt lets its owner in once, within seven days.`,
  drill: ({ id, until }) =>
    `${id} is answered for until ${timeText(Number(until))}, then its agent registers again.`,
  'page take-down': ({ id }) => `The page of ${id} shows nothing of its owner's any more.`,
  'page put-back': ({ id }) => `The page of ${id} is shown again.`,
  'account add': ({ id, role, url }) =>
    `${pairs([
      ['account', text(id)],
      ['role', text(role)],
      ['link', text(url)],
    ])}\n\nThe link lets them in once, within a day, to choose a password.`,
  'account role': ({ id, role }) => `${id} is ${role} from now on.`,
  'account link': ({ id, url }) => `${id} comes in once, within a day, by\n${url}`,
  'account remove': ({ id }) => `${id} has no account any more.`,
  'brake release': ({ wasOn }) =>
    wasOn ? 'The brake is off: silent lines are declared off-line again.' : 'The brake was not on.',
};

/** The text for a command's answer. */
export function inProse(command: string, answer: unknown, now: Instant): string {
  if (command === 'line list') return lineTable(rowsOf(answer));
  if (command === 'line export') return csvOfLines(answer as Parameters<typeof csvOfLines>[0]);
  if (command === 'announcements') return announcementList(rowsOf(answer));
  if (command === 'account list') return accountTable(rowsOf(answer));
  if (command === 'line messages') return messageList(rowsOf(answer));
  return PROSE[command]?.(fieldsOf(answer), now) ?? JSON.stringify(answer, null, 2);
}

function lineTable(rows: readonly Answer[]): string {
  if (rows.length === 0) return 'There are no lines yet. Add one: porchlight-gateway line add ID';
  const cells = rows.map(({ id, domain, state, addresses, since, agent }) => [
    text(id),
    text(domain),
    stateWord(text(state)),
    joined(addresses),
    when(since),
    text(agent),
  ]);
  return tableText(['line', 'domain', 'state', 'address', 'since', 'agent'], cells);
}

function importedLines({ imported, lines }: Answer): string {
  const drawn = rowsOf(lines).filter(({ secret }) => typeof secret === 'string');
  const head = `Imported ${counted(Number(imported), 'line')}.`;
  if (drawn.length === 0) return head;
  const cells = drawn.map(({ id, domain, secret }) => [text(id), text(domain, 'none'), text(secret)]);
  const once = 'The secrets are shown only this once: put them on the routers.';
  return `${tableText(['line', 'domain', 'secret'], cells)}\n\n${head} ${once}`;
}

function messageList(rows: readonly Answer[]): string {
  if (rows.length === 0) return 'No messages: what visitors leave while the line is off appears here.';
  const shown = rows.map(({ at, name, contact, text: words }) => {
    const from = [text(name, 'somebody'), text(contact, '')].filter((part) => part !== '').join(', ');
    return `${timeText(Number(at))}  from ${from}\n${indented(text(words))}`;
  });
  return shown.join('\n\n');
}

/** A visitor's words never reach the terminal as control codes, nor pass for lines of ours. */
function indented(words: string): string {
  const lines = words.split('\n').map((line) => `  ${line.replaceAll(/\p{Cc}/gu, ' ')}`);
  return lines.join('\n');
}

function announcementList(rows: readonly Answer[]): string {
  if (rows.length === 0)
    return 'Nothing is announced. Announce something: porchlight-gateway announce "TEXT"';
  return pairs(rows.map(({ at, text: words }) => [when(at), text(words)]));
}

function shownLine(line: Answer, now: Instant): Pairs {
  const published = fieldsOf(line['published']);
  const leadsTo =
    line['domain'] === null
      ? '-'
      : published['kind'] === 'addresses'
        ? joined(published['addresses'])
        : 'the gateway, which answers in its place';
  return [
    ['line', text(line['id'])],
    ['domain', text(line['domain'], 'none')],
    ['extra names', joined(line['names'])],
    [
      'state',
      line['suspended'] ? `${stateWord(text(line['state']))}, suspended` : stateWord(text(line['state'])),
    ],
    ['leads to', leadsTo],
    ['since', `${whenAndAgo(published['since'], now)}, serial ${published['serial']}`],
    ['waiting', waiting(line['pending'])],
    ['off-line because', offLineBecause(line)],
    [
      'last heard',
      line['lastHeardMs'] === null ? 'not known' : `${durationText(Number(line['lastHeardMs']))} ago`,
    ],
    ['last log-on', whenAndAgo(line['lastLogOn'], now)],
    ['agent', text(line['agent'])],
    ['page visits', text(line['hits'])],
    ['messages', text(line['messages'])],
  ];
}

function offLineBecause({ offlineReason, suspended }: Answer): string {
  const reason = OFFLINE_REASONS.find((one) => one === offlineReason);
  return reason ? reasonText(reason, suspended === true) : '-';
}

function waiting(pending: unknown): string {
  const { kind, addresses, reason } = fieldsOf(pending);
  if (kind === 'to-line') return `to lead to ${joined(addresses)}`;
  if (kind === 'to-gateway') return reason === null ? 'to enter the zone' : 'to lead to the gateway';
  return kind === 'removal' ? 'to leave the zone' : 'nothing';
}

function accountTable(accounts: readonly Answer[]): string {
  if (accounts.length === 0)
    return 'There is no account yet: porchlight-gateway account add NAME --role admin';
  const rows = accounts.map(({ id, role, hasPassword, createdAt }) => [
    text(id),
    text(role),
    hasPassword ? 'yes' : 'not yet',
    timeText(Number(createdAt)),
  ]);
  return tableText(['account', 'role', 'password', 'since'], rows);
}
