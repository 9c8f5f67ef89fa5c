import type { CardReason, Explanation, Found, Reason } from '../../workbench/explanation.ts';
import { Fold } from '../shared/fold.tsx';
import { number } from '../shared/format.ts';
import { Inline } from '../shared/markdown.tsx';
import { texts } from './texts.ts';
import './why.css';

/** In the order in which they matter; others are named only. */
const VERDICTS = ['fires', 'silent', 'unknown', 'fails'] as const;
/** Of a long list, what the answer may rest on. */
const TELLING = ['holds', 'unknown'] as const;
/** A list as long as this stands in columns, where there is room. */
const MANY = 6;

interface Pointing {
  /** Shows where in the chart something was seen. */
  readonly point: (references: readonly string[] | undefined) => void;
  readonly pointed: readonly string[] | undefined;
  /** References of what stands on the time axis. */
  readonly onAxis: ReadonlySet<string>;
  /** References of the orders that the call is about. */
  readonly orders: ReadonlySet<string>;
}

interface WhyProps extends Pick<Pointing, 'point' | 'pointed'> {
  readonly explanation: Explanation;
}

/** Resources that the answer rests on: of the card that is shown, else of the condition that silences, else of what was judged first. */
export function evidenceIn({ cards, orders }: Explanation): readonly string[] {
  if (orders.length === 0) return [];
  const judged = cards.filter(({ verdict }) => verdict !== 'other-order');
  const first = cards.find(({ isShown }) => isShown) ?? judged.find(({ verdict }) => verdict === 'silent') ?? judged[0];
  if (first === undefined) return [];
  const silencing = first.verdict === 'silent' ? first.silence.filter(({ truth }) => truth === 'holds') : [];
  const reasons = [...first.when, ...silencing, ...first.outcomes];
  const told = first.evidence.map(({ reference }) => reference);
  return [...new Set([...told, ...reasons.flatMap(referencesIn)])];
}

const referencesIn = ({ evidence, parts }: Reason): string[] => [
  ...evidence.map(({ reference }) => reference),
  ...parts.flatMap(referencesIn),
];

