import type { Step } from '../../workbench/explanation.ts';
import { longDay } from '../shared/format.ts';
import { whySilent } from './answered.tsx';
import './pathway.css';
import type { Exchange } from './service.ts';
import { texts } from './texts.ts';

interface PathwayProps {
  readonly steps: readonly Step[];
  readonly exchange: Exchange;
  /** What was ordered is still among the drafts. */
  readonly isOrdered: boolean;
}

const MARKS = { done: '✓', some: '…', past: '', apart: '', had: '✓', none: '', unknown: '?' } as const;

/** The ladder of treatments, with where this patient stands on it. */
export function Pathway({ steps, exchange, isOrdered: isStill }: PathwayProps) {
  const words = texts.pathway;
  return (
    <section class="panel ladder">
      <h2>{words.title}</h2>
      <p class="lead">{steps.some(({ isNext }) => isNext) ? words.lead : whyNothing(exchange)}</p>
      <ol class="pathway">
        {steps.map(({ name, title, state, isOrdered, isNext, days }) => (
          <li class={`${state}${isNext ? ' is-next' : ''}`} key={name}>
            <span class="rung" aria-hidden="true">
              {MARKS[state]}
            </span>
            <strong>{title}</strong>
            <span class="small">
              {words.states[state]}
              {days.length > 0 && ` · ${words.days(days.length, longDay(days.at(-1) ?? ''))}`}
            </span>
            <span class="badges">
              {isOrdered && isStill && <span class="badge">{words.ordered}</span>}
              {isNext && <span class="badge info">{words.next}</span>}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** Why no rung is next: what the card says instead, or why there is none. */
function whyNothing(exchange: Exchange): string {
  const { nothing, says } = texts.pathway;
  const summary = exchange.cards?.[0]?.summary;
  return `${nothing} ${summary === undefined ? whySilent(exchange) : says(summary)}`;
}
