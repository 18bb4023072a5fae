import { type Answer, isFilled, rowsOf, text, when } from './answer-fields.ts';
import { counted, pairs, wrapped } from './columns.ts';
import { servedText } from './secondary-text.ts';

/** What `zone check` has found. */
export function checkedZone({ names, serial, warnings }: Answer): string {
  const well = `The zone is well: ${counted(Number(names), 'name')}, serial ${serial}.`;
  if (!isFilled(warnings)) return well;
  const list = warnings.map((warning) => `  ${wrapped(String(warning), 2)}`);
  return [well, '', 'To be looked at:', ...list].join('\n');
}

/** Why a name answers what it answers, each fact in a line of its own. */
export function explained(answer: Answer): string {
  const words = Array.isArray(answer['words']) ? answer['words'].map(String) : [];
  const asked = rowsOf(answer['secondaries']).map((one): [string, string] => [
    `  ${text(one['address'])}`,
    servedText(one, Number(answer['serial'])),
  ]);
  const events = rowsOf(answer['history']).map(({ at, event, detail }): [string, string] => [
    `  ${when(at)}`,
    detail ? `${event}: ${detail}` : text(event),
  ]);
  return [
    ...words.map((sentence) => wrapped(sentence, 2)),
    ...(asked.length > 0 ? ['', 'What the secondaries serve now:', pairs(asked)] : []),
    ...(events.length > 0 ? ['', 'What happened last:', pairs(events)] : []),
  ].join('\n');
}