/** Every card of the pack: those about this order in full, the others by name. */
export function Why({ explanation, point, pointed }: WhyProps) {
  const words = texts.why;
  const { cards, slices } = explanation;
  const mine = VERDICTS.flatMap((wanted) => cards.filter(({ verdict }) => verdict === wanted)).sort(
    (a, b) => Number(b.isShown) - Number(a.isShown),
  );
  const others = cards.filter(({ verdict }) => verdict === 'other-order');
  const pointing: Pointing = {
    point,
    pointed,
    onAxis: new Set(explanation.timeline.map(({ reference }) => reference)),
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
  const { id, version, title, status, verdict, isShown, silencedBy, outcome, indicator } = card;
  const parts = [
    [words.when, card.when, false],
    [words.silence, card.silence, true],
    [words.outcomes, card.outcomes, false],
    [words.caps, card.caps, true],
  ] as const;
  return (
    <Fold
      class="card-why"
      isOpen={isOpen}
      summary={
        <>
          {title} <span class={`badge ${verdict === 'fires' ? 'info' : ''}`}>{words.verdicts[verdict]}</span>{' '}
          {isShown && <span class="badge warn">{words.shown}</span>}
          {status === 'draft' && <span class="badge">{words.draft}</span>}
        </>
      }
    >
      {() => (
        <div class="reasons">
          <p class="small">
            {silencedBy !== undefined && `${words.silencedBy(silencedBy)} `}
            {outcome !== undefined && (
              <>
                <code>{outcome}</code>
                {indicator && ` (${texts.card.indicator[indicator]})`}{' '}
              </>
            )}
            <a href={`/knowledge#${id}`}>
              {id} {version}
            </a>
          </p>
          {parts.map(
            ([heading, reasons, isLong]) =>
              reasons.length > 0 && (
                <Part heading={heading} reasons={reasons} isLong={isLong} {...pointing} key={heading} />
              ),
          )}
        </div>
      )}
    </Fold>
  );
}

interface PartProps extends Pointing {
  readonly heading: string;
  readonly reasons: readonly Reason[];
  /** Only what holds or could not be told is listed at once. */
  readonly isLong: boolean;
}

function Part({ heading, reasons, isLong, ...pointing }: PartProps) {
  const listed = isLong ? TELLING.flatMap((wanted) => reasons.filter(({ truth }) => truth === wanted)) : reasons;
  const rest = reasons.filter((reason) => !listed.includes(reason));
  return (
    <div>
      <h3>{heading}</h3>
      {listed.length > 0 && <Reasons reasons={listed} {...pointing} />}
      {rest.length > 0 && (
        <Fold summary={texts.why.rest(rest.length)}>{() => <Reasons reasons={rest} {...pointing} />}</Fold>
      )}
    </div>
  );
}

function Reasons({ reasons, ...pointing }: Omit<PartProps, 'heading' | 'isLong'>) {
  return (
    <ul class={reasons.length > MANY ? 'tree many' : 'tree'}>
      {reasons.map((reason, index) => (
        <li class={reason.truth} key={`${index} ${reason.says ?? reason.group}`}>
          <OneReason reason={reason} {...pointing} />
        </li>
      ))}
    </ul>
  );
}

function OneReason({ reason, ...pointing }: Pointing & { readonly reason: Reason }) {
  const words = texts.why;
  const { says, group, outcome, truth, found, byDefault, criterion, parts } = reason;
  const line = (
    <>
      <span class={`truth ${truth}`} aria-hidden="true">
        {words.marks[truth]}
      </span>{' '}
      {outcome !== undefined && <code>{outcome}: </code>}
      {group === undefined ? <Inline text={says ?? ''} /> : words.groups[group]}{' '}
      <span class="unseen">{words.truths[truth]}</span>
      {found !== undefined && <span class="small muted"> · {foundText(found)}</span>}
      {byDefault && <span class="small muted"> · {words.byDefault}</span>}
    </>
  );
  if (parts.length === 0)
    return (
      <>
        {line} <Evidence reason={reason} {...pointing} />
      </>
    );
  return (
    // what holds is opened: it is what the answer rests on
    <Fold summary={line} isOpen={truth === 'holds'}>
      {() => (
        <>
          <Reasons reasons={parts} {...pointing} />
          {criterion !== undefined && (
            <a class="small" href={`/knowledge#${criterion}`}>
              {words.knowledge(says ?? criterion)}
            </a>
          )}
        </>
      )}
    </Fold>
  );
}

/** What the chart gave, in words. */
function foundText({ names, isOpen, isUnavailable, isNever, least, most, unread }: Found): string {
  const words = texts.why.found;
  const left = unread.length === 0 ? '' : words.unread(unread.join(', '));
  if (names !== undefined)
    return words.is([...names, ...(isOpen ? [words.others] : [])].join(', ') || words.nothing) + left;
  if (isUnavailable) return words.unavailable + left;
  if (isNever) return words.is(words.never) + left;
  if (least === undefined) return words.noNumber + left;
  if (least === most) return words.is(number(least)) + left;
  return words.is(most === undefined ? words.atLeast(least) : words.between(least, most)) + left;
}

/** Leads to the time axis, as far as what was seen stands there: not the patient, nor the order itself. */
function Evidence({ reason: { evidence }, point, pointed, onAxis, orders }: Pointing & { readonly reason: Reason }) {
  if (evidence.length === 0) return null;
  const references = evidence.map(({ reference }) => reference);
  const title = evidence
    .map(({ reference, date }) => (date === undefined ? reference : `${reference}, ${date}`))
    .join('\n');
  if (!references.some((reference) => onAxis.has(reference))) {
    const isOrder = references.every((reference) => orders.has(reference));
    return (
      <span class="seen" title={title}>
        {isOrder ? texts.why.inOrder : texts.why.evidence(evidence.length)}
      </span>
    );
  }
  const isPointed = pointed !== undefined && pointed.join() === references.join();
  return (
    <button
      type="button"
      class="pointer"
      aria-pressed={isPointed}
      onClick={() => point(isPointed ? undefined : references)}
      title={title}
    >
      {texts.why.evidence(evidence.length)}
    </button>
  );
}
