import { scaleLinear } from 'd3-scale';
import { area } from 'd3-shape';
import type { CardReport, Report } from '../../insights/report.ts';
import { duration, number, share } from '../shared/format.ts';
import { texts } from './texts.ts';

const SPARK = { width: 96, height: 26 };

/** Each version of each card that fired, with what became of it. */
export function Cards({ report }: { readonly report: Report }) {
  const { title, lead, quiet, ...columns } = texts.cards;
  const fired = report.cards.filter((card) => card.fired > 0);
  const never = report.cards.length - fired.length;
  const headings = [
    columns.fired,
    columns.shown,
    columns.accepted,
    columns.overridden,
    columns.ignored,
    columns.acceptance,
    columns.answer,
  ];
  return (
    <section class="panel">
      <h2>{title}</h2>
      <p class="lead">{lead}</p>
      <table class="wide">
        <thead>
          <tr>
            <th scope="col">{columns.card}</th>
            <th scope="col">{columns.trend}</th>
            {headings.map((heading) => (
              <th scope="col" class="number" key={heading}>
                {heading}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {fired.map((card) => (
            <CardRow card={card} report={report} key={`${card.card} ${card.version}`} />
          ))}
        </tbody>
      </table>
      {never > 0 && <p class="small below">{quiet(never)}.</p>}
    </section>
  );
}

function CardRow({ card, report }: { readonly card: CardReport; readonly report: Report }) {
  const { cards: words } = texts;
  const { accepted, overridden, answerTime } = card;
  const cells = [
    [words.fired, number(card.fired)],
    [words.shown, number(card.shown)],
    [words.accepted, number(accepted)],
    [words.overridden, number(overridden)],
    [words.ignored, number(card.ignored)],
    [words.acceptance, share(accepted, accepted + overridden)],
    [words.answer, answerTime === undefined ? '–' : duration(answerTime.median)],
  ] as const;
  return (
    <tr>
      <th scope="row">
        <CardName card={card} report={report} />
      </th>
      <td data-label={words.trend}>
        <Spark counts={weeklyOf(card, report)} />
      </td>
      {cells.map(([label, value]) => (
        <td class="number" data-label={label} key={label}>
          {value}
        </td>
      ))}
    </tr>
  );
}

function CardName({
  card: { card, version, signals },
  report,
}: {
  readonly card: CardReport;
  readonly report: Report;
}) {
  const name = report.names.cards[card];
  const { draft, retired, old } = texts.cards;
  const kinds = [...new Set(signals.map(({ kind }) => texts.attention.kinds[kind]))];
  return (
    <>
      {name?.title ?? card}
      <span class="about">
        <span class="version">{version}</span>
        {name?.version === version && name.status === 'draft' && <span class="badge">{draft}</span>}
        {name?.status === 'retired' && <span class="badge">{retired}</span>}
        {name !== undefined && name.version !== version && <span class="badge">{old}</span>}
        {kinds.map((kind) => (
          <span class={`badge ${kind === texts.attention.kinds['hand-check'] ? 'info' : 'warn'}`} key={kind}>
            {kind}
          </span>
        ))}
      </span>
    </>
  );
}

/** Times it fired, for each week of the report. */
function weeklyOf({ card, version }: CardReport, { cells, weeks }: Report): number[] {
  const mine = cells.filter((cell) => cell.card === card && cell.version === version);
  return weeks.map(({ week }) => mine.reduce((count, cell) => count + (cell.week === week ? cell.fired : 0), 0));
}

function Spark({ counts }: { readonly counts: readonly number[] }) {
  const x = scaleLinear([0, Math.max(counts.length - 1, 1)], [0, SPARK.width]);
  const y = scaleLinear([0, Math.max(1, ...counts)], [SPARK.height - 1, 2]);
  const points = counts.length === 1 ? [...counts, ...counts] : [...counts];
  const shape = area<number>(
    (_, index) => x(index),
    SPARK.height - 1,
    (count) => y(count),
  );
  return (
    <svg class="spark" viewBox={`0 0 ${SPARK.width} ${SPARK.height}`} aria-hidden="true">
      <path class="fill" d={shape(points) ?? ''} />
      <path class="stroke" d={shape.lineY1()(points) ?? ''} />
    </svg>
  );
}
