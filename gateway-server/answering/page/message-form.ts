import type { DomainName } from '../../../protocol/domain-name.ts';
import { html, type Markup } from '../html.ts';
import { type Draft, type DraftMistakes, FIELDS, MOST_CHARACTERS } from '../message-form.ts';
import { texts } from '../texts.ts';

export interface MessageFormView {
  readonly to: DomainName;
  /** Where the form is posted: the leave host, on the scheme and port by which the visitor came. */
  readonly leaveUrl: string;
  readonly seal: string;
  readonly draft: Draft;
  readonly mistakes: DraftMistakes;
  /** Whether a recording may go along. */
  readonly records: boolean;
}

/** "Leave a message": a plain form, complete without scripts. */
export function messageForm({ to, leaveUrl, seal, draft, mistakes, records }: MessageFormView): Markup {
  return html`<form class="card" method="post" action="${leaveUrl}" accept-charset="utf-8"${records && html` enctype="multipart/form-data"`}>
<h2>${texts.form.heading}</h2>
<p class="lead">${texts.form.lead}</p>
<input type="hidden" name="${FIELDS.to}" value="${to}">
<input type="hidden" name="${FIELDS.seal}" value="${seal}">
<div class="aside" aria-hidden="true"><label>${texts.form.trap} <input name="${FIELDS.trap}" tabindex="-1" autocomplete="off"></label></div>
<div class="pair">
${lineField('name', draft, mistakes, 'name')}
${lineField('contact', draft, mistakes, 'email')}
</div>
${textField(draft, mistakes)}
${records && recordingField()}
<div class="send"><button class="action" type="submit">${texts.form.send}</button>
<p class="hint">${texts.form.privacy}</p></div>
</form>`;
}

/** Last in the form, so that the fields are read before it. The script puts what it records into the same field. */
function recordingField(): Markup {
  const { recording, recordingLead, recordFile, recordingHint, voice, video, stop, discard, refused } =
    texts.form;
  return html`<details class="record" data-recorder data-voice="${voice}" data-video="${video}" data-stop="${stop}" data-discard="${discard}" data-refused="${refused}"><summary>${recording}</summary>
<p class="lead">${recordingLead}</p>
<div class="field"><label for="recording">${recordFile} <span class="optional">${texts.form.optional}</span></label>
<input id="recording" name="${FIELDS.recording}" type="file" accept="audio/*,video/*">
<p class="hint">${recordingHint}</p></div></details>`;
}

function lineField(
  field: 'name' | 'contact',
  draft: Draft,
  mistakes: DraftMistakes,
  autocomplete: string,
): Markup {
  const hint = field === 'contact' && html`<p class="hint" id="contact-hint">${texts.form.contactHint}</p>`;
  return html`<div class="field"><label for="${field}">${texts.form[field]} <span class="optional">${texts.form.optional}</span></label>
<input id="${field}" name="${FIELDS[field]}" value="${draft[field]}" maxlength="${MOST_CHARACTERS[field]}" autocomplete="${autocomplete}"${described(field, mistakes, hint !== false)}>
${hint}${mistakeBelow(field, mistakes)}</div>`;
}

/** The line end after `<textarea>` is the one that HTML drops: the visitor's own first one stays. */
function textField(draft: Draft, mistakes: DraftMistakes): Markup {
  return html`<div class="field"><label for="text">${texts.form.text}</label>
<textarea id="text" name="${FIELDS.text}" rows="6" required maxlength="${MOST_CHARACTERS.text}" dir="auto"${described('text', mistakes, false)}>
${draft.text}</textarea>
${mistakeBelow('text', mistakes)}</div>`;
}

function described(field: keyof Draft, mistakes: DraftMistakes, hasHint: boolean): Markup {
  const isWrong = mistakes[field] !== undefined;
  const ids = [...(isWrong ? [`${field}-mistake`] : []), ...(hasHint ? [`${field}-hint`] : [])];
  return html`${isWrong && html` aria-invalid="true"`}${ids.length > 0 && html` aria-describedby="${ids.join(' ')}"`}`;
}

function mistakeBelow(field: keyof Draft, mistakes: DraftMistakes): Markup | null {
  const mistake = mistakes[field];
  return mistake === undefined ? null : html`<p class="mistake" id="${field}-mistake">${mistake}</p>`;
}
