import { scaleBand, scaleLinear } from 'd3-scale';
import { stack } from 'd3-shape';
import type { Report, WeekReport } from '../../insights/report.ts';
import { longDay, number, shortDay } from '../shared/format.ts';
import { useWidth } from '../shared/use-width.ts';
import { texts } from './texts.ts';

const OUTCOMES = ['accepted', 'overridden', 'ignored'] as const;
type Outcome = (typeof OUTCOMES)[number];

const HEIGHT = 340;
const MARGIN = { top: 12, right: 4, bottom: 26, left: 34 };
/** Room for a date below the axis. */
const LABEL_WIDTH = 52;

/** Cards shown, week by week, by what became of them. */
export function Weeks({ report: { weeks, total } }: { readonly report: Report }) {
  const { title, lead, summary } = texts.weeks;
  const { ref, width } = useWidth<HTMLDivElement>(480);
  return (
    <section class="panel">
      <h2>{title}</h2>
      <p class="lead">{lead}</p>
      <ul class="legend">
        {OUTCOMES.map((outcome) => (
          <li key={outcome}>
            <svg class={`key ${outcome}`} aria-hidden="true">
              <rect width="100%" height="100%" rx="3" />
            </svg>
            {texts.weeks[outcome]}
          </li>
        ))}
      </ul>
      <div class="chart" ref={ref}>
        <svg role="img" aria-label={summary(weeks.length, number(total.shown))} width={width} height={HEIGHT}>
          <Bars weeks={weeks} width={width} />
        </svg>
      </div>
      <WeeksTable weeks={weeks} />
    </section>
  );
}

function Bars({ weeks, width }: { readonly weeks: readonly WeekReport[]; readonly width: number }) {
  const most = Math.max(4, ...weeks.map(({ shown }) => shown));
  const x = scaleBand(
    weeks.map(({ week }) => week),
    [MARGIN.left, width - MARGIN.right],
  ).padding(weeks.length > 30 ? 0.1 : 0.28);
  const y = scaleLinear([0, most], [HEIGHT - MARGIN.bottom, MARGIN.top]).nice(4);
  const layers = stack<WeekReport, Outcome>().keys(OUTCOMES)([...weeks]);
  const ticks = y.ticks(4).filter(Number.isInteger);
  const every = Math.max(1, Math.ceil(LABEL_WIDTH / Math.max(x.step(), 1)));
  return (
    <>
      <g class="grid">
        {ticks.map((tick) => (
          <g key={tick} transform={`translate(0 ${y(tick)})`}>
            <line x1={MARGIN.left} x2={width - MARGIN.right} />
            <text x={MARGIN.left - 8} dy="0.32em" text-anchor="end">
              {number(tick)}
            </text>
          </g>
        ))}
      </g>
      {layers.map((layer) => (
        <g class={layer.key} key={layer.key}>
          {layer.map(([from, to], index) => {
            const { week = '' } = weeks[index] ?? {};
            return (
              <rect key={week} x={x(week)} y={y(to)} width={x.bandwidth()} height={Math.max(y(from) - y(to), 0)}>
                <title>{texts.weeks.bar(longDay(week), texts.weeks[layer.key], number(to - from))}</title>
              </rect>
            );
          })}
        </g>
      ))}
      <g class="axis">
        {weeks.map(({ week }, index) =>
          (weeks.length - 1 - index) % every === 0 ? (
            <text
              key={week}
              x={Math.min((x(week) ?? 0) + x.bandwidth() / 2, width - LABEL_WIDTH / 2)}
              y={HEIGHT - 6}
              text-anchor="middle"
            >
              {shortDay(week)}
            </text>
          ) : null,
        )}
      </g>
    </>
  );
}

function WeeksTable({ weeks }: { readonly weeks: readonly WeekReport[] }) {
  const { table, week, shown } = texts.weeks;
  return (
    <details>
      <summary>{table}</summary>
      <table class="wide">
        <thead>
          <tr>
            <th scope="col">{week}</th>
            <th scope="col" class="number">
              {shown}
            </th>
            {OUTCOMES.map((outcome) => (
              <th scope="col" class="number" key={outcome}>
                {texts.weeks[outcome]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeks.map((one) => (
            <tr key={one.week}>
              <th scope="row">{shortDay(one.week)}</th>
              <td class="number" data-label={shown}>
                {number(one.shown)}
              </td>
              {OUTCOMES.map((outcome) => (
                <td class="number" data-label={texts.weeks[outcome]} key={outcome}>
                  {number(one[outcome])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
