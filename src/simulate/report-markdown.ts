import { OF_NOBODY } from './problems.ts';
import { ENDS, type Ends, percentOf, reasonOf, type SimulationReport, titleOf } from './report.ts';

/** What each end means to a reader. */
export const END_NAMES: Readonly<Record<keyof Ends, string>> = {
  shown: 'card shown',
  quiet: 'quiet period',
  beside: 'card at another order',
  silent: 'silenced',
  unknown: 'cannot be told',
  fails: 'does not apply',
  failed: 'data missing',
  draft: 'draft card',
};

type Row = readonly (string | number)[];

/** The report as a page of Markdown. */
export function reportMarkdown(report: SimulationReport): string {
  const { identity, share, patients, orders, cards, clinicians, data, changes } = report;
  const part = share.n === 1 ? '' : ` Share ${share.k} of ${share.n}: merge all to see the whole.`;
  const sections = [
    '# What the cards would have done',
    `Pack \`${identity.revision}\`.${part}`,
    `**${cards.shown} cards** for ${orders.total} orders: ${cards.perThousandOrders} per 1,000 orders, and ${cards.perThousandInScope} per 1,000 of the ${orders.inScope} orders that the cards are about.`,
    table(
      ['what', 'number'],
      [
        ['patients read', patients.read],
        ...Object.entries(patients.setAside).map(([why, number]): Row => [`set aside: ${why}`, number]),
        ['patients with an order in scope', patients.inScope],
        ...Object.entries(orders.byType).map(([type, number]): Row => [`orders: ${type}`, number]),
        ['clinicians', clinicians.known],
        ['clinician-weeks with an order', clinicians.weeks],
        ['cards per clinician-week', clinicians.cardsPerWeek],
        ['most cards in a week of one clinician', clinicians.mostInAWeek],
        ['orders that name no clinician', clinicians.unnamed.orders],
        ['cards that name no clinician', clinicians.unnamed.cards],
        ...Object.entries(orders.notReplayed).map(([why, number]): Row => [`not replayed: ${why}`, number]),
      ],
    ),
    '## By kind of order',
    endsTable('kind of order', report.classes, ({ orderClass, orders: number }) => [
      titleOf(identity, 'classes', orderClass),
      number,
    ]),
    '## By card and outcome',
    table(
      ['card', 'outcome', 'indicator', 'shown', 'quiet period', 'draft card'],
      report.outcomes.map(({ card, outcome, indicator, shown, quiet, draft }) => [
        titleOf(identity, 'cards', card),
        outcome,
        indicator,
        shown,
        quiet,
        draft,
      ]),
    ),
    '## By month',
    endsTable(
      'month',
      report.months.filter(({ inScope }) => inScope > 0),
      ({ month, inScope }) => [month, inScope],
    ),
    table(
      ['month', 'orders of any kind', 'cards', 'cards per 1,000 orders'],
      report.months
        .filter(({ inScope }) => inScope > 0)
        .map(({ month, orders: all, shown, perThousandOrders }) => [month, all, shown, perThousandOrders]),
    ),
    '## What kept cards back',
    table(
      ['end', 'by', 'orders'],
      report.silences.map((one) => [END_NAMES[one.end], reasonOf(identity, one), one.orders]),
    ),
    ...dataSections(report),
    ...(identity.whatIf === undefined
      ? []
      : [
          '## What if',
          `Compared with pack \`${identity.whatIf}\`; every order that changes is in \`what-if.csv\`.`,
          table(
            ['change', 'now', 'then', 'orders'],
            changes.map(({ change, before, after, orders: number }) => [change, before, after, number]),
          ),
        ]),
    ...(data.firstProblems.length === 0 ? [] : problemSection(report)),
  ];
  return `${sections.join('\n\n')}\n`;
}

function endsTable<T extends Ends>(heading: string, rows: readonly T[], lead: (row: T) => Row): string {
  return table(
    [heading, 'in scope', ...ENDS.map((end) => END_NAMES[end])],
    rows.map((row) => [...lead(row), ...ENDS.map((end) => row[end])]),
  );
}

function dataSections({ patients, data, identity }: SimulationReport): string[] {
  const counts = (title: string, of: Readonly<Record<string, number>>) =>
    Object.keys(of).length === 0 ? [] : [table([title, 'number'], Object.entries(of))];
  const gaps =
    identity.gaps.length === 0
      ? []
      : [`The folder holds none of these, or not all, so nothing was said of them: ${identity.gaps.join(', ')}.`];
  return [
    '## Data',
    ...gaps,
    table(
      ['patients with an order in scope who have', 'number', 'share'],
      Object.entries(data.patientsWith).map(([what, number]) => [
        titleOf(identity, 'data', what),
        number,
        percentOf(number, patients.inScope),
      ]),
    ),
    table(
      ['orders in scope: asked of the chart', 'there', 'not there', 'cannot be told', 'patients who have it'],
      data.facts.map(({ fact, known, absent, unavailable, patients: having }) => [
        fact,
        known,
        absent,
        unavailable,
        having,
      ]),
    ),
    ...counts('left out of charts, as they have no date', data.undated),
    ...counts('of no patient', data.ofNobody),
    ...(data.repeated > 0 ? [`${data.repeated} resources came more than once; the last of each counts.`] : []),
  ];
}

const problemSection = ({ data }: SimulationReport): string[] => [
  '## What could not be read',
  `Where the lines stand is in \`problems.csv\`.${unreadNote(data)}`,
  table(['problem', 'number'], Object.entries(data.problems)),
  table(
    ['first of them', 'line', 'problem'],
    data.firstProblems.map(({ file, line, why }) => [file, line, why]),
  ),
];

/** What broken lines that name no patient mean for the rest. */
export function unreadNote({ problems }: SimulationReport['data']): string {
  const number = problems[OF_NOBODY] ?? 0;
  return number === 0
    ? ''
    : ` Of ${number} of them nobody knows whose they are: at most as many patients lack something and were judged without it.`;
}

function table(header: readonly string[], rows: readonly Row[]): string {
  if (rows.length === 0) return 'None.';
  const line = (cells: Row) => `| ${cells.map((cell) => plain(String(cell))).join(' | ')} |`;
  return [line(header), `|${header.map(() => ' --- ').join('|')}|`, ...rows.map(line)].join('\n');
}

/** What stands in charts and file names must not become markup. */
const plain = (text: string): string => text.replaceAll(/\s+/g, ' ').replaceAll(/[\\|<>`*_[\]]/g, '\\$&');
