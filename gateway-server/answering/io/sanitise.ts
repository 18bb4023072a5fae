import sanitizeHtml, { type IOptions } from 'sanitize-html';
import type { Sanitiser } from '../sanitiser.ts';

const TEXT =
  'h1 h2 h3 h4 h5 h6 p div section article header footer main aside nav address blockquote pre hr br wbr';
const WORDS =
  'a abbr b bdi bdo cite code data del dfn em i ins kbd mark q rp rt ruby s samp small span strong sub sup time u var';
const LISTS =
  'ul ol li dl dt dd table caption colgroup col thead tbody tfoot tr th td details summary figure figcaption';
const MEDIA = 'img audio video source picture center font';
const ELEMENTS = [TEXT, WORDS, LISTS, MEDIA].flatMap((names) => names.split(' '));

const ATTRIBUTES: Readonly<Record<string, string[]>> = {
  '*': ['title', 'lang', 'dir', 'class', 'style', 'align'],
  a: ['href', 'rel', 'target'],
  img: ['src', 'alt', 'width', 'height', 'loading'],
  audio: ['src', 'controls', 'loop', 'preload'],
  video: ['src', 'controls', 'loop', 'preload', 'width', 'height', 'playsinline'],
  source: ['src', 'type'],
  td: ['colspan', 'rowspan', 'headers'],
  th: ['colspan', 'rowspan', 'headers', 'scope'],
  col: ['span'],
  colgroup: ['span'],
  ol: ['start', 'reversed', 'type'],
  li: ['value'],
  time: ['datetime'],
  details: ['open'],
  font: ['color', 'size', 'face'],
};

