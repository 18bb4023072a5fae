import { html } from '../html.ts';
import { texts } from '../texts.ts';
import { type MessageFormView, messageForm } from './message-form.ts';
import { largeName, sheet } from './sheet.ts';

export interface NotKeptPage extends MessageFormView {
  /** Why nothing was kept and what to do. */
  readonly notice: string;
  readonly script: string | null;
  readonly provider: string;
}

/** The form again, with everything that the visitor wrote. */
export function notKeptPage({ notice, script, provider, ...form }: NotKeptPage): string {
  return sheet({
    title: texts.notKept.title(form.to),
    lamp: 'unlit',
    heading: largeName(form.to),
    sentence: texts.notKept.sentence,
    content: html`<p class="notice" role="alert">${notice}</p>
${messageForm(form)}`,
    script,
    provider,
  });
}
