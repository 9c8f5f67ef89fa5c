import type { Explanation, RungChoice, TimelineItem } from '../../workbench/explanation.ts';
import { Fold } from '../shared/fold.tsx';
import { longDay } from '../shared/format.ts';
import { Drawing, type Row } from './drawing.tsx';
import { texts } from './texts.ts';
import './timeline.css';

interface TimelineProps {
  readonly explanation: Explanation;
  readonly ladder: readonly RungChoice[];
  /** References of what the answer rests on, or of what is pointed at. */
  readonly evidence: readonly string[];
  /** Gives an entry another day. */
  readonly move: (item: TimelineItem, to: string) => void;
}

/** What the chart holds, by kind, on one time axis; what the answer rests on stands out. */
export function Timeline({ explanation: { timeline, today }, ladder, evidence, move }: TimelineProps) {
  const words = texts.timeline;
  const seen = new Set(evidence.map((reference) => reference.replace(/#\d+$/, '')));
  const isSeen = ({ reference }: TimelineItem) => seen.has(reference.replace(/#\d+$/, ''));
  const items = timeline.filter((item) => item.lane !== 'other' || isSeen(item));
  const titles = new Map(ladder.map(({ name, title }) => [name, title ?? '']));
  const kindOf = ({ lane, rung }: TimelineItem) => titles.get(rung) || words.lanes[lane];
  return (
    <section class="panel" id="timeline">
      <h2>{words.title}</h2>
      <p class="lead">{items.length === 0 ? words.none : words.lead}</p>
      {items.length > 0 && (
        <>
          <Drawing rowsOf={(inView) => rowsOf(inView, ladder)} items={items} today={today} isSeen={isSeen} />
          <Fold summary={words.table}>
            {() => <TimelineTable items={items} isSeen={isSeen} kindOf={kindOf} move={move} />}
          </Fold>
        </>
      )}
    </section>
  );
}

/** Conditions have a row each, and so has every rung of the ladder; everything else shares one by kind. */
function rowsOf(items: readonly TimelineItem[], ladder: readonly RungChoice[]): Row[] {
  const { lanes } = texts.timeline;
  const conditions = items.filter(({ lane }) => lane === 'condition');
  const rungs = ladder.filter(({ name }) => name !== undefined);
  return [
    ...conditions.map((item): Row => ({ kind: 'condition', label: item.label, items: [item] })),
    ...rungs.map(
      ({ name, title = '', orders }): Row => ({
        kind: orders.length > 0 ? 'procedure' : 'care',
        label: title,
        items: items.filter(({ rung }) => rung === name),
      }),
    ),
    ...(['drug', 'other'] as const).map(
      (kind): Row => ({ kind, label: lanes[kind], items: items.filter(({ lane }) => lane === kind) }),
    ),
  ].filter((row) => row.items.length > 0);
}

interface TimelineTableProps extends Pick<TimelineProps, 'move'> {
  readonly items: readonly TimelineItem[];
  readonly isSeen: (item: TimelineItem) => boolean;
  readonly kindOf: (item: TimelineItem) => string;
}

function TimelineTable({ items, isSeen, kindOf, move }: TimelineTableProps) {
  const words = texts.timeline;
  return (
    <table class="wide">
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
            <td data-label={words.kind}>{kindOf(item)}</td>
            <td data-label={words.from}>
              <input
                class="input date"
                type="date"
                required
                aria-label={words.date(item.label)}
                value={item.from}
                onChange={({ currentTarget: { value } }) => value !== '' && move(item, value)}
              />
            </td>
            <td data-label={words.to}>{item.to === undefined ? '' : longDay(item.to)}</td>
            <td data-label={words.evidence}>{isSeen(item) ? words.yes : ''}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
