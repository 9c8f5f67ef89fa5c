import { scaleUtc } from 'd3-scale';
import type { TimelineItem } from '../../workbench/explanation.ts';
import { longDay, monthYear } from '../shared/format.ts';
import { useWidth } from '../shared/use-width.ts';
import { texts } from './texts.ts';

const MS_PER_DAY = 86_400_000;
/** What is older is in the table only. */
const MOST_DAYS = 2 * 365;
const ROOM_PER_TICK = 90;
const ROOM_PER_LETTER = 6.4;
/** From this width on, labels stand beside their rows, below it above them. */
const WIDE = 560;
const HEAD = 20;
const FOOT = 26;

/** Entries that share a line. */
export interface Row {
  readonly kind: 'condition' | 'care' | 'procedure' | 'drug' | 'other';
  readonly label: string;
  readonly items: readonly TimelineItem[];
}

interface DrawingProps {
  readonly items: readonly TimelineItem[];
  readonly rowsOf: (inView: readonly TimelineItem[]) => readonly Row[];
  readonly today: string;
  readonly isSeen: (item: TimelineItem) => boolean;
}

/** The time axis as a picture. */
export function Drawing({ items, rowsOf, today, isSeen }: DrawingProps) {
  const { ref, width } = useWidth<HTMLDivElement>(640);
  const isWide = width >= WIDE;
  const gutter = isWide ? Math.min(230, width * 0.28) : 0;
  const row = isWide ? 26 : 36;
  const now = Date.parse(today);
  const start = startOf(items, now);
  const end = Math.max(now, ...items.map(({ from }) => Date.parse(from))) + 14 * MS_PER_DAY;
  const x = scaleUtc([start, end], [gutter + 8, Math.max(width - 8, gutter + 60)]);
  const inView = items.filter(({ from, to }) => Date.parse(to ?? from) >= start);
  const rows = rowsOf(inView);
  const height = HEAD + rows.length * row + FOOT;
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
        {x.ticks(Math.max(2, Math.floor((width - gutter) / ROOM_PER_TICK))).map((tick) => (
          <g class="tick" key={tick.getTime()}>
            <line x1={x(tick)} x2={x(tick)} y1={HEAD} y2={height - FOOT} />
            <text x={Math.min(Math.max(x(tick), gutter + 20), width - 22)} y={height - 8} text-anchor="middle">
              {monthYear(tick)}
            </text>
          </g>
        ))}
        <g class="today">
          <line x1={x(now)} x2={x(now)} y1={HEAD - 4} y2={height - FOOT} />
          <text x={Math.min(x(now), width - 18)} y={12} text-anchor="middle">
            {texts.timeline.today}
          </text>
        </g>
        {rows.map(({ kind, label, items: mine }, index) => (
          <g transform={`translate(0 ${HEAD + index * row})`} key={`${kind} ${mine[0]?.reference}`}>
            <text class="label" x={0} y={isWide ? row / 2 + 4 : 14}>
              <title>{label}</title>
              {short(label, Math.floor((isWide ? gutter : width) / ROOM_PER_LETTER))}
            </text>
            {mine.map((item) => (
              <Mark
                item={item}
                kind={`mark ${kind}${isSeen(item) ? ' is-seen' : ''}`}
                x={(day) => x(Math.max(Date.parse(day), start))}
                y={isWide ? row / 2 : 25}
                key={item.reference}
              />
            ))}
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

const short = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);

interface MarkProps {
  readonly item: TimelineItem;
  readonly kind: string;
  readonly x: (day: string) => number;
  readonly y: number;
}

/** What lasts is a bar, what happened on a day a dot. */
function Mark({ item: { lane, label, from, to }, kind, x, y }: MarkProps) {
  const title = `${label}, ${longDay(from)}${to === undefined ? '' : ` – ${longDay(to)}`}`;
  if (to !== undefined && lane === 'condition')
    return (
      <rect class={kind} x={x(from)} y={y - 5} width={Math.max(x(to) - x(from), 3)} height={10} rx={5}>
        <title>{title}</title>
      </rect>
    );
  return (
    <circle class={kind} cx={x(from)} cy={y} r={5.5}>
      <title>{title}</title>
    </circle>
  );
}
