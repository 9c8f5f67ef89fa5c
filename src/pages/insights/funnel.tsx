import { scaleLinear } from 'd3-scale';
import type { Report } from '../../insights/report.ts';
import { number, share } from '../shared/format.ts';
import { texts } from './texts.ts';

const KEPT = ['quiet', 'silent', 'draft', 'arbitrated'] as const;

/** Calls by how far they came. */
export function Funnel({ report: { funnel, total } }: { readonly report: Report }) {
  const { title, lead, steps, of, failed, kept, keptTitle } = texts.funnel;
  const { inScope, fired, shown, accepted } = funnel;
  const rows = [
    { name: steps.inScope, value: inScope, says: of.inScope },
    { name: steps.fired, value: fired, says: of.fired(share(fired, inScope)) },
    { name: steps.shown, value: shown, says: of.shown(share(shown, fired)) },
    { name: steps.accepted, value: accepted, says: of.accepted(share(accepted, shown)) },
  ];
  const x = scaleLinear([0, Math.max(inScope, 1)], [0, 100]);
  const keptBack = KEPT.filter((why) => total[why] > 0);
  return (
    <section class="panel">
      <h2>{title}</h2>
      <p class="lead">{lead}</p>
      <ol class="funnel">
        {rows.map(({ name, value, says }, index) => (
          <li key={name}>
            <p class="bar-label">
              <span class="step">{name}</span> <strong>{number(value)}</strong>
            </p>
            <svg class={`bar step-${index}`} aria-hidden="true">
              <rect class="ground" width="100%" height="100%" rx="5" />
              <rect width={`${x(value)}%`} height="100%" rx="5" />
            </svg>
            <p class="small">{says}</p>
          </li>
        ))}
      </ol>
      {keptBack.length > 0 && (
        <p class="small kept">
          {keptTitle}: {keptBack.map((why) => `${kept[why]} ${number(total[why])}`).join(' · ')}
        </p>
      )}
      {funnel.failed > 0 && <p class="small kept">{failed(number(funnel.failed))}</p>}
    </section>
  );
}
