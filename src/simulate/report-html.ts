import { type Bar, bars, columns, legend } from './charts.ts';
import { Html, html, pageOf } from './html.ts';
import { ENDS, type Ends, percentOf, reasonOf, type SimulationReport, titleOf } from './report.ts';
import { END_NAMES, unreadNote } from './report-markdown.ts';
import { LOGO, STYLE } from './style.ts';

type Cell = Html | string | number;
/** Ends that have a colour of their own; the others share one. */
const COLOURED = ['shown', 'quiet', 'silent'] as const;
const COLOURS = [...COLOURED.map((end) => ({ name: END_NAMES[end], kind: end })), { name: 'other', kind: 'other' }];

/** The report as one page that needs no host. */
export function reportHtml(report: SimulationReport): string {
  const { orders, patients, share, months } = report;
  const used = months.filter(({ inScope }) => inScope > 0);
  const period = used.length === 0 ? 'no order in scope' : `${used[0]?.month} to ${used.at(-1)?.month}`;
  const body = html`<header class="masthead"><div class="frame">${new Html(LOGO)}Rehab First<span class="small">simulation</span></div></header>
<main class="frame">
<div><h1>What the cards would have done</h1>
<p class="lead">${orders.total} past orders of ${patients.read} patients, ${period}, each with what was in the chart then.${share.n > 1 && html` <strong>Share ${share.k} of ${share.n}: merge all to see the whole.</strong>`}</p></div>
${tiles(report)}
${monthly(used)}
<div class="two">${byClass(report)}${heldBack(report)}</div>
${byOutcome(report)}
<div class="two">${perClinician(report)}${whatWasRead(report)}</div>
${whatIf(report)}
${completeness(report)}
${unread(report)}
${method(report)}
</main>`;
  return pageOf('What the cards would have done', STYLE, body);
}

const panel = (title: string, lead: Cell, ...rest: readonly (Html | '')[]): Html =>
  html`<section class="panel"><h2>${title}</h2><p class="lead">${lead}</p>${rest}</section>`;

function table(heads: readonly string[], rows: readonly (readonly Cell[])[]): Html {
  const isNumber = (column: number) => rows.some((row) => typeof row[column] === 'number');
  const cell = (one: Cell, column: number) =>
    column === 0
      ? html`<th scope="row">${one}</th>`
      : html`<td${isNumber(column) && new Html(' class="number"')}>${one}</td>`;
  const head = (one: string, column: number) =>
    html`<th scope="col"${isNumber(column) && new Html(' class="number"')}>${one}</th>`;
  return html`<div class="wide" tabindex="0" role="group" aria-label="${heads[0]}"><table><thead><tr>${heads.map(head)}</tr></thead><tbody>${rows.map((row) => html`<tr>${row.map(cell)}</tr>`)}</tbody></table></div>`;
}

const folded = (summary: string, inside: Html): Html => html`<details><summary>${summary}</summary>${inside}</details>`;

function tiles({ cards, orders, clinicians, patients }: SimulationReport): Html {
  const tile = (name: string, value: Cell, small: Cell) =>
    html`<div><dt>${name}</dt><dd><p class="value">${value}</p><p class="small">${small}</p></dd></div>`;
  return html`<dl class="tiles">
${tile('Cards shown', cards.shown, html`to ${patients.inScope} patients with an order in scope`)}
${tile('Per 1,000 orders', cards.perThousandOrders, html`${cards.perThousandInScope} per 1,000 orders in scope`)}
${tile('Per clinician-week', clinicians.cardsPerWeek, html`most in one week: ${clinicians.mostInAWeek}`)}
${tile('Orders in scope', orders.inScope, html`of ${orders.total}, ${percentOf(orders.inScope, orders.total)}`)}
</dl>`;
}

const partsOf = (row: Ends): Bar['parts'] =>
  COLOURS.map(({ name, kind }) => ({ name, kind, value: kind === 'other' ? otherOf(row) : row[kind as keyof Ends] }));

const otherOf = (row: Ends): number =>
  ENDS.filter((end) => !COLOURED.some((one) => one === end)).reduce((sum, end) => sum + row[end], 0);

const endsTable = <T extends Ends>(
  head: string,
  rows: readonly T[],
  lead: (row: T) => readonly [string, number],
): Html =>
  table(
    [head, 'in scope', ...ENDS.map((end) => END_NAMES[end])],
    rows.map((row) => [...lead(row), ...ENDS.map((end) => row[end])]),
  );

