import type { Explanation, RungChoice, TimelineItem } from '../../workbench/explanation.ts';
import { Fold } from '../shared/fold.tsx';
import { type Dates, DatesTable } from './dates-table.tsx';
import { Drawing, type Row } from './drawing.tsx';
import { texts } from './texts.ts';
import './timeline.css';

interface TimelineProps {
  readonly explanation: Explanation;
  readonly ladder: readonly RungChoice[];
  /** References of what the answer rests on, or of what is pointed at. */
  readonly evidence: readonly string[];
  readonly dates: Dates;
}

/** What the chart holds, by kind, on one time axis; what the answer rests on stands out. */
export function Timeline({ explanation: { timeline, today, orders }, ladder, evidence, dates }: TimelineProps) {
  const words = texts.timeline;
  const seen = new Set(evidence.map((reference) => reference.replace(/#\d+$/, '')));
  const isSeen = ({ reference }: TimelineItem) => seen.has(reference.replace(/#\d+$/, ''));
  const items = timeline.filter((item) => item.lane !== 'other' || isSeen(item));
  const titles = new Map(ladder.map(({ name, title }) => [name, title ?? '']));
  const kindOf = ({ lane, rung }: TimelineItem) => titles.get(rung) || words.lanes[lane];
  return (
    <section class="panel" id="timeline">
      <h2>{words.title}</h2>
      <p class="lead">{items.length === 0 ? words.none : orders.length === 0 ? words.unread : words.lead}</p>
      {items.length > 0 && (
        <>
          <Drawing rowsOf={(inView) => rowsOf(inView, ladder)} items={items} today={today} isSeen={isSeen} />
          <Fold summary={words.table}>
            {() => <DatesTable items={items} today={today} isSeen={isSeen} kindOf={kindOf} {...dates} />}
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
