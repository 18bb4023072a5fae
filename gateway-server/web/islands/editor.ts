import { html } from '@codemirror/lang-html';
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { EditorState } from '@codemirror/state';
import { EditorView, keymap } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { basicSetup } from 'codemirror';

const LOOK = {
  '&': {
    color: 'var(--ink)',
    backgroundColor: 'var(--paper)',
    border: '1px solid var(--edge)',
    borderRadius: 'var(--radius)',
    overflow: 'hidden',
  },
  '&.cm-focused': { outline: '3px solid var(--lamp)', outlineOffset: '2px' },
  '.cm-scroller': {
    minHeight: '420px',
    maxHeight: '70vh',
    overflow: 'auto',
    lineHeight: '1.5',
    fontFamily: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
    fontSize: '.9rem',
  },
  '.cm-gutters': {
    backgroundColor: 'var(--card)',
    color: 'var(--muted)',
    borderRight: '1px solid var(--line)',
  },
  '.cm-activeLine': { backgroundColor: 'transparent' },
  '.cm-activeLineGutter': { backgroundColor: 'var(--paper)', color: 'var(--ink)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': {
    backgroundColor: 'color-mix(in srgb, var(--lamp) 28%, transparent)',
  },
  '.cm-tooltip, .cm-panels': {
    backgroundColor: 'var(--card)',
    color: 'var(--ink)',
    borderColor: 'var(--line)',
  },
  '.cm-tooltip-autocomplete ul li[aria-selected]': {
    backgroundColor: 'var(--lamp)',
    color: 'var(--on-lamp)',
  },
};

/** In the colours of the page, so that light and dark both can be read. */
const COLOURS = HighlightStyle.define([
  { tag: [tags.tagName, tags.keyword], color: 'var(--lamp)' },
  { tag: [tags.string, tags.attributeValue, tags.number, tags.color], color: 'var(--live)' },
  { tag: [tags.comment, tags.meta], color: 'var(--muted)', fontStyle: 'italic' },
  { tag: [tags.attributeName, tags.propertyName, tags.angleBracket], color: 'var(--muted)' },
  { tag: [tags.invalid], color: 'var(--off)' },
]);

const field = document.querySelector<HTMLTextAreaElement>('textarea[data-html]');
if (field) edit(field);

/**
 * Puts the editor over the field, which stays what is sent. It lives in a shadow root: there its styles are adopted sheets,
 * which the page's policy allows, and not inline ones, which it does not.
 */
function edit(field: HTMLTextAreaElement): void {
  const host = document.createElement('div');
  host.className = 'code-editor';
  field.after(host);
  const root = host.attachShadow({ mode: 'open' });
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({ doc: field.value, extensions: extensionsFor(field) }),
  });
  field.hidden = true;
  for (const label of field.labels) label.addEventListener('click', () => view.focus());
}

function extensionsFor(field: HTMLTextAreaElement) {
  const name = field.labels[0]?.textContent ?? '';
  const isWrong = field.getAttribute('aria-invalid') === 'true';
  return [
    basicSetup,
    syntaxHighlighting(COLOURS),
    html(),
    EditorView.lineWrapping,
    EditorView.theme(LOOK),
    // Esc before Tab leaves the editor: the view sees to that for every Tab that is bound
    keymap.of([{ key: 'Tab', run: indented }]),
    EditorView.contentAttributes.of({
      'aria-label': `${name}. Press Esc, then Tab to leave`,
      ...(isWrong ? { 'aria-invalid': 'true' } : {}),
    }),
    EditorView.updateListener.of(({ docChanged, state }) => {
      if (!docChanged) return;
      field.value = state.doc.toString();
      field.dispatchEvent(new Event('input', { bubbles: true }));
    }),
  ];
}

function indented(view: EditorView): boolean {
  view.dispatch(view.state.replaceSelection('  '));
  return true;
}
