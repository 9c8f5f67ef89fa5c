import { useState } from 'preact/hooks';
import type { Card, Suggestion } from '../../cds-hooks/types.ts';
import { spoken } from '../shared/language.ts';
import { Markdown, SafeLink } from '../shared/markdown.tsx';
import { SelectField, TextField } from './fields.tsx';
import { texts } from './texts.ts';

interface CardViewProps {
  readonly card: Card;
  readonly language: string;
  readonly isAnswered: boolean;
  /** The suggestion that was accepted. */
  readonly accepted: string | undefined;
  readonly accept: (suggestion: Suggestion) => void;
  readonly override: (reason: string, comment: string) => void;
}

/** One CDS Hooks card. */
export function CardView({ card, language, isAnswered, accepted, accept, override }: CardViewProps) {
  const { summary, detail, indicator, source, suggestions = [], links = [], overrideReasons = [] } = card;
  const words = texts.card;
  return (
    <article class={`cds-card ${indicator}`} lang={language}>
      <span class={`badge ${indicator === 'info' ? 'info' : 'warn'}`} lang={spoken}>
        {words.indicator[indicator]}
      </span>
      <h3>{summary}</h3>
      <div class="detail">
        <Markdown text={detail} />
      </div>
      <p class="small muted">
        <span lang={spoken}>{words.source}</span> <SafeLink url={source.url ?? ''} label={source.label} />
      </p>
      <div class="suggestions">
        {suggestions.map((suggestion) => (
          <button
            type="button"
            class={`button${suggestion.isRecommended ? ' recommended' : ''}${suggestion.uuid === accepted ? ' accepted' : ''}`}
            disabled={isAnswered}
            onClick={() => accept(suggestion)}
            key={suggestion.uuid}
          >
            {suggestion.label}
          </button>
        ))}
      </div>
      {overrideReasons.length > 0 && <Override reasons={overrideReasons} isAnswered={isAnswered} override={override} />}
      {links.length > 0 && (
        <p class="small links">
          <span lang={spoken}>{words.links}:</span>
          {links.map(({ label, url }) => (
            <SafeLink url={url} label={label} key={url} />
          ))}
        </p>
      )}
    </article>
  );
}

interface OverrideProps extends Pick<CardViewProps, 'isAnswered' | 'override'> {
  readonly reasons: NonNullable<Card['overrideReasons']>;
}

function Override({ reasons, isAnswered, override }: OverrideProps) {
  const words = texts.card;
  const [reason, setReason] = useState('');
  const [comment, setComment] = useState('');
  const options = { '': words.noReason, ...Object.fromEntries(reasons.map(({ code, display }) => [code, display])) };
  return (
    <details class="override">
      <summary>
        <span lang={spoken}>{words.override}</span>
      </summary>
      <div class="fields">
        <SelectField label={words.reason} value={reason} options={options} change={setReason} />
        <TextField label={words.comment} value={comment} change={setComment} />
        <button type="button" class="button" disabled={isAnswered} onClick={() => override(reason, comment)}>
          {words.send}
        </button>
      </div>
    </details>
  );
}
