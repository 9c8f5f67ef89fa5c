import type { CardReason, Explanation, Reason } from '../../workbench/explanation.ts';
import { Fold } from '../shared/fold.tsx';
import { number } from '../shared/format.ts';
import { Inline } from '../shared/markdown.tsx';
import { Aside, Evidence, isDecided, type Pointing } from './evidence.tsx';
import { texts } from './texts.ts';
import './why.css';
import { foundText, verdictText } from './why-words.ts';

/** In the order in which they matter; others are named only. */
const VERDICTS = ['fires', 'silent', 'unknown', 'fails'] as const;
/** Of a long list, what the answer may rest on. */
const TELLING = ['holds', 'unknown'] as const;
/** A list of what does not hold that is longer than this stands in columns, where there is room. */
const MANY = 6;

interface WhyProps extends Pick<Pointing, 'point' | 'pointed'> {
  readonly explanation: Explanation;
}

/** Every card of the pack: those about this order in full, the others by name. */
export function Why({ explanation, point, pointed }: WhyProps) {
  const words = texts.why;
  const { cards, slices } = explanation;
  const mine = VERDICTS.flatMap((wanted) => cards.filter(({ verdict }) => verdict === wanted)).sort(
    (a, b) => Number(isDecided(b)) - Number(isDecided(a)),
  );
  const others = cards.filter(({ verdict }) => verdict === 'other-order');
  const pointing: Pointing = {
    point,
    pointed,
    onAxis: new Map(explanation.timeline.map((item) => [item.reference, item])),
    orders: new Set(explanation.orders.map(({ order }) => order)),
  };
  return (
    <section class="panel why" id="why">
      <h2>{words.title}</h2>
      <p class="lead">{words.lead}</p>
      {mine.map((card, index) => (
        <CardWhy card={card} isOpen={index === 0} {...pointing} key={card.id} />
      ))}
      {others.length > 0 && (
        <Fold summary={words.others(others.length)}>
          {() => (
            <ul class="others">
              {others.map(({ id, title, about }) => (
                <li key={id}>
                  <a href={`/knowledge#${id}`}>{title}</a> <span class="small muted">{words.about(about)}</span>
                </li>
              ))}
            </ul>
          )}
        </Fold>
      )}
      {slices.length > 0 && (
        <Fold summary={words.read}>
          {() => (
            <ul class="others">
              {slices.map(({ name, label, state, count }) => (
                <li key={name}>
                  {label}: {words.slice[state]}
                  {state !== 'unavailable' && ` (${count})`}
                </li>
              ))}
            </ul>
          )}
        </Fold>
      )}
    </section>
  );
}

interface CardWhyProps extends Pointing {
  readonly card: CardReason;
  readonly isOpen: boolean;
}

function CardWhy({ card, isOpen, ...pointing }: CardWhyProps) {
  const words = texts.why;
  const { id, version, title, status, verdict, isShown, unshown, silencedBy, outcome, indicator } = card;
  const parts: readonly Omit<PartProps, keyof Pointing>[] = [
    { heading: words.when, reasons: card.when, isNeeded: true },
    { heading: words.silence, reasons: card.silence, isLong: true },
    { heading: words.outcomes, reasons: card.outcomes },
    { heading: words.caps, reasons: card.caps, isLong: true },
  ];
  return (
    <Fold
      class="card-why"
      isOpen={isOpen}
      summary={
        <>
          {title} <span class={`badge ${verdict === 'fires' ? 'info' : ''}`}>{verdictText(card, words)}</span>{' '}
          {isShown && <span class="badge warn">{words.shown}</span>}
          {status === 'draft' && unshown === undefined && <span class="badge">{words.draft}</span>}
        </>
      }
    >
      {() => (
        <div class="reasons">
          <p class="small">
            {silencedBy !== undefined && `${words.silencedBy(silencedBy)} `}
            {outcome !== undefined && (
              <>
                {words.outcome} {indicator && texts.card.indicator[indicator]} <code class="id">{outcome}</code>{' '}
              </>
            )}
            <a href={`/knowledge#${id}`} title={id}>
              {words.version(version)}
            </a>
          </p>
          {parts.map((part) => part.reasons.length > 0 && <Part {...part} {...pointing} key={part.heading} />)}
        </div>
      )}
    </Fold>
  );
}

