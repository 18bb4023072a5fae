import { readFileSync } from 'node:fs';

const VIEW = new URL(
  '../../../openwrt/luci-app-porchlight/htdocs/luci-static/resources/view/porchlight/status.js',
  import.meta.url,
).pathname;

/** What the page's stand-ins of LuCI know of the router, and what was asked of them. */
export interface LuciRouter {
  readonly isRunning: boolean;
  readonly status: object | null;
  readonly obeys: boolean;
}

/**
 * A page with our view, as LuCI would show it. Only what the view uses of LuCI is there: E, _, format, dom.content, rpc, fs, poll,
 * form and ui, each as its documentation describes it. `window.router` is a LuciRouter, `window.calls` what was asked.
 */
export function luciPage(router: LuciRouter): string {
  const view = readFileSync(VIEW, 'utf8').replaceAll('</', '<\\/');
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Porchlight - LuCI</title><style>
body{font:16px/1.5 sans-serif;margin:0 auto;max-width:60rem;padding:1rem;overflow-wrap:anywhere}
table{width:100%;border-collapse:collapse}td{padding:.4rem;border-top:1px solid #ccc;vertical-align:top}
.right{text-align:right;margin:1rem 0}fieldset{min-width:0}label{display:block;margin:.5rem 0}input,select{font:inherit;max-width:100%}
</style></head><body><main id="view"></main><script>
window.router = ${JSON.stringify(router).replaceAll('<', '\\u003c')};
window.calls = [];
${STAND_INS}
const source = ${JSON.stringify(view).replaceAll('<', '\\u003c')};
const names = ['view', 'dom', 'form', 'fs', 'poll', 'rpc', 'ui', 'L', 'E', '_'];
const page = new Function(...names, source)(...names.map((name) => luci[name]));
Promise.resolve(page.load()).then((data) => page.render(data)).then((shown) => document.getElementById('view').append(shown));
</script></body></html>`;
}

const STAND_INS = `
String.prototype.format = function (...values) { return this.replace(/%[sd]/g, () => String(values.shift())); };
const E = (tag, attributes, children) => {
  if (typeof attributes === 'string' || Array.isArray(attributes)) [attributes, children] = [null, attributes];
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {}))
    typeof value === 'function' ? element.addEventListener(name, value) : element.setAttribute(name, value);
  for (const child of [children ?? []].flat(9)) element.append(child);
  return element;
};
class Option {
  constructor(kind, key, title, about) { Object.assign(this, { kind, key, title, about, values: [] }); }
  value(key, title) { this.values.push([key, title]); }
  depends() {}
  render() { return E('label', {}, [this.title + ' ', this.kind === 'ListValue' ? E('select', {}, this.values.map(([, title]) => E('option', {}, title))) : E('input', { type: this.password ? 'password' : this.kind === 'Flag' ? 'checkbox' : 'text', placeholder: this.placeholder || '' })]); }
}
const luci = {
  E, _: (text) => text,
  L: { resolveDefault: (value, instead) => Promise.resolve(value).catch(() => instead) },
  view: { extend: (parts) => parts },
  dom: { content: (box, shown) => box.replaceChildren(shown) },
  fs: { read: (file) => { calls.push('read ' + file); return router.status ? Promise.resolve(JSON.stringify(router.status)) : Promise.reject(new Error('no such file')); } },
  poll: { add: (look) => { window.pollNow = look; } },
  rpc: { declare: ({ object, method }) => (...words) => {
    calls.push([object, method, ...words].join(' '));
    if (method === 'list') return Promise.resolve({ porchlight: { instances: { instance1: { running: router.isRunning } } } });
    if (router.obeys) router.isRunning = words[1] === 'start';
    return Promise.resolve(router.obeys);
  } },
  form: { Flag: 'Flag', Value: 'Value', DynamicList: 'DynamicList', ListValue: 'ListValue', NamedSection: 'NamedSection',
    Map: class {
      constructor(config, title, about) { Object.assign(this, { config, title, about, sections: [] }); window.map = this; }
      section(kind, name, type, title) { const section = { name, title, options: [], option(kind, ...words) { const made = new Option(kind, ...words); section.options.push(made); return made; } }; this.sections.push(section); return section; }
      render() { return Promise.resolve(E('div', {}, [E('p', {}, this.about), ...this.sections.map(({ title, options }) => E('fieldset', {}, [E('legend', {}, title), ...options.map((option) => option.render())]))])); }
    } },
  ui: { addNotification: (title, node) => document.getElementById('view').prepend(E('div', { role: 'alert' }, [node])), createHandlerFn: (self, run) => run },
};
`;
