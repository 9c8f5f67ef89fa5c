import type { Report } from '../../insights/report.ts';
import { number } from '../shared/format.ts';
import { texts } from './texts.ts';

/** What the numbers mean, and what is not in them. */
export function Definitions({ report: { feedback } }: { readonly report: Report }) {
  const { definitions, strays, exports } = texts;
  const left = [
    [feedback.onUnknownCards, strays.unknown],
    [feedback.onEarlierCards, strays.earlier],
    [feedback.tooLate, strays.late],
  ] as const;
  return (
    <section class="panel">
      <h2>{definitions.title}</h2>
      <dl class="definitions">
        {definitions.list.map(([term, meaning]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      {left.map(([count, says]) =>
        count > 0 ? (
          <p class="small below" key={says(number(count))}>
            {says(number(count))}
          </p>
        ) : null,
      )}
      <p class="small below">{exports}</p>
    </section>
  );
}
