import { fromMarkdown, Html, html, pageOf } from './html.ts';
import { titleOf } from './report.ts';
import type { Identity } from './result.ts';
import { COLUMNS, formOf, type Sampled, VERDICTS } from './sample.ts';
import { LOGO, STYLE } from './style.ts';

const FORM_STYLE = `
.bar-fixed { position: sticky; top: 0; z-index: 1; background: var(--surface); border-bottom: 1px solid var(--line); } .bar-fixed .frame { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1.25rem; padding-block: .6rem; }
.bar-fixed output { flex: 1; } button { min-height: 2.5rem; padding: 0 1rem; border: 0; border-radius: 10px; background: var(--accent); color: var(--surface); font: inherit; font-weight: 600; cursor: pointer; }
.case { display: grid; gap: 1.25rem; grid-template-columns: minmax(0, 1fr) minmax(15rem, 19rem); scroll-margin-top: 5rem; } .case > * + * { margin-top: 0; } @media (max-width: 52rem) { .case { grid-template-columns: minmax(0, 1fr); } }
.case > div > * + * { margin-top: .875rem; } .case h2 { display: flex; flex-wrap: wrap; align-items: baseline; gap: .25rem .75rem; } .case.judged { border-color: var(--accent); }
.card { border: 1px solid var(--line); border-left: 5px solid var(--info); border-radius: 10px; padding: 1rem; } .card.warning { border-left-color: var(--silent); } .card > * + * { margin-top: .6rem; } .card ul { list-style: disc; padding-left: 1.2rem; }
.suggestions { display: flex; flex-wrap: wrap; gap: .4rem; } .suggestions li { padding: .15rem .6rem; border: 1px solid var(--line); border-radius: 8px; font-size: .875rem; } .card .suggestions { list-style: none; padding: 0; }
pre { overflow-x: auto; padding: .875rem; background: var(--ground); border-radius: 10px; line-height: 1.45; margin: .5rem 0 0; }
fieldset { border: 0; display: grid; gap: .4rem; } legend { font-weight: 600; padding: 0; margin-bottom: .4rem; } .verdict { display: flex; align-items: center; gap: .6rem; padding: .45rem .75rem; border: 1px solid var(--line); border-radius: 10px; cursor: pointer; } .verdict:has(:checked) { border-color: var(--accent); outline: 1px solid var(--accent); }
input { accent-color: var(--accent); width: 1.1rem; height: 1.1rem; } textarea { width: 100%; min-height: 5rem; padding: .5rem .75rem; border: 1px solid var(--other); border-radius: 10px; background: var(--surface); color: inherit; font: inherit; font-size: .9375rem; resize: vertical; } label.comment { display: block; margin-top: .875rem; font-size: .875rem; color: var(--muted); }
@media print { .bar-fixed { position: static; } .case { break-inside: auto; } }
`;

const MEANING = {
  right: 'it should be shown',
  wrong: 'it should not',
  unsure: 'the chart does not tell',
} as const satisfies Record<(typeof VERDICTS)[number], string>;

/** What the page does: counts the verdicts, saves them as the form that `simulate review` reads, and warns before they are lost. */
const SCRIPT = `'use strict';
const rows = JSON.parse(document.getElementById('rows').textContent);
const columns = rows.shift();
const verdicts = ${JSON.stringify(VERDICTS)};
const form = document.forms[0];
let unsaved = false;
const verdictOf = (n) => form.elements['verdict-' + n]?.value ?? '';
function tell() {
  const given = rows.map((row) => verdictOf(row[0]));
  const of = (verdict) => given.filter((one) => one === verdict).length;
  document.querySelector('output').textContent = rows.length - of('') + ' of ' + rows.length + ' judged: ' + verdicts.map((one) => of(one) + ' ' + one).join(', ');
  for (const [index, one] of given.entries()) document.getElementById('case-' + rows[index][0]).classList.toggle('judged', one !== '');
}
const cell = (value) => '"' + (/^[\\s\\u00a0]*[=+\\-@\\uff1d\\uff0b\\uff0d\\uff20]/.test(value) ? "'" : '') + String(value).replaceAll('"', '""') + '"';
form.addEventListener('input', () => { unsaved = true; tell(); });
form.addEventListener('submit', (event) => {
  event.preventDefault();
  const filled = rows.map((row) => row.map((value, at) => columns[at] === 'verdict' ? verdictOf(row[0]) : columns[at] === 'comment' ? form.elements['comment-' + row[0]].value : value));
  const text = [columns, ...filled].map((row) => row.map(cell).join(',') + '\\r\\n').join('');
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  link.download = 'sample-reviewed.csv';
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  unsaved = false;
});
addEventListener('beforeunload', (event) => { if (unsaved) event.preventDefault(); });
tell();`;

/** The sample as one page to judge it on: each card as a doctor would have read it, why it fired, and a form. */
export function sampleHtml(sample: readonly Sampled[], identity: Identity): string {
  // In a script element, only \`<\` could end it.
  const rows = JSON.stringify([COLUMNS, ...formOf(sample)]).replaceAll('<', '\\u003c');
  const body = html`<header class="masthead"><div class="frame">${new Html(LOGO)}Rehab First<span class="small">review of a sample</span></div></header>
<form>
<div class="bar-fixed"><div class="frame"><output aria-live="polite">${sample.length} cards</output><button class="no-print">Save the verdicts</button></div></div>
<main class="frame">
<div><h1>Were these cards right?</h1>
<p class="lead">${sample.length} cards drawn at random. Open each chart as it was on the day of the order, and judge: should this card have been shown? Then save, and run <code>rehab-first simulate review sample-reviewed.csv</code>, with the files of all reviewers. This page sends nothing anywhere and keeps nothing.</p></div>
${sample.map((one, index) => caseOf(one, index + 1, sample.length, identity))}
</main></form>
<script type="application/json" id="rows">${new Html(rows)}</script>`;
  return pageOf('Were these cards right?', STYLE + FORM_STYLE, body, SCRIPT);
}

function caseOf({ firing, explanation }: Sampled, number: number, of: number, identity: Identity): Html {
  const { patient, order, date, orderClass, recognisedBy, indicator, summary, card, version, outcome } = firing;
  const { detail, source, suggestions, why } = explanation;
  const verdict = (name: (typeof VERDICTS)[number]) =>
    html`<label class="verdict"><input type="radio" name="verdict-${String(number)}" value="${name}"><span><strong>${name}</strong> <span class="small">${MEANING[name]}</span></span></label>`;
  return html`<section class="panel case" id="case-${String(number)}" aria-labelledby="title-${String(number)}"><div>
<h2 id="title-${String(number)}">${number} of ${of} <span class="small">patient ${patient} · ${date} · ${titleOf(identity, 'classes', orderClass)}, known by its ${recognisedBy} · <code>${order}</code></span></h2>
<div class="card ${indicator}"><p><span class="badge ${indicator}">${indicator}</span></p><p><strong>${summary}</strong></p>${fromMarkdown(detail)}
<ul class="suggestions">${suggestions.map((label) => html`<li>${label}</li>`)}</ul><p class="small">${source} · ${card} ${version}, ${outcome}</p></div>
<details><summary>Why it fired, fact by fact</summary><pre tabindex="0">${why}</pre></details></div>
<div><fieldset><legend>Verdict</legend>${VERDICTS.map(verdict)}</fieldset><label class="comment">Comment<textarea name="comment-${String(number)}"></textarea></label></div></section>`;
}
