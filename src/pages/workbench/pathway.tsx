import type { Step } from '../../workbench/explanation.ts';
import './pathway.css';
import { texts } from './texts.ts';

interface PathwayProps {
  readonly steps: readonly Step[];
  /** What silences the whole call. */
  readonly silencedBy: string | undefined;
}

/** The ladder of treatments, with where this patient stands on it. */
export function Pathway({ steps, silencedBy }: PathwayProps) {
  const words = texts.pathway;
  return (
    <section class="panel ladder">
      <h2>{words.title}</h2>
      <p class="lead">{silencedBy === undefined ? words.lead : words.silenced(silencedBy)}</p>
      <ol class="pathway">
        {steps.map(({ name, title, state, isOrdered, isNext, evidence }) => (
          <li class={`${state}${isNext ? ' is-next' : ''}`} key={name}>
            <span class="rung" aria-hidden="true">
              {{ done: '✓', some: '…', none: '', unknown: '?' }[state]}
            </span>
            <strong>{title}</strong>
            <span class="small">
              {words.states[state]}
              {evidence.length > 0 && ` · ${words.entries(evidence.length)}`}
            </span>
            <span class="badges">
              {isOrdered && <span class="badge">{words.ordered}</span>}
              {isNext && <span class="badge info">{words.next}</span>}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
