import { html, type Markup } from '../../answering/html.ts';
import type { Offer, Usage } from '../../subscriber/shelf.ts';
import { moment, sizeText } from './moment.ts';
import { quotaMeters } from './quota.ts';

export interface FilesView {
  readonly offers: readonly Offer[];
  readonly usage: Usage;
  readonly notices: Markup | null;
  readonly token: Markup;
}

/** The greeting, files to fetch and the pictures of the page. */
export function filesPage(view: FilesView): Markup {
  const { offers, usage, notices } = view;
  const of = (role: Offer['role']) => offers.filter((offer) => offer.role === role);
  return html`${notices}<div class="top"><div><h1>Greeting and files</h1><p class="lead">What visitors can hear, see and fetch while your line is off.</p></div></div>
<div class="grid pair">
${greetingCard(of('greeting')[0], view)}
${filesCard(of('file'), view)}
${picturesCard(of('picture'), view)}
<section class="card"><h2>Room</h2>${quotaMeters(usage)}</section>
</div>`;
}

function greetingCard(greeting: Offer | undefined, { token }: FilesView): Markup {
  return html`<section class="card"><h2>Greeting</h2>
${greeting ? html`${player(greeting)}<ul class="offers">${entry(greeting, token)}</ul>` : html`<p class="muted">None yet. A greeting is played at the top of your page: your voice, or a short video.</p>`}
${uploadForm({ role: 'greeting', label: greeting ? 'Put another in its place' : 'A sound or a video', accept: 'audio/*,video/*', words: 'Keep greeting', token })}</section>`;
}

function player(greeting: Offer): Markup {
  const src = contentOf(greeting);
  return greeting.mediaType.startsWith('video/')
    ? html`<video controls preload="metadata" playsinline src="${src}" aria-label="Your greeting"></video>`
    : html`<audio controls preload="metadata" src="${src}" aria-label="Your greeting"></audio>`;
}

function filesCard(files: readonly Offer[], { token }: FilesView): Markup {
  return html`<section class="card"><h2>Files to fetch</h2>
${files.length > 0 ? html`<ul class="offers">${files.map((file) => entry(file, token))}</ul>` : html`<p class="muted">None yet. Files stand on your page with their size, and everybody can fetch them.</p>`}
${uploadForm({ role: 'file', label: 'A file', accept: null, words: 'Keep file', token })}</section>`;
}

function picturesCard(pictures: readonly Offer[], { token }: FilesView): Markup {
  const item = (picture: Offer) =>
    html`<li><img class="thumb" src="${contentOf(picture)}" alt="" loading="lazy">${described(picture)}${deleteForm(picture, token)}<input readonly value="${`<img src="/.porchlight/file/${picture.id}/${encodeURIComponent(picture.name)}" alt="">`}" aria-label="HTML for ${picture.name}" data-copied></li>`;
  return html`<section class="card"><h2>Pictures for your page</h2>
${pictures.length > 0 ? html`<p class="hint">Paste the line below a picture into your <a href="/page?tab=html">HTML</a>.</p><ul class="offers">${pictures.map(item)}</ul>` : html`<p class="muted">None yet. Once here, each picture has a line of HTML to paste into your page.</p>`}
${uploadForm({ role: 'picture', label: 'A picture', accept: 'image/*', words: 'Keep picture', token })}</section>`;
}

function entry(offer: Offer, token: Markup): Markup {
  return html`<li>${described(offer)}${deleteForm(offer, token)}</li>`;
}

function described(offer: Offer): Markup {
  return html`<span class="name"><a href="${contentOf(offer)}">${offer.name}</a> <span class="hint">${sizeText(offer.bytes)}, ${moment(offer.at)}</span></span>`;
}

function deleteForm({ id, name }: Offer, token: Markup): Markup {
  return html`<form class="inline" method="post" action="/files/${id}/delete">${token}<button class="quiet" type="submit">Delete<span class="visually-hidden"> ${name}</span></button></form>`;
}

interface UploadForm {
  readonly role: Offer['role'];
  readonly label: string;
  readonly accept: string | null;
  readonly words: string;
  readonly token: Markup;
}

/** The fields stand before the file: the server reads the form in its order. */
function uploadForm({ role, label, accept, words, token }: UploadForm): Markup {
  const recorder = html` data-recorder data-voice="Record your voice" data-video="Record a video" data-stop="Stop" data-discard="Discard the recording" data-refused="No recording: the browser let no microphone or camera be used."`;
  return html`<form class="upload" method="post" action="/files" enctype="multipart/form-data">${token}<input type="hidden" name="role" value="${role}">
<div class="field"${role === 'greeting' && recorder}><label for="upload-${role}">${label}</label><input id="upload-${role}" type="file" name="file" required${accept !== null && html` accept="${accept}"`}></div>
<div class="actions"><button class="action" type="submit">${words}</button></div></form>`;
}

function contentOf({ id, name }: Offer): string {
  return `/files/${id}/${encodeURIComponent(name)}`;
}