const monthly = (months: SimulationReport['months']): Html =>
  panel(
    'Orders in scope by month',
    'How each order that the cards are about would have ended.',
    legend(COLOURS),
    columns(
      months.map((row) => ({ name: row.month, parts: partsOf(row) })),
      'Orders in scope by month and end; the table below has the numbers.',
    ),
    folded(
      'As a table',
      endsTable('month', months, ({ month, inScope }) => [month, inScope]),
    ),
    html`<h3>Cards per 1,000 orders of any kind</h3>`,
    columns(
      months.map(({ month, perThousandOrders: value }) => ({
        name: month,
        parts: [{ name: 'cards', kind: 'shown', value }],
      })),
      'Cards per 1,000 orders by month; the table below has the numbers.',
    ),
    folded(
      'As a table',
      table(
        ['month', 'orders', 'cards', 'per 1,000 orders'],
        months.map(({ month, orders, shown, perThousandOrders }) => [month, orders, shown, perThousandOrders]),
      ),
    ),
  );

function byClass({ classes, identity }: SimulationReport): Html {
  const rows = [...classes].sort((a, b) => b.orders - a.orders);
  const name = (orderClass: string) => titleOf(identity, 'classes', orderClass);
  return panel(
    'By kind of order',
    'Cards shown, of all orders of the kind.',
    legend(COLOURS),
    bars(
      rows.map((row) => ({
        name: name(row.orderClass),
        told: html`<strong>${row.shown}</strong> <span class="small">of ${row.orders}</span>`,
        parts: partsOf(row),
      })),
    ),
    folded(
      'As a table',
      endsTable('kind of order', rows, ({ orderClass, orders }) => [name(orderClass), orders]),
    ),
  );
}

function heldBack({ silences, identity, orders, cards }: SimulationReport): Html {
  const rows = new Map<string, { kind: string; value: number }>();
  for (const silence of silences) {
    const { end, orders: number } = silence;
    const name = [END_NAMES[end], reasonOf(identity, silence)].filter((one) => one !== '').join(': ');
    const kind = COLOURED.some((one) => one === end) ? end : 'other';
    rows.set(name, { kind, value: (rows.get(name)?.value ?? 0) + number });
  }
  return panel(
    'What kept cards back',
    html`${orders.inScope - cards.shown} orders in scope got no card of their own.`,
    bars(
      [...rows]
        .sort(([, a], [, b]) => b.value - a.value)
        .map(([name, part]) => ({ name, parts: [{ name: 'orders', ...part }] })),
    ),
  );
}

function byOutcome({ outcomes, identity }: SimulationReport): Html {
  const rows = [...outcomes].sort((a, b) => b.shown - a.shown);
  return panel(
    'By card and outcome',
    'What the cards that fire say. In the quiet period after an answer, and for cards on trial, nobody sees them.',
    table(
      ['card', 'outcome', 'says it as', 'shown', 'quiet period', 'draft card'],
      rows.map(({ card, outcome, indicator, shown, quiet, draft }) => [
        titleOf(identity, 'cards', card),
        html`<code>${outcome}</code>`,
        html`<span class="badge ${indicator}">${indicator}</span>`,
        shown,
        quiet,
        draft,
      ]),
    ),
  );
}

function perClinician({ clinicians }: SimulationReport): Html {
  const { known, weeks, weeksByCards, unnamed, cards } = clinicians;
  return panel(
    'Cards in a week of one clinician',
    html`${cards} cards in ${weeks} clinician-weeks of ${known} clinicians.`,
    bars(
      Object.entries(weeksByCards).map(([number, value]) => ({
        name: `${number} ${number === '1' ? 'card' : 'cards'}`,
        told: html`<strong>${value}</strong> <span class="small">clinician-weeks, ${percentOf(value, weeks)}</span>`,
        parts: [{ name: 'clinician-weeks', kind: number === '0' ? 'other' : 'shown', value }],
      })),
    ),
    html`<p class="small">A clinician-week is a calendar week, from Monday, in which a clinician made any order that was replayed, in scope or not. ${unnamed.orders} orders name no clinician; their ${unnamed.cards} cards are not in these numbers.</p>`,
  );
}

function whatWasRead({ patients, orders }: SimulationReport): Html {
  return panel(
    'What was replayed',
    html`${patients.read} patients, ${patients.inScope} of them with an order in scope.`,
    table(
      ['orders', 'number'],
      [
        ...Object.entries(orders.byType).map(([type, number]): Cell[] => [type, number]),
        ...Object.entries(orders.notReplayed).map(([why, number]): Cell[] => [`not replayed: ${why}`, number]),
        ...Object.entries(patients.setAside).map(([why, number]): Cell[] => [`patients set aside: ${why}`, number]),
      ],
    ),
  );
}

