import { useState } from 'preact/hooks';
import type { TimelineItem } from '../../workbench/explanation.ts';
import { longDay } from '../shared/format.ts';
import type { Dated } from './edits.ts';
import { texts } from './texts.ts';

/** Dates of entries, and how they are changed. */
export interface Dates {
  readonly datedOf: (item: TimelineItem) => Dated;
  /** Gives an entry another day. */
  readonly move: (item: TimelineItem, to: string) => void;
  /** The chart goes along with the call, so that a change reaches the service. */
  readonly canMove: boolean;
}

interface DatesTableProps extends Dates {
  readonly items: readonly TimelineItem[];
  readonly today: string;
  readonly isSeen: (item: TimelineItem) => boolean;
  readonly kindOf: (item: TimelineItem) => string;
}

/** The entries of the time axis, latest first by their own dates, so that none leaves its row while it is moved. */
export function DatesTable({ items, today, isSeen, kindOf, datedOf, move, canMove }: DatesTableProps) {
  const words = texts.timeline;
  const rows = items.map((item) => ({ item, ...datedOf(item) })).sort((a, b) => (a.own < b.own ? 1 : -1));
  return (
    <>
      {!canMove && <p class="hint">{words.fixed}</p>}
      <table class="wide few dates">
        <thead>
          <tr>
            <th scope="col">{words.what}</th>
            <th scope="col">{words.from}</th>
            <th scope="col">{words.to}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ item, now }) => (
            <tr key={item.reference}>
              <th scope="row">
                {item.label} <span class="small muted">{kindOf(item)}</span>{' '}
                {isSeen(item) && <span class="badge info">{words.evidence}</span>}
              </th>
              <td data-label={words.from}>
                {canMove ? (
                  <DateField label={words.date(item.label)} day={now} change={(to) => move(item, to)} />
                ) : (
                  longDay(now)
                )}
              </td>
              <td data-label={words.to}>
                {item.to === undefined ? '' : item.to === today ? words.ongoing : longDay(item.to)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

interface DateFieldProps {
  readonly label: string;
  readonly day: string;
  readonly change: (day: string) => void;
}

/** A date that is taken when it is whole and of this age: a year is typed digit by digit. */
function DateField({ label, day, change }: DateFieldProps) {
  const [typed, setTyped] = useState<string>();
  return (
    <input
      class="input date"
      type="date"
      required
      min="1900-01-01"
      max="2199-12-31"
      aria-label={label}
      value={typed ?? day}
      onInput={({ currentTarget: { value, validity } }) => {
        setTyped(validity.valid ? undefined : value);
        if (validity.valid && value !== day) change(value);
      }}
      onBlur={() => setTyped(undefined)}
    />
  );
}
