import type { Report } from '../../insights/report.ts';
import { texts } from './texts.ts';

/** Cards that call for a look, each with its reason in words. */
export function Attention({ report: { cards, limits, names } }: { readonly report: Report }) {
  const signals = cards
    .flatMap(({ card, version, signals }) => signals.map((signal) => ({ card, version, ...signal })))
    .sort((a, b) => Number(a.kind === 'hand-check') - Number(b.kind === 'hand-check'));
  const isUrgent = signals.some(({ kind }) => kind !== 'hand-check');
  const { title, none, noneLead, kinds, says } = texts.attention;
  return (
    <section class={`panel attention ${isUrgent ? 'urgent' : ''}`}>
      <h2>{signals.length === 0 ? none : title}</h2>
      {signals.length === 0 && limits.leastAnswers !== undefined && <p class="lead">{noneLead(limits.leastAnswers)}</p>}
      {signals.length > 0 && (
        <ul>
          {signals.map(({ card, version, ...signal }) => (
            <li key={`${card} ${version} ${signal.kind}`}>
              <span class={`badge ${signal.kind === 'hand-check' ? 'info' : 'warn'}`}>{kinds[signal.kind]}</span>
              <p>
                <strong>{names.cards[card]?.title ?? card}</strong> <span class="version">{version}</span>
                <br />
                {says[signal.kind](signal)}
              </p>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