function whatIf({ identity, changes }: SimulationReport): Html | '' {
  if (identity.whatIf === undefined) return '';
  const of = (change: string) =>
    changes.filter((one) => one.change === change).reduce((sum, { orders }) => sum + orders, 0);
  const kinds = { appears: 'shown', vanishes: 'silent', changes: 'info' } as const;
  const rows = Object.entries(kinds).map(([change, kind]) => ({
    name:
      { appears: 'cards that appear', vanishes: 'cards that vanish', changes: 'cards that say something else' }[
        change
      ] ?? '',
    parts: [{ name: change, kind, value: of(change) }],
  }));
  return panel(
    'What if',
    html`With the other numbers of pack <code>${short(identity.whatIf)}</code>. Every order that they change is in <code>what-if.csv</code>.`,
    bars(rows),
    table(
      ['change', 'now', 'then', 'orders'],
      changes.map(({ change, before, after, orders }) => [change, before, after, orders]),
    ),
  );
}

const STATES = [
  { name: 'there', kind: 'shown' },
  { name: 'not there', kind: 'silent' },
  { name: 'cannot be told', kind: 'other' },
] as const;

function completeness({ data, patients, identity }: SimulationReport): Html {
  const facts = (what: 'saying' | 'silence') =>
    data.facts
      .filter((fact) => fact.for === what)
      .sort((a, b) => b.known - a.known)
      .map(({ fact, known, absent, unavailable, patients: having }) => ({
        name: fact,
        told: html`<strong>${percentOf(known, known + absent + unavailable)}</strong> <span class="small">${having} patients</span>`,
        parts: STATES.map((state, index) => ({ ...state, value: [known, absent, unavailable][index] ?? 0 })),
      }));
  const number = (value: number) => value.toLocaleString('en');
  const notes = [
    ...Object.entries(data.undated).map(([type, n]) => `${number(n)} of ${type} were left out, as they have no date.`),
    ...Object.entries(data.ofNobody).map(([type, n]) => `${number(n)} of ${type} are of no patient, or of several.`),
    ...(data.repeated > 0 ? [`${number(data.repeated)} resources came more than once; the last of each counts.`] : []),
  ];
  const other = facts('silence');
  return panel(
    'How complete the data are',
    identity.gaps.length === 0
      ? html`Of ${patients.inScope} patients with an order in scope: whose chart has anything of a kind, of whatever day and part of the body.`
      : html`<strong>Not in the folder, or not all of it, so that nothing is said of it: ${identity.gaps.join(', ')}.</strong>`,
    bars(
      Object.entries(data.patientsWith).map(([what, value]) => ({
        name: titleOf(identity, 'data', what),
        told: html`<strong>${percentOf(value, patients.inScope)}</strong> <span class="small">${value} patients</span>`,
        parts: [{ name: what, kind: 'shown', value }],
      })),
      Math.max(1, patients.inScope),
      'bars many',
    ),
    html`<h3>What the cards asked of the charts, order by order</h3>`,
    legend(STATES),
    bars(facts('saying'), undefined, 'bars many'),
    folded(`${other.length} more that could only have silenced them`, bars(other, undefined, 'bars many')),
    notes.length === 0 ? '' : html`<ul class="small">${notes.map((note) => html`<li>${note}</li>`)}</ul>`,
  );
}

function unread({ data }: SimulationReport): Html | '' {
  const problems = Object.entries(data.problems);
  if (problems.length === 0) return '';
  const total = problems.reduce((sum, [, number]) => sum + number, 0);
  return panel(
    'What could not be read',
    html`${total} lines; where they stand is in <code>problems.csv</code>.${unreadNote(data)}`,
    table(['problem', 'number'], problems),
    folded(
      'The first of them',
      table(
        ['file', 'line', 'problem'],
        data.firstProblems.map(({ file, line, why }) => [file, String(line), why]),
      ),
    ),
  );
}

const short = (revision: string): string => revision.slice(0, 19);

function method({ identity }: SimulationReport): Html {
  const { revision, systemsOff, seed, sampleSize } = identity;
  return html`<section class="panel"><h2>How it was counted</h2><dl class="notes">
<dt>Pack</dt><dd><code>${revision}</code></dd>
<dt>Order</dt><dd>ServiceRequest and MedicationRequest that were ordered, and procedures without one, replayed on their day with what was written down by then.</dd>
<dt>Card shown</dt><dd>At most one for orders made together; each is taken as answered, so that the quiet period holds.</dd>
<dt>Sample</dt><dd>${sampleSize} cards drawn with seed <code>${seed}</code>: <code>sample.html</code>.</dd>
${systemsOff.length > 0 && html`<dt>Left out</dt><dd>Code systems: ${systemsOff.join(', ')}</dd>`}
</dl></section>`;
}
