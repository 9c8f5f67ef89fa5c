import { percent } from './counts.ts';
import type { CardReport, Counts, Report } from './report.ts';

/** The report as a page of Markdown: for a minute, a mail or a pull request. */
export function reportMarkdown(report: Report): string {
  const { period, funnel, review } = report;
  const sections = [
    `# What the cards did, ${period.since} to ${period.until}`,
    table(['calls', 'number', 'of those before'], funnelRows(report)),
    funnel.failed > 0 ? `${funnel.failed} of the calls in scope were answered with an error.` : '',
    '## Cards',
    report.cards.length === 0
      ? 'No card was judged in this time.'
      : table(
          ['card', 'version', 'fired', 'shown', 'accepted', 'overridden', 'ignored', 'acceptance', 'median answer'],
          report.cards.map((card) => [
            card.card,
            card.version,
            ...[card.fired, card.shown, card.accepted, card.overridden, card.ignored].map(String),
            share(card.accepted, card.accepted + card.overridden),
            card.answerTime === undefined ? '' : `${card.answerTime.median} s`,
          ]),
        ),
    ...signalLines(report.cards),
    ...named('## Accepted, by suggestion', 'suggestion', report.total.suggestions, report.names.suggestions),
    ...named('## Overridden, by reason', 'reason', report.total.reasons, report.names.reasons),
    ...unseen(report),
    ...(review.total === 0
      ? []
      : [
          `## To review: ${review.total} overrides say that the chart lacks something`,
          table(
            ['shown', 'card', 'client', 'hook instance', 'reason'],
            review.items.map(({ shown, card, client, hookInstance, reason }) => [
              shown,
              card,
              client,
              hookInstance,
              report.names.reasons[reason] ?? reason,
            ]),
          ),
        ]),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

const funnelRows = ({ funnel: { inScope, fired, shown, accepted } }: Report): string[][] => [
  ['in scope', String(inScope), ''],
  ['a card fired', String(fired), share(fired, inScope)],
  ['a card was shown', String(shown), share(shown, fired)],
  ['accepted', String(accepted), share(accepted, shown)],
];

const signalLines = (cards: readonly CardReport[]): string[] => {
  const lines = cards.flatMap(({ card, version, signals }) =>
    signals.map(({ says }) => `- **${plain(card)} ${plain(version)}**: ${says}`),
  );
  return lines.length === 0 ? [] : ['## Cards to look at', lines.join('\n')];
};

function named(
  heading: string,
  column: string,
  counts: Readonly<Record<string, number>>,
  names: Readonly<Record<string, string>>,
): string[] {
  const rows = Object.entries(counts).map(([name, count]) => [names[name] ?? (name || 'none given'), String(count)]);
  return rows.length === 0 ? [] : [heading, table([column, 'number'], rows)];
}

function unseen({ total, cards, clients }: Report): string[] {
  if (total.silent + total.draft === 0) return [];
  const cells = ({ fired, shown, silent, draft }: Counts) => [fired, shown, silent, draft].map(String);
  return [
    '## Unseen beside shown',
    table(
      ['card', 'version', 'fired', 'shown', 'silent client', 'draft card'],
      cards.filter(({ fired }) => fired > 0).map((card) => [card.card, card.version, ...cells(card)]),
    ),
    table(
      ['client', 'calls in scope', 'fired', 'shown', 'silent client', 'draft card'],
      clients.map((client) => [client.client || 'open mode', String(client.inScope), ...cells(client)]),
    ),
  ];
}

const share = (part: number, whole: number): string => (whole === 0 ? '' : `${Math.round(percent(part, whole))} %`);

const table = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  [header, header.map(() => '---'), ...rows]
    .map((cells, index) => `| ${cells.map((cell) => (index === 1 ? cell : plain(cell))).join(' | ')} |`)
    .join('\n');

/** What clients send must not become markup. */
const plain = (text: string): string => text.replaceAll(/\s+/g, ' ').replaceAll(/[\\|<>`*_[\]#&!]/g, '\\$&');
