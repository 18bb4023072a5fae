/** How the portal and the console look, on top of the tokens: calm paper, hairlines, one warm light. */
export const appStyle = `*, ::before, ::after { box-sizing: border-box; }
html { font: 100%/1.6 var(--font); background: var(--paper); color: var(--ink); -webkit-text-size-adjust: 100%; }
body { margin: 0; min-height: 100vh; min-height: 100dvh; display: flex; flex-direction: column; overflow-wrap: break-word; }
h1, h2, h3, p, dl, dd, ul, ol, figure, fieldset { margin: 0; }
ul, ol { padding: 0; list-style: none; }
h1, h2, h3 { line-height: 1.25; letter-spacing: -.01em; text-wrap: balance; }
h1 { font-size: 1.5625rem; font-weight: 650; }
h2 { font-size: 1.25rem; font-weight: 650; }
h3 { font-size: 1rem; font-weight: 650; }
p { max-width: 68ch; text-wrap: pretty; }
a { color: var(--lamp); text-underline-offset: 3px; }
time { font-variant-numeric: tabular-nums; }
code, kbd, pre, .mono { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .9em; }
[hidden] { display: none !important; }
:focus-visible { outline: 3px solid var(--lamp); outline-offset: 2px; border-radius: 4px; }
main:focus { outline: none; }
.skip { position: absolute; left: -9999px; }
.skip:focus { left: 12px; top: 12px; z-index: 9; padding: 8px 16px; background: var(--card); border-radius: var(--radius); }
.visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.head { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 24px; padding: 8px 24px; background: var(--card); border-bottom: 1px solid var(--line); }
.brand { display: inline-flex; align-items: center; min-height: 44px; gap: 8px; color: var(--ink); font-weight: 650; text-decoration: none; }
.brand::before { content: ""; width: 14px; height: 18px; border-radius: 3px 3px 6px 6px; background: var(--glow); box-shadow: 0 0 0 2px var(--iron), 0 0 14px var(--glow); margin-right: 4px; }
.head nav { flex: 1; min-width: 0; }
.head nav ul { display: flex; flex-wrap: wrap; gap: 0 4px; }
.head nav a { display: inline-flex; align-items: center; gap: 6px; min-height: 44px; padding: 0 12px; border-radius: var(--radius); color: var(--muted); text-decoration: none; }
.head nav a:hover { color: var(--ink); }
.head nav a[aria-current] { color: var(--ink); font-weight: 600; box-shadow: inset 0 -3px 0 var(--lamp); border-radius: 0; }
.count { display: inline-block; min-width: 22px; padding: 0 7px; border-radius: 11px; background: var(--lamp); color: var(--on-lamp); font-size: .8125rem; line-height: 22px; font-weight: 650; text-align: center; font-variant-numeric: tabular-nums; }
.person { display: flex; align-items: center; gap: 12px; margin: 0; }
.who { color: var(--muted); max-width: 14rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }

main { flex: 1; width: 100%; max-width: 72rem; margin: 0 auto; padding: 32px 24px 64px; }
main.narrow, .narrow { max-width: 30rem; margin-inline: auto; }
.top { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: 8px 24px; margin-bottom: 24px; }
.lead, .muted, .hint { color: var(--muted); }
.hint { font-size: .875rem; line-height: 1.45; margin-top: 4px; }
.stack > * + * { margin-top: 24px; }
.row { display: flex; flex-wrap: wrap; align-items: center; gap: 12px; }
.grid { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: 24px; align-items: start; }
.grid.pair { grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: var(--radius); box-shadow: var(--shadow); padding: 24px; min-width: 0; }
.card > h2:first-child, .card > .row:first-child { margin-bottom: 12px; }
.card + .card { margin-top: 24px; }
.grid > .card + .card, .panes > .card + .card { margin-top: 0; }
.card form { max-width: 34rem; }
.card p + form, .card .offers + form, .card .facts + .hint { margin-top: 16px; }
.card .facts + form { margin-top: 16px; }

.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 11rem), 1fr)); gap: 16px; }
.figures > div { background: var(--card); border: 1px solid var(--line); border-radius: var(--radius); padding: 16px 20px; min-width: 0; }
.figures dt { color: var(--muted); font-size: .875rem; }
.figures dd { margin-top: 2px; font-size: 1.25rem; font-weight: 650; line-height: 1.3; font-variant-numeric: tabular-nums; }
.figures dd > time { font-size: 1.0625rem; }
.figures .pill { font-size: 1.25rem; }
.figures dd small { display: block; font-size: .875rem; font-weight: 400; color: var(--muted); }
.facts { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: 8px 20px; }
.facts dt { color: var(--muted); }
.facts dd { min-width: 0; overflow-wrap: anywhere; }

label, legend { display: block; font-weight: 600; margin-bottom: 4px; padding: 0; }
fieldset { border: 0; padding: 0; min-width: 0; }
.field + .field, .field + .row, .field + .actions { margin-top: 20px; }
input, textarea, select { width: 100%; min-height: 44px; padding: 8px 12px; font: inherit; color: var(--ink); background: var(--paper); border: 1px solid var(--edge); border-radius: var(--radius); }
textarea { min-height: 120px; resize: vertical; line-height: 1.5; }
textarea.code { min-height: 420px; font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .9rem; }
input[type="checkbox"], input[type="radio"] { width: 20px; min-height: 20px; height: 20px; margin: 0; flex: none; accent-color: var(--lamp); }
input[type="file"] { padding: 8px; }
.choice { display: flex; align-items: center; gap: 10px; min-height: 40px; font-weight: 400; margin: 0; }
.actions { display: flex; flex-wrap: wrap; gap: 12px; align-items: center; margin-top: 20px; }
.action, .quiet, .danger { display: inline-flex; align-items: center; justify-content: center; gap: 8px; min-height: 44px; padding: 8px 20px; border-radius: var(--radius); border: 1px solid var(--lamp); font: inherit; font-weight: 600; line-height: 1.4; text-decoration: none; cursor: pointer; background: var(--lamp); color: var(--on-lamp); width: auto; }
.quiet { background: transparent; border-color: var(--edge); color: var(--ink); }
.danger { background: transparent; border-color: var(--off); color: var(--off); }
.action:hover, .quiet:hover, .danger:hover { filter: brightness(1.06); border-color: currentColor; }
.person .quiet { min-height: 40px; padding: 4px 14px; font-weight: 500; white-space: nowrap; }
.person .theme { width: 40px; padding: 0; }
.theme svg { width: 18px; height: 18px; fill: currentColor; stroke: currentColor; }
.inline, .card p + form.inline { display: inline; margin: 0; }
.text-button { border: 0; padding: 8px 4px; min-height: 40px; background: none; color: var(--lamp); font: inherit; text-decoration: underline; text-underline-offset: 3px; cursor: pointer; }
.mistake { margin-top: 6px; color: var(--off); font-size: .9375rem; }
[aria-invalid="true"] { border-color: var(--off); }

.notice { padding: 12px 16px; max-width: none; border: 1px solid var(--line); border-inline-start: 4px solid var(--lamp); border-radius: var(--radius); background: var(--card); margin-bottom: 24px; display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: center; justify-content: space-between; }
.notice.bad { border-inline-start-color: var(--off); }
.notice.good { border-inline-start-color: var(--live); }
.secret { display: block; padding: 12px 16px; background: var(--paper); border: 1px dashed var(--edge); border-radius: var(--radius); overflow-wrap: anywhere; font-size: 1rem; user-select: all; }
.empty { padding: 32px 16px; text-align: center; color: var(--muted); }
.empty p { margin-inline: auto; }

.pill { display: inline-flex; align-items: center; gap: 6px; white-space: nowrap; font-weight: 600; font-size: .9375rem; }
.pill::before { content: ""; width: 10px; height: 10px; flex: none; border-radius: 50%; background: currentColor; }
.pill.live { color: var(--live); }
.pill.queued { color: var(--suspect); }
.pill.queued::before { border-radius: 2px; }
.pill.suspect { color: var(--suspect); }
.pill.suspect::before { clip-path: polygon(50% 0, 100% 100%, 0 100%); border-radius: 0; }
.pill.offline { color: var(--off); }
.pill.offline::before { background: transparent; box-shadow: inset 0 0 0 2.5px currentColor; }
.pill.unknown { color: var(--muted); }
.pill.unknown::before { background: transparent; border: 2px dotted currentColor; }

.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 10px 12px; text-align: start; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--muted); font-size: .875rem; font-weight: 600; white-space: nowrap; }
tbody tr:hover { background: color-mix(in srgb, var(--lamp) 5%, transparent); }
tbody tr:last-child td { border-bottom: 0; }
td.number, th.number { text-align: end; }
caption { text-align: start; color: var(--muted); font-size: .875rem; padding-bottom: 8px; }
.dense th, .dense td { padding: 6px 12px; }
.pages { display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: center; justify-content: space-between; margin-top: 16px; color: var(--muted); }

.tabs { display: flex; gap: 4px; border-bottom: 1px solid var(--line); margin-bottom: 20px; }
.tabs .hint { margin: 0; }
.tabs a { display: inline-flex; align-items: center; gap: 6px; min-height: 44px; padding: 0 16px; color: var(--muted); text-decoration: none; }
.tabs a[aria-current] { color: var(--ink); font-weight: 600; box-shadow: inset 0 -3px 0 var(--lamp); }
.panes { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 24px; align-items: start; }
.panes.list { grid-template-columns: minmax(16rem, 22rem) minmax(0, 1fr); }
.preview { width: 100%; height: 620px; border: 1px solid var(--line); border-radius: var(--radius); background: var(--paper); }
meter { width: 100%; height: 12px; }
details > summary { cursor: pointer; min-height: 40px; padding: 8px 0; color: var(--muted); }
audio, video { width: 100%; max-width: 36rem; border-radius: var(--radius); }
.strip { width: 100%; height: 72px; display: block; }
.strip .up { fill: var(--live); opacity: .55; }
.strip .off { fill: var(--off); }
.strip .before { fill: var(--line); }
.strip g:hover .up { opacity: .9; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 20px; margin-top: 8px; font-size: .875rem; color: var(--muted); max-width: none; }
.meter { display: block; width: 100%; height: 12px; }
.meter .room { fill: var(--line); }
.meter .used { fill: var(--lamp); }
.meter.high .used { fill: var(--off); }
.letters { margin: 0 -12px; }
.letters a { display: grid; grid-template-columns: 12px minmax(0, 1fr) auto; gap: 0 10px; padding: 10px 12px; border-radius: var(--radius); color: inherit; text-decoration: none; }
.letters a:hover { background: color-mix(in srgb, var(--lamp) 6%, transparent); }
.letters a[aria-current] { background: color-mix(in srgb, var(--lamp) 12%, transparent); }
.letters li + li { border-top: 1px solid var(--line); }
.letters .name, .letters .start { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.letters .start { grid-column: 2 / -1; color: var(--muted); font-size: .9375rem; }
.letters time { color: var(--muted); font-size: .8125rem; }
.letters .unread .name { font-weight: 700; }
.dot { align-self: center; width: 10px; height: 10px; border-radius: 50%; }
.unread .dot { background: var(--lamp); }
.letters-pane { padding-block: 12px; }
.letter { white-space: pre-wrap; overflow-wrap: anywhere; margin: 20px 0; }
.pane .from { overflow-wrap: anywhere; margin-bottom: 12px; }
.facts + audio, .facts + video { margin-top: 16px; }
.recorder { margin-top: 16px; }
.recorder .row { margin-bottom: 8px; }
.preview-heading { margin-bottom: 12px; }
.offers .hint { display: block; margin: 0; }
.back { display: none; }
.offers li { display: flex; flex-wrap: wrap; gap: 4px 16px; align-items: center; justify-content: space-between; padding: 10px 0; }
.offers li + li { border-top: 1px solid var(--line); }
.offers .name { overflow-wrap: anywhere; min-width: 0; flex: 1 1 12rem; }
.offers input { flex: 1 1 100%; }
.thumb { width: 72px; height: 54px; object-fit: cover; border-radius: 6px; border: 1px solid var(--line); }
.removed { margin-top: 12px; }
.removed li { padding: 2px 0 2px 16px; border-inline-start: 3px solid var(--suspect); font-size: .9375rem; overflow-wrap: anywhere; }
.chart { width: 100%; height: auto; display: block; }
.timeline li { position: relative; padding: 0 0 16px 24px; border-inline-start: 2px solid var(--line); margin-inline-start: 6px; }
.timeline li::before { content: ""; position: absolute; left: -6px; top: 8px; width: 10px; height: 10px; border-radius: 50%; background: var(--edge); }
.timeline li.live::before { background: var(--live); }
.timeline li.offline::before { background: var(--off); }
.timeline time { display: block; color: var(--muted); font-size: .875rem; }

@media (max-width: 820px) {
  .panes, .panes.list { grid-template-columns: minmax(0, 1fr); }
  .reading .letters-pane { display: none; }
  .reading .back { display: inline-flex; align-items: center; min-height: 44px; }
  .not-reading .pane { display: none; }
  .head { padding: 8px 16px; column-gap: 8px; }
  .head nav { order: 3; flex-basis: 100%; overflow-x: auto; }
  .head nav ul { flex-wrap: nowrap; justify-content: space-between; }
  .head nav a { padding: 0 4px; gap: 4px; white-space: nowrap; font-size: .875rem; }
  .who { display: none; }
  .person { margin-inline-start: auto; }
  main { padding: 20px 16px 48px; }
  .card { padding: 16px; }
  .facts { grid-template-columns: 1fr; gap: 0; }
  .facts dd + dt { margin-top: 10px; }
}
@media (prefers-reduced-motion: reduce) { * { transition: none !important; animation: none !important; } }
@media (forced-colors: active) { .action, .quiet, .danger { border-color: ButtonText; } }
@media print { .head nav, .person, form, .actions { display: none; } .card { box-shadow: none; } }
`;
