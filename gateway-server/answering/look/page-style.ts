/** How the visitor's pages look: a lamp over a name, one column of calm paper. */
export const pageStyle = `*, ::before, ::after { box-sizing: border-box; }
html { font: 100%/1.6 var(--font); background: var(--paper); color: var(--ink); -webkit-text-size-adjust: 100%; }
body { margin: 0; overflow-x: clip; min-height: 100vh; min-height: 100dvh; display: flex; flex-direction: column; overflow-wrap: anywhere; }
main { flex: 1; width: 100%; max-width: 42rem; margin: 0 auto; padding: 0 20px; }
h1, h2, p, dl, dd { margin: 0; }
h1, h2 { line-height: 1.2; text-wrap: balance; }
p { text-wrap: pretty; max-width: 68ch; }
[hidden] { display: none !important; }

[data-lamp="lit"] .while-off { display: none; }

.door { position: relative; display: flex; flex-direction: column; align-items: center; text-align: center; }
.lamp { display: block; width: 136px; height: 170px; margin-bottom: 16px; overflow: visible; }
.lamp .iron { fill: none; stroke: var(--iron); stroke-width: 3; }
.lamp .roof, .lamp .knob { fill: var(--iron); stroke: var(--iron); stroke-width: 3; stroke-linejoin: round; }
.lamp .glass { fill: var(--card); stroke: var(--iron); stroke-width: 3; stroke-linejoin: round; }
.lamp .bars { fill: none; stroke: var(--iron); stroke-width: 1.5; opacity: .55; }
.lamp .wick { fill: none; stroke: var(--iron); stroke-width: 3; stroke-linecap: round; }
.lamp .flame { stroke: none; fill: #fff7e0; opacity: 0; }
.lamp .glow { opacity: 0; }
.lamp .glow-core { stop-color: var(--glow); stop-opacity: .6; }
.lamp .glow-mid { stop-color: var(--glow); stop-opacity: .14; }
.lamp .glow-edge { stop-color: var(--glow); stop-opacity: 0; }
.lamp .glass, .lamp .glow, .lamp .flame { transition: opacity 1.2s ease, fill 1.2s ease; }
[data-lamp="lit"] .lamp .glass { fill: #fbbf24; }
[data-lamp="lit"] .lamp .glow, [data-lamp="lit"] .lamp .flame { opacity: 1; }
[data-lamp="lit"] .lamp .wick { stroke: #b45309; }

h1 { font-size: clamp(1.5rem, .9rem + 3.6vw, 2.75rem); font-weight: 650; letter-spacing: -.02em; }
h1 .zone { color: var(--muted); font-weight: 400; }
.sentence { margin-top: 8px; text-wrap: balance; font-size: 1.25rem; line-height: 1.45; color: var(--ink); }
.since { margin-top: 8px; text-align: center; color: var(--muted); margin-inline: auto; }
time { font-variant-numeric: tabular-nums; }
time[title] { text-decoration: underline dotted var(--edge) 1px; text-underline-offset: 4px; }

.card { background: var(--card); border: 1px solid var(--line); border-radius: var(--radius); box-shadow: var(--shadow); }
.words { margin: 32px auto 0; padding: 4px 0 4px 20px; border-inline-start: 3px solid var(--lamp); font-size: 1.0625rem; }
.words p { white-space: pre-line; }
.words p + p { margin-top: 12px; }

.news p { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 12px; margin-top: 24px; padding: 12px 16px; font-weight: 600; max-width: none; }
.notice { margin: 24px auto 0; padding: 12px 16px; max-width: none; border: 1px solid var(--line); border-inline-start: 4px solid var(--lamp); border-radius: var(--radius); background: var(--card); }

form, .kept { margin-top: 32px; padding: 28px; }
h2 { font-size: 1.25rem; font-weight: 650; letter-spacing: -.01em; }
.lead { margin-top: 4px; color: var(--muted); }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 15rem), 1fr)); gap: 0 20px; }
.field { margin-top: 20px; min-width: 0; }
label { display: block; margin-bottom: 4px; font-weight: 600; }
.optional { font-weight: 400; color: var(--muted); }
.optional::before { content: "· "; }
input, textarea { display: block; width: 100%; min-height: 44px; padding: 8px 12px; font: inherit; color: var(--ink); background: var(--paper); border: 1px solid var(--edge); border-radius: var(--radius); }
textarea { min-height: 152px; resize: vertical; line-height: 1.5; }
[aria-invalid] { border-color: var(--off); box-shadow: inset 0 0 0 1px var(--off); }
.hint { margin-top: 4px; font-size: .875rem; line-height: 1.45; color: var(--muted); }
.mistake { display: flex; gap: 8px; margin-top: 6px; font-size: .9375rem; line-height: 1.45; color: var(--off); }
.mistake::before { content: "!"; flex: none; width: 20px; height: 20px; margin-top: 1px; border: 1.5px solid; border-radius: 50%; font-weight: 700; font-size: 13px; line-height: 17px; text-align: center; }
.send { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 20px; margin-top: 24px; }
.send .hint { flex: 1 1 14rem; margin: 0; }
.aside { position: absolute; left: -9999px; width: 1px; height: 1px; overflow: hidden; }

.action { display: inline-block; min-height: 44px; padding: 9px 24px; border: 1px solid var(--lamp); border-radius: var(--radius); background: var(--lamp); color: var(--on-lamp); font: inherit; font-weight: 600; line-height: 1.5; text-align: center; text-decoration: none; cursor: pointer; }
.action:hover { filter: brightness(1.08); }
a { color: var(--lamp); text-underline-offset: 3px; }
:focus-visible { outline: 3px solid var(--lamp); outline-offset: 2px; }

iframe { display: block; width: 100%; height: min(70vh, 40rem); padding: 0; background: #fff; }
.owners, .copy, .greeting, .files { margin-top: 32px; }
.copy h2, .files h2 { margin-bottom: 4px; }
.copy iframe { margin-top: 12px; }
.alone { margin-top: 4px; font-size: .875rem; }
.alone a { display: inline-block; padding: 9px 0; }
.greeting audio, .greeting video { display: block; width: 100%; border-radius: var(--radius); }
.files { padding: 28px; }
.files ul { margin: 12px 0 0; padding: 0; list-style: none; }
.files li { display: flex; flex-wrap: wrap; gap: 0 12px; align-items: baseline; min-height: 40px; padding: 6px 0; border-top: 1px solid var(--line); }
.files li a { overflow-wrap: anywhere; }
details.record { margin-top: 20px; }
summary { min-height: 44px; padding: 8px 0; font-weight: 600; cursor: pointer; }
.recorder .row { display: flex; flex-wrap: wrap; gap: 12px; margin-top: 12px; }
.heard audio, .heard video { display: block; width: 100%; max-width: 30rem; margin-top: 12px; border-radius: var(--radius); }
.quiet { display: inline-flex; align-items: center; min-height: 44px; padding: 8px 20px; border: 1px solid var(--edge); border-radius: var(--radius); background: transparent; color: var(--ink); font: inherit; font-weight: 600; cursor: pointer; }
input[type="file"] { padding: 9px 12px; }

.through { margin-top: 16px; text-align: center; color: var(--muted); }
.through p { margin-inline: auto; text-wrap: balance; }
.through p + p { margin-top: 24px; }
.through .action { min-width: 140px; }
.count { font-variant-numeric: tabular-nums; color: var(--ink); font-weight: 600; }
.letter { margin-top: 12px; white-space: pre-wrap; max-height: 22rem; overflow: auto; }
dl { margin-top: 20px; padding-top: 16px; border-top: 1px solid var(--line); }
dl div { display: flex; flex-wrap: wrap; gap: 0 8px; }
dt { color: var(--muted); }
.onward { margin-top: 20px; text-align: center; margin-inline: auto; }
.onward a { display: inline-block; padding: 8px; }

footer { margin-top: 40px; padding: 0 20px 24px; }
footer p { max-width: calc(42rem - 40px); margin: 0 auto; padding-top: 16px; border-top: 1px solid var(--line); font-size: .875rem; color: var(--muted); text-align: center; }

@media (max-width: 480px) {
  main { padding: 0 16px; }
  .lamp { width: 112px; height: 140px; margin-bottom: 12px; }
  form, .kept { padding: 20px; margin-top: 24px; }
  .send .action { width: 100%; }
  .sentence { font-size: 1.125rem; }
}
@media (prefers-reduced-motion: reduce) { * { transition: none !important; } }
@media (forced-colors: active) { .action { border-color: ButtonText; } }
@media print {
  :root { --paper: #fff; --card: #fff; --ink: #000; --muted: #444; }
  .lamp { width: 80px; height: 100px; }
  form, .news, iframe, .greeting, .through .action, .onward { display: none; }
  .card { border: 0; box-shadow: none; padding: 0; }
  .letter { max-height: none; }
  footer p { border: 0; }
}
`;
