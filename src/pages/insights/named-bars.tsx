import { scaleLinear } from 'd3-scale';
import type { Report } from '../../insights/report.ts';
import { number, share } from '../shared/format.ts';
import { texts } from './texts.ts';

const OTHER = 'other';

/** Overridden cards by reason. */
export function Reasons({ report: { total, names } }: { readonly report: Report }) {
  const { title, none, noReason, other, lacks } = texts.reasons;
  const rows = Object.entries(total.reasons).map(([code, count]) => ({
    name: names.reasons[code] ?? (code === '' ? noReason : code === OTHER ? other : code),
    count,
    ...(names.chartLacks.includes(code) && { mark: lacks }),
  }));
  return <NamedBars title={title} none={none} rows={rows} of={total.overridden} kind="overridden" />;
}

/** Accepted cards by suggestion. */
export function Suggestions({ report: { total, names } }: { readonly report: Report }) {
  const { title, none, other } = texts.suggestions;
  const counts = new Map<string, number>();
  for (const [id, count] of Object.entries(total.suggestions)) {
    const name = names.suggestions[id] ?? (id === OTHER ? other : id);
    counts.set(name, (counts.get(name) ?? 0) + count);
  }
  const rows = [...counts].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count);
  return <NamedBars title={title} none={none} rows={rows} of={total.accepted} kind="accepted" />;
}

interface NamedBarsProps {
  readonly title: string;
  readonly none: string;
  readonly rows: readonly { readonly name: string; readonly count: number; readonly mark?: string }[];
  readonly of: number;
  readonly kind: 'accepted' | 'overridden';
}

/** A table whose rows are drawn as bars too: names are long, and a table is read on any screen. */
function NamedBars({ title, none, rows, of, kind }: NamedBarsProps) {
  const x = scaleLinear([0, Math.max(1, ...rows.map(({ count }) => count))], [0, 100]);
  return (
    <section class="panel">
      <h2>{title}</h2>
      {rows.length === 0 && <p class="lead">{none}</p>}
      <ul class="named">
        {rows.map(({ name, count, mark }) => (
          <li key={name}>
            <p class="bar-label">
              <span>
                {name} {mark !== undefined && <span class="badge warn">{mark}</span>}
              </span>{' '}
              <span>
                <strong>{number(count)}</strong> <span class="small">{share(count, of)}</span>
              </span>
            </p>
            <svg class={`bar thin ${kind}`} aria-hidden="true">
              <rect class="ground" width="100%" height="100%" rx="3" />
              <rect width={`${x(count)}%`} height="100%" rx="3" />
            </svg>
          </li>
        ))}
      </ul>
    </section>
  );
}
