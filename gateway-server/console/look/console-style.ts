/** What only the console has: dense tables, charts, filters; on top of the shared style. */
export const consoleStyle = `
.trail { font-size: .9375rem; margin-bottom: 4px; }
.trail a { display: inline-flex; align-items: center; min-height: 40px; }
.trail a::before { content: "\\2190"; margin-inline-end: 6px; }
.search { display: flex; gap: 12px; margin-bottom: 12px; max-width: 40rem; }
.search input { background: var(--card); flex: 1; min-width: 0; }
.filters { display: flex; flex-wrap: wrap; gap: 4px; margin-bottom: 16px; }
.top .filters { margin-bottom: 0; }
.filters a { display: inline-flex; align-items: center; min-height: 40px; padding: 0 14px; border-radius: 20px; color: var(--muted); text-decoration: none; }
.filters a:hover { color: var(--ink); }
.filters a[aria-current] { color: var(--ink); font-weight: 600; background: color-mix(in srgb, var(--lamp) 14%, transparent); }
.table-card { padding: 4px 0; }
.dense th, .dense td { padding: 8px 16px; white-space: nowrap; }
.lines tbody th, .lines tbody td { padding-block: 2px; }
.dense .detail, .dense .url { white-space: normal; overflow-wrap: anywhere; min-width: 14rem; }
.dense.deeds td, .dense.deeds th { vertical-align: middle; }
.deeds .row { flex-wrap: nowrap; }
tbody th { color: var(--ink); font-size: 1rem; font-weight: 500; }
tbody tr:last-child th { border-bottom: 0; }
thead a { display: inline-flex; align-items: center; min-height: 40px; color: inherit; text-decoration: none; }
thead th { padding-block: 0; height: 40px; vertical-align: middle; }
thead a:hover { color: var(--ink); }
th[aria-sort] a { color: var(--ink); }
th[aria-sort="ascending"] a::after { content: " \\2191"; white-space: pre; }
th[aria-sort="descending"] a::after { content: " \\2193"; white-space: pre; }
main:has(.lines) { max-width: 90rem; }
.lines th, .lines td { padding-inline: 12px; }
.lines tbody th, .lines tbody td { vertical-align: middle; }
.lines tbody th { max-width: 24rem; overflow: hidden; text-overflow: ellipsis; }
.lines tbody th a { display: inline-flex; align-items: center; min-height: 40px; }
.lines tr.here { background: color-mix(in srgb, var(--lamp) 9%, transparent); box-shadow: inset 3px 0 0 var(--lamp); }
.lines .agent { color: var(--muted); max-width: 16rem; overflow: hidden; text-overflow: ellipsis; }
.address { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .875rem; overflow-wrap: anywhere; }
.lines .address { display: block; line-height: 1.5; }
.tag { display: inline-block; padding: 0 8px; border: 1px solid var(--edge); border-radius: 10px; color: var(--muted); font-size: .8125rem; font-weight: 500; line-height: 20px; }
[data-live].changed { animation: noticed 2s ease-out; }
@keyframes noticed { from { background: color-mix(in srgb, var(--glow) 40%, transparent); } }
kbd { padding: 1px 6px; border: 1px solid var(--line); border-bottom-width: 2px; border-radius: 5px; background: var(--card); }
.pages .keys { font-size: .875rem; }
.beside { display: flex; gap: 8px; align-items: center; }
.beside select { width: auto; min-height: 40px; padding: 4px 8px; }
.deeds .quiet, .deeds .danger { min-height: 40px; padding: 4px 14px; font-weight: 500; }
.problems { flex-basis: 100%; padding-inline-start: 20px; list-style: disc; font-size: .9375rem; overflow-wrap: anywhere; }
.notice > .field { flex: 1; min-width: 0; }
.previewed { margin-top: 20px; padding: 12px 16px; border-inline-start: 3px solid var(--lamp); background: var(--paper); border-radius: 0 var(--radius) var(--radius) 0; }
.previewed .letter, .timeline .letter { margin: 4px 0 0; }
.below { margin-top: 24px; }
.grid.two { grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); }
.grid.two + .card { margin-top: 24px; }
.explained p + p { margin-top: 12px; }
.timeline { max-height: 36rem; overflow-y: auto; scrollbar-width: thin; }
.timeline strong { display: block; font-weight: 600; }
.timeline .detail { color: var(--muted); font-size: .9375rem; overflow-wrap: anywhere; }
.connection { position: fixed; inset-block-end: 12px; inset-inline-end: 12px; padding: 6px 14px; border: 1px solid var(--edge); border-radius: 20px; background: var(--card); color: var(--muted); font-size: .875rem; }

.charts { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 24px; margin-top: 24px; }
.charts .chart-card { margin: 0; }
.charts + .card { margin-top: 24px; }
.charts .chart-card:first-child { grid-column: 1 / -1; }
.chart-card h2 { font-size: 1rem; margin-bottom: 12px; }
.chart-card details { margin-top: 4px; }
.chart-card summary { font-size: .875rem; }
.plot { display: grid; grid-template-columns: auto minmax(0, 1fr) 124px; grid-template-rows: 168px auto; column-gap: 10px; }
.plot .scale { display: flex; flex-direction: column; justify-content: space-between; margin-block: -6px; text-align: end; }
.plot .scale, .plot .ticks { color: var(--muted); font-size: .75rem; line-height: 20px; font-variant-numeric: tabular-nums; white-space: nowrap; }
.plot .ticks { grid-column: 2; display: flex; justify-content: space-between; margin-top: 4px; }
.plot svg.lines { width: 100%; height: 168px; display: block; overflow: visible; }
.grid-line { stroke: var(--line); stroke-width: 1; vector-effect: non-scaling-stroke; }
.stroke { fill: none; stroke: currentColor; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
.area { fill: currentColor; opacity: .1; }
.plot .live { color: var(--live); }
.plot .queued, .plot .suspect { color: var(--suspect); }
.plot .offline { color: var(--off); }
.plot .unknown { color: var(--muted); }
.plot .lamp { color: var(--lamp); }
.stroke.suspect { stroke-dasharray: 5 4; }
.stroke.unknown { stroke-dasharray: 1 4; }
.ends { overflow: visible; display: block; }
.ends text { fill: currentColor; font-size: 13px; font-weight: 600; }
.ends .value { font-weight: 400; font-variant-numeric: tabular-nums; }
.short { max-height: 20rem; overflow-y: auto; }
.short thead th { position: sticky; top: 0; background: var(--card); }
.figures { grid-template-columns: repeat(auto-fit, minmax(min(100%, 10rem), 1fr)); }
.figures dd { font-weight: 650; }
.figures .pill { font-size: inherit; font-weight: inherit; }
/* what is only read aloud must not widen the page beyond the table that scrolls */
.scroll { position: relative; }

@media (max-width: 820px) {
  .charts { grid-template-columns: minmax(0, 1fr); gap: 16px; }
  .pages .keys { display: none; }
  .head nav ul { justify-content: flex-start; }
  .head nav a { padding: 0 8px; }
}
@media (max-width: 520px) {
  .plot { grid-template-columns: auto minmax(0, 1fr) 92px; column-gap: 6px; }
  .plot .ends { margin-inline-start: -4px; }
  .plot .ends text { font-size: 12px; }
  .plot .ticks span:nth-child(even) { display: none; }
  .lines tbody th { max-width: 11rem; }
  .lines tbody th .muted { display: none; }
  .figures { grid-template-columns: 1fr 1fr; gap: 8px; }
  .figures > div { padding: 12px 14px; }
  .dense th, .dense td { padding: 8px 12px; }
}
`;