interface ReasonsProps extends Pointing {
  readonly reasons: readonly Reason[];
  /** One that does not hold speaks against the card. */
  readonly isNeeded?: boolean;
  readonly isInColumns?: boolean;
}

interface PartProps extends ReasonsProps {
  readonly heading: string;
  /** Only what holds or could not be told is listed at once. */
  readonly isLong?: boolean;
}

function Part({ heading, reasons, isLong = false, ...others }: PartProps) {
  const listed = isLong ? TELLING.flatMap((wanted) => reasons.filter(({ truth }) => truth === wanted)) : reasons;
  const rest = reasons.filter((reason) => !listed.includes(reason));
  return (
    <div>
      <h3>{heading}</h3>
      {listed.length > 0 && <Reasons reasons={listed} {...others} />}
      {rest.length > 0 && (
        <Fold summary={texts.why.rest(rest.length)}>
          {() => <Reasons reasons={rest} isInColumns={rest.length > MANY} {...others} />}
        </Fold>
      )}
    </div>
  );
}

function Reasons({ reasons, isInColumns = false, ...others }: ReasonsProps) {
  return (
    <ul class={isInColumns ? 'tree many' : 'tree'}>
      {reasons.map((reason, index) => (
        <li class={reason.truth} key={`${index} ${reason.says ?? reason.group}`}>
          <OneReason reason={reason} {...others} />
        </li>
      ))}
    </ul>
  );
}

interface OneReasonProps extends Omit<ReasonsProps, 'reasons' | 'isInColumns'> {
  readonly reason: Reason;
}

function OneReason({ reason, isNeeded = false, ...pointing }: OneReasonProps) {
  const words = texts.why;
  const { says, test, group, outcome, truth, found, byDefault, criterion, parts } = reason;
  const given = found === undefined ? '' : foundText(found, words.found, number);
  const line = (
    <>
      <span class={`truth ${truth}`} aria-hidden="true">
        {words.marks[truth === 'fails' && !isNeeded ? 'spared' : truth]}
      </span>{' '}
      {says === undefined ? group && words.groups[group] : <Inline text={says} />}{' '}
      {says === undefined && <span class="small muted gist">{gistOf(parts)} </span>}
      <span class="unseen">{words.truths[truth]}</span>
      {test !== undefined && (
        <Aside>
          <Inline text={test} />
        </Aside>
      )}
      {given !== '' && <Aside>{given}</Aside>}
      {byDefault && truth !== 'unknown' && <Aside>{words.byDefault[truth]}</Aside>}
      {outcome !== undefined && <code class="id">{outcome}</code>}
    </>
  );
  if (parts.length === 0)
    return (
      <>
        {line} <Evidence evidence={reason.evidence} {...pointing} />
      </>
    );
  const decides = (truth === 'holds' || isNeeded) && parts.some((part) => part.truth === truth);
  return (
    // what decides is opened: it is what the answer rests on
    <Fold summary={line} isOpen={decides}>
      {() => (
        <>
          {says !== undefined && group !== undefined && <p class="small muted">{words.groups[group]}</p>}
          <Reasons reasons={parts} isNeeded={isNeeded && isNeededIn(reason)} {...pointing} />
          {criterion !== undefined && (
            <a class="small" href={`/knowledge#${criterion}`} title={criterion}>
              {words.definition}
            </a>
          )}
        </>
      )}
    </Fold>
  );
}

/** Parts by name, while a group without a title is closed. */
const gistOf = (parts: readonly Reason[]): string => parts.map(({ says }) => says ?? '…').join('; ');

/** Whether a part that does not hold speaks against the whole: not where the whole holds, nor where another part is enough. */
const isNeededIn = ({ group, truth, parts }: Reason): boolean =>
  truth !== 'holds' && group !== 'none' && !(group === 'any' && parts.some((part) => part.truth === 'holds'));