const COLOUR = [/^[a-z]{3,24}$/i, /^#[0-9a-f]{3,8}$/i, /^(?:rgb|hsl)a?\([\d\s.,%/deg]{1,60}\)$/i];
const LENGTHS = [
  /^(?:(?:-?\d{1,4}(?:\.\d{1,3})?(?:px|em|rem|%|ch|ex|vw|vh|pt)?|auto|inherit|none)\s*){1,4}$/i,
];
const WORD = [/^[a-z-]{2,24}$/i];
const STYLES: Record<string, RegExp[]> = {
  color: COLOUR,
  'background-color': COLOUR,
  background: COLOUR,
  'border-color': COLOUR,
  border: [
    /^(?:\d{1,2}px|thin|medium|thick)\s+(?:solid|dashed|dotted|double)\s+(?:[a-z]{3,24}|#[0-9a-f]{3,8})$/i,
    /^none$/i,
  ],
  'font-family': [/^[\w\s,'"-]{1,200}$/],
  'font-weight': [/^(?:normal|bold|bolder|lighter|[1-9]00)$/i],
  'line-height': [/^\d{1,2}(?:\.\d{1,3})?(?:px|em|rem|%)?$/i, /^normal$/i],
  ...Object.fromEntries(
    [
      'font-size',
      'margin',
      'margin-top',
      'margin-right',
      'margin-bottom',
      'margin-left',
      'padding',
      'padding-top',
    ]
      .concat([
        'padding-right',
        'padding-bottom',
        'padding-left',
        'width',
        'max-width',
        'height',
        'max-height',
      ])
      .concat(['min-width', 'min-height', 'border-radius', 'gap', 'letter-spacing', 'text-indent'])
      .map((name) => [name, LENGTHS]),
  ),
  ...Object.fromEntries(
    [
      'text-align',
      'text-decoration',
      'text-transform',
      'font-style',
      'font-variant',
      'display',
      'float',
      'clear',
    ]
      .concat([
        'vertical-align',
        'white-space',
        'list-style',
        'list-style-type',
        'border-style',
        'border-collapse',
      ])
      .concat([
        'justify-content',
        'align-items',
        'flex-direction',
        'flex-wrap',
        'overflow-wrap',
        'object-fit',
      ])
      .map((name) => [name, WORD]),
  ),
};

/** Content of our own: files that the owner offers, and pictures of a copied page. */
const OWN_FILE = /^\/\.porchlight\/(?:file\/[\w-]{1,40}(?:\/[^?#\s"'<>\\]{0,200})?|copy\/\d{1,3})$/;
const DATA_PICTURE = /^data:image\/(?:png|jpeg|gif|webp|avif);base64,[a-z0-9+/=\s]+$/i;
const LINK = /^(?:https?:\/\/|mailto:|tel:|#)/i;
const SOURCES: Readonly<Record<string, string>> = {
  img: 'src',
  audio: 'src',
  video: 'src',
  source: 'src',
  a: 'href',
};
const MOST_TOLD = 50;

type PlaceOf = NonNullable<Parameters<Sanitiser['clean']>[1]>;

/** sanitize-html with an allow-list: everything that is not known to be quiet goes. */
export function htmlSanitiser(): Sanitiser {
  return {
    clean: (html, placeOf) => {
      const removed = new Set<string>();
      const cleaned = sanitizeHtml(html.toWellFormed().replaceAll('\0', ''), optionsFor(removed, placeOf));
      return { html: cleaned, removed: [...removed].slice(0, MOST_TOLD) };
    },
  };
}

function optionsFor(removed: Set<string>, placeOf: PlaceOf = () => undefined): IOptions {
  return {
    allowedTags: ELEMENTS,
    allowedAttributes: ATTRIBUTES,
    allowedStyles: { '*': STYLES },
    allowedSchemes: ['http', 'https', 'mailto', 'tel'],
    allowedSchemesByTag: { img: ['data'] },
    allowProtocolRelative: false,
    allowedSchemesAppliedToAttributes: ['href', 'src'],
    nonTextTags: [
      'script',
      'style',
      'textarea',
      'option',
      'noscript',
      'template',
      'xmp',
      'noembed',
      'noframes',
      'plaintext',
      'title',
      'iframe',
      'object',
      'svg',
      'math',
      'select',
    ],
    disallowedTagsMode: 'discard',
    enforceHtmlBoundary: false,
    nestingLimit: 100,
    onOpenTag: (name, attributes) => tell(removed, name, attributes),
    transformTags: {
      '*': (tagName, attribs) => ({
        tagName,
        attribs: quietAttributes(tagName, tagName === 'img' ? placed(attribs, placeOf) : attribs),
      }),
    },
  };
}

function placed(attributes: Record<string, string>, placeOf: PlaceOf): Record<string, string> {
  const src = placeOf(attributes['src'] ?? '');
  return src === undefined ? attributes : { ...attributes, src };
}

/** An address that leads nowhere good goes with its attribute; links say what they are. */
function quietAttributes(name: string, attributes: Readonly<Record<string, string>>): Record<string, string> {
  const source = SOURCES[name];
  const kept = Object.entries(attributes).filter(
    ([key, value]) => key !== source || isGoodAddress(name, value),
  );
  const quiet = Object.fromEntries(kept.filter(([key]) => key !== 'target' && key !== 'rel'));
  return name === 'a' && quiet['href'] !== undefined
    ? { ...quiet, rel: 'noopener noreferrer nofollow', target: '_blank' }
    : quiet;
}

function isGoodAddress(name: string, raw: string): boolean {
  const value = raw.trim();
  if (name === 'a') return LINK.test(value) || OWN_FILE.test(value);
  return OWN_FILE.test(value) || (name === 'img' && DATA_PICTURE.test(value));
}

function tell(removed: Set<string>, name: string, attributes: Readonly<Record<string, string>>): void {
  if (removed.size >= MOST_TOLD) return;
  if (!ELEMENTS.includes(name)) {
    if (!['html', 'head', 'body'].includes(name)) removed.add(`the element <${plain(name)}>`);
    return;
  }
  for (const [key, value] of Object.entries(attributes)) {
    const isKnown = [...(ATTRIBUTES['*'] ?? []), ...(ATTRIBUTES[name] ?? [])].includes(key);
    if (!isKnown) removed.add(`the attribute ${plain(key)} of <${name}>`);
    else if (key === SOURCES[name] && !isGoodAddress(name, value))
      removed.add(`the address "${plain(value)}" in <${name}>`);
  }
}

function plain(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').slice(0, 60);
}
