/** Looks of the report and of the sample: in a browser by day and night, on a phone, and on paper. */
export const STYLE = `
:root { color-scheme: light dark; --ground: #f5f7f7; --surface: #fff; --sunken: #e6ecec; --line: #d8e0e0; --text: #16211f; --muted: #526360; --accent: #0b6e6e;
--shown: #0f8a80; --info: #6f62c4; --quiet: #5b8fb9; --silent: #c2600a; --other: #8695a1; --warn: #8a4b00; --warn-soft: #fdf0dc; --info-soft: #eceafb; --info-text: #43389b; --focus: #0a5fd0; }
@media (prefers-color-scheme: dark) { :root { --ground: #0e1514; --surface: #161f1e; --sunken: #26322f; --line: #2d3b39; --text: #e8efee; --muted: #a3b3b0; --accent: #4cc3b8;
--shown: #3fbcae; --info: #a79bf5; --quiet: #7db3dd; --silent: #f0a04b; --other: #74848f; --warn: #ffc878; --warn-soft: #33260f; --info-soft: #26213f; --info-text: #c3bbff; --focus: #7ab6ff; } }
*, ::before, ::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--ground); color: var(--text); font: 1rem/1.55 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", Arial, sans-serif; font-variant-numeric: tabular-nums; overflow-wrap: break-word; }
h1, h2, h3, p, ul, dl, dd, fieldset { margin: 0; padding: 0; } ul { list-style: none; }
h1 { font-size: clamp(1.6rem, 1.3rem + 1.6vw, 2.2rem); line-height: 1.15; letter-spacing: -.02em; text-wrap: balance; }
h2 { font-size: 1.19rem; line-height: 1.3; letter-spacing: -.01em; } h3 { font-size: 1rem; }
a { color: var(--accent); } code, pre { font-family: ui-monospace, "SF Mono", "Cascadia Mono", "Liberation Mono", Menlo, monospace; font-size: .875em; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; border-radius: 6px; }
.frame { max-width: 72rem; margin: 0 auto; padding-inline: clamp(1rem, 3vw, 2rem); }
.masthead { background: var(--surface); border-bottom: 1px solid var(--line); font-weight: 650; } .masthead .frame { display: flex; align-items: center; flex-wrap: wrap; gap: .6rem 1rem; min-height: 3.5rem; }
.masthead svg { width: 1.75rem; height: 1.75rem; }
main { display: grid; gap: 1.25rem; padding-block: clamp(1.5rem, 4vw, 2.5rem) 4rem; } main > * { min-width: 0; }
.lead, .small { color: var(--muted); font-weight: 400; } .lead { margin-top: .375rem; max-width: 60rem; } .small { font-size: .8125rem; }
.panel, .tiles > div { background: var(--surface); border: 1px solid var(--line); border-radius: 14px; padding: clamp(1rem, 2.5vw, 1.5rem); }
.panel > * + * { margin-top: .875rem; } .panel > h2 + .lead { margin-top: .25rem; }
.two { display: grid; gap: 1.25rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 25rem), 1fr)); } .two > * { min-width: 0; }
.tiles { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 12.5rem), 1fr)); }
.tiles dt { color: var(--muted); font-size: .8125rem; font-weight: 600; } .tiles .value { font-size: 2rem; font-weight: 680; line-height: 1.2; letter-spacing: -.02em; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.125rem; font-size: .8125rem; } .legend li { display: flex; align-items: center; gap: .4rem; } .key { width: .8rem; height: .8rem; }
.bars { display: grid; gap: .7rem; } .many { grid-template-columns: repeat(auto-fill, minmax(min(100%, 22rem), 1fr)); column-gap: 2.5rem; } .named { display: flex; justify-content: space-between; gap: 1rem; font-size: .9375rem; } .named span:last-child { white-space: nowrap; }
.bar { display: block; width: 100%; height: .6rem; margin-top: .2rem; border-radius: 3px; } .ground { fill: var(--sunken); }
.chart { overflow-x: auto; } .chart svg { display: block; width: 100%; min-width: 34rem; } .chart text { font-size: 11.5px; fill: var(--muted); } .grid line { stroke: var(--line); }
.shown, .warning, .right { fill: var(--shown); } .info, .draft { fill: var(--info); } .quiet, .beside { fill: var(--quiet); } .silent, .wrong { fill: var(--silent); } .other { fill: var(--other); }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: .9375rem; } th { text-align: left; font-weight: 600; } thead th { color: var(--muted); font-size: .8125rem; vertical-align: bottom; }
th, td { padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--line); vertical-align: top; } tbody th { font-weight: 500; } .number { text-align: right; padding-right: .25rem; white-space: nowrap; }
summary { cursor: pointer; color: var(--accent); font-weight: 600; font-size: .9375rem; }
.badge { display: inline-block; padding: 0 .5rem; border-radius: 6px; font-size: .8125rem; font-weight: 600; background: var(--info-soft); color: var(--info-text); } .badge.warning { background: var(--warn-soft); color: var(--warn); }
.notes { display: grid; gap: .5rem; grid-template-columns: 8rem minmax(0, 1fr); font-size: .9375rem; overflow-wrap: anywhere; } .notes dt { font-weight: 600; }
@media (max-width: 34rem) { .notes { grid-template-columns: minmax(0, 1fr); } }
@media print { :root { --ground: #fff; } body { font-size: 10pt; } .panel, .tiles > div { break-inside: avoid; } details::details-content { content-visibility: visible; block-size: auto; } main { padding-block: 1rem 0; } svg * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } .no-print { display: none !important; } }
`;

/** Mark and name of the product. */
export const LOGO =
  '<svg viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="8" fill="#0b6e6e"/><path d="M9 22c4 0 4-12 8-12 3 0 3 6 6 6" fill="none" stroke="#fff" stroke-width="3.2" stroke-linecap="round"/><circle cx="23" cy="16" r="2.6" fill="#ffd28a"/></svg>';
