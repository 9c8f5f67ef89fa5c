import { scaleUtc } from 'd3-scale';
import type { Explanation, Lane, TimelineItem } from '../../workbench/explanation.ts';
import { Fold } from '../shared/fold.tsx';
import { longDay } from '../shared/format.ts';
import { useWidth } from '../shared/use-width.ts';
import { texts } from './texts.ts';

const LANES: readonly Lane[] = ['condition', 'exercise', 'drug', 'injection', 'operation', 'other'];
const MS_PER_DAY = 86_400_000;
/** What is older is in the table only, unless nothing else is evidence. */
const MOST_DAYS = 2 * 365;
const ROW = 30;
const HEAD = 22;
const FOOT = 26;
const ROOM_PER_TICK = 90;

interface TimelineProps {
  readonly explanation: Explanation;
  /** References of what the answer rests on, or of what is pointed at. */
  readonly evidence: readonly string[];
}

interface Row {
  readonly lane: Lane;
  readonly label: string;
  readonly items: readonly TimelineItem[];
}

/** What the chart holds, by kind, on one time axis; what the answer rests on stands out. */
export function Timeline({ explanation: { timeline, today }, evidence }: TimelineProps) {
  const words = texts.timeline;
  const seen = new Set(evidence.map((reference) => reference.replace(/#\d+$/, '')));
  const isSeen = ({ reference }: TimelineItem) => seen.has(reference.replace(/#\d+$/, ''));
  const items = timeline.filter((item) => item.lane !== 'other' || isSeen(item));
  return (
    <section class="panel" id="timeline">
      <h2>{words.title}</h2>
      <p class="lead">{items.length === 0 ? words.none : words.lead}</p>
      {items.length > 0 && (
        <>
          <Drawing items={items} today={today} isSeen={isSeen} />
          <Fold summary={words.table}>{() => <TimelineTable items={items} isSeen={isSeen} />}</Fold>
        </>
      )}
    </section>
  );
}

interface DrawingProps {
  readonly items: readonly TimelineItem[];
  readonly today: string;
  readonly isSeen: (item: TimelineItem) => boolean;
}

function Drawing({ items, today, isSeen }: DrawingProps) {
  const { ref, width } = useWidth<HTMLDivElement>(640);
  const end = Date.parse(today) + 14 * MS_PER_DAY;
  const start = startOf(items, Date.parse(today));
  const x = scaleUtc([start, end], [8, Math.max(width - 8, 60)]);
  const inView = items.filter(({ from, to }) => Date.parse(to ?? from) >= start && Date.parse(from) <= end);
  const rows = rowsOf(inView);
  const height = HEAD + rows.length * ROW + FOOT;
  const first = new Date(start).toISOString().slice(0, 10);
  return (
    <div ref={ref} class="timeline">
      <svg
        role="img"
        viewBox={`0 0 ${width} ${height}`}
        width={width}
        height={height}
        aria-label={texts.timeline.summary(inView.length, longDay(first), inView.filter(isSeen).length)}
      >
        {x.ticks(Math.max(2, Math.floor(width / ROOM_PER_TICK))).map((tick) => (
          <g class="tick" key={tick.getTime()}>
            <line x1={x(tick)} x2={x(tick)} y1={HEAD} y2={height - FOOT} />
            <text x={x(tick)} y={height - 8} text-anchor="middle">
              {tickLabel(tick)}
            </text>
          </g>
        ))}
        <line class="today" x1={x(Date.parse(today))} x2={x(Date.parse(today))} y1={HEAD} y2={height - FOOT} />
        {rows.map((row, index) => (
          <g transform={`translate(0 ${HEAD + index * ROW})`} key={`${row.lane} ${row.label}`}>
            <RowMarks row={row} x={(day) => x(Math.max(Date.parse(day), start))} width={width} isSeen={isSeen} />
          </g>
        ))}
      </svg>
    </div>
  );
}

/** Far enough back for the oldest thing of these years, with a little air. */
function startOf(items: readonly TimelineItem[], today: number): number {
  const bound = today - MOST_DAYS * MS_PER_DAY;
  const days = items.map(({ from }) => Date.parse(from)).filter((day) => day >= bound);
  return Math.min(today - 90 * MS_PER_DAY, ...days) - 14 * MS_PER_DAY;
}

const tickLabel = (tick: Date): string =>
  new Intl.DateTimeFormat('en-GB', { month: 'short', year: '2-digit', timeZone: 'UTC' }).format(tick);

/** Conditions have a row each; everything else shares one by kind. */
function rowsOf(items: readonly TimelineItem[]): Row[] {
  return LANES.flatMap((lane): Row[] => {
    const mine = items.filter((item) => item.lane === lane);
    if (lane === 'condition') return mine.map((item) => ({ lane, label: item.label, items: [item] }));
    return mine.length === 0 ? [] : [{ lane, label: texts.timeline.lanes[lane], items: mine }];
  });
}

interface RowMarksProps {
  readonly row: Row;
  readonly x: (day: string) => number;
  readonly width: number;
  readonly isSeen: (item: TimelineItem) => boolean;
}

function RowMarks({ row, x, width, isSeen }: RowMarksProps) {
  const starts = row.items.map(({ from }) => x(from));
  const at = row.lane === 'condition' ? Math.min(...starts) : 8;
  const isLate = at > width / 2;
  return (
    <>
      <text class="label" x={isLate ? width - 8 : at} y={8} text-anchor={isLate ? 'end' : 'start'}>
        {short(row.label, Math.floor((isLate ? width - 16 : width - at) / 7))}
      </text>
      {row.items.map((item) => (
        <Mark item={item} x={x} isSeen={isSeen(item)} key={item.reference} />
      ))}
    </>
  );
}

const short = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);

function Mark({
  item,
  x,
  isSeen,
}: {
  readonly item: TimelineItem;
  readonly x: (day: string) => number;
  readonly isSeen: boolean;
}) {
  const { lane, label, from, to } = item;
  const kind = `mark ${lane}${isSeen ? ' is-seen' : ''}`;
  const title = `${label}, ${longDay(from)}${to === undefined ? '' : ` – ${longDay(to)}`}`;
  if (to !== undefined && lane === 'condition')
    return (
      <rect class={kind} x={x(from)} y={13} width={Math.max(x(to) - x(from), 3)} height={8} rx={4}>
        <title>{title}</title>
      </rect>
    );
  return (
    <circle class={kind} cx={x(from)} cy={17} r={5}>
      <title>{title}</title>
    </circle>
  );
}

function TimelineTable({ items, isSeen }: Omit<DrawingProps, 'today'>) {
  const words = texts.timeline;
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{words.what}</th>
          <th scope="col">{words.kind}</th>
          <th scope="col">{words.from}</th>
          <th scope="col">{words.to}</th>
          <th scope="col">{words.evidence}</th>
        </tr>
      </thead>
      <tbody>
        {[...items].reverse().map((item) => (
          <tr key={item.reference}>
            <th scope="row">{item.label}</th>
            <td>{words.lanes[item.lane]}</td>
            <td>{longDay(item.from)}</td>
            <td>{item.to === undefined ? '' : longDay(item.to)}</td>
            <td>{isSeen(item) ? words.yes : ''}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
