import { useEffect, useRef, useState } from 'preact/hooks';
import type { Card, Feedback, Suggestion } from '../../cds-hooks/types.ts';
import { Fold } from '../shared/fold.tsx';
import { Json } from '../shared/json.tsx';
import { CardView } from './card-view.tsx';
import type { Resource } from './chart.ts';
import { applyActions } from './order.ts';
import { type Exchange, sendFeedback } from './service.ts';
import { texts } from './texts.ts';
import './card.css';

interface AnsweredProps {
  readonly exchange: Exchange | undefined;
  /** Another call is under way: nothing can be answered here any more. */
  readonly isOld: boolean;
  readonly drafts: readonly Resource[];
  /** Takes the drafts over as a suggestion leaves them. */
  readonly accept: (drafts: readonly Resource[]) => void;
  readonly forgetAnswer: () => Promise<void>;
}

/** The answer as an EHR shows it, and what the doctor said to it. */
export function Answered({ exchange, isOld, drafts, accept, forgetAnswer }: AnsweredProps) {
  const [said, setSaid] = useState<Said>();
  const isSending = useRef(false);
  const saying = useRef<HTMLDivElement>(null);
  useEffect(() => {
    saying.current?.focus({ preventScroll: true }); // the button that was pressed takes no more
    saying.current?.scrollIntoView({ block: 'nearest' });
  }, [said]);
  const answer = async (words: string, item: Feedback, next: readonly Resource[] = drafts) => {
    if (exchange === undefined || isSending.current) return;
    isSending.current = true;
    const problem = await sendFeedback(exchange.url, item);
    isSending.current = problem === undefined; // what was not kept may be sent again
    setSaid({ words: problem ?? words, item, isKept: problem === undefined });
    if (problem === undefined) accept(next);
  };
  const now = () => new Date().toISOString();
  const acceptOne = ({ uuid }: Card, { label, uuid: id, actions }: Suggestion) =>
    answer(
      texts.card.accepted(label),
      { card: uuid, outcome: 'accepted', acceptedSuggestions: [{ id }], outcomeTimestamp: now() },
      applyActions(drafts, actions),
    );
  const override = ({ uuid, overrideReasons = [] }: Card, code: string, userComment: string) => {
    const chosen = overrideReasons.find((reason) => reason.code === code);
    const reason = chosen && { code, system: chosen.system };
    const why = { ...(reason && { reason }), ...(userComment && { userComment }) };
    const hasWhy = Object.keys(why).length > 0;
    return answer(texts.card.overridden, {
      card: uuid,
      outcome: 'overridden',
      ...(hasWhy && { overrideReason: why }),
      outcomeTimestamp: now(),
    });
  };
  const cards = exchange?.cards ?? [];
  const isAnswered = said?.isKept === true;
  return (
    <section class="panel seen-by-doctor" inert={isOld}>
      <h2>{texts.card.title}</h2>
      <div>
        {said !== undefined && (
          <div class={said.isKept ? 'said' : 'said failed'} tabIndex={-1} ref={saying}>
            <p>
              {said.words} {said.isKept && texts.card.quietNow}
            </p>
            {said.isKept && (
              <button type="button" class="button" onClick={forgetAnswer}>
                {texts.card.forget}
              </button>
            )}
            <Fold summary={texts.wire.feedback}>
              {() => <Json label={texts.wire.feedback} value={{ feedback: [said.item] }} />}
            </Fold>
          </div>
        )}
        {cards.map((card) => (
          <CardView
            card={card}
            language={exchange?.language ?? ''}
            isAnswered={isAnswered}
            accepted={isAnswered ? said?.item.acceptedSuggestions?.[0]?.id : undefined}
            accept={(suggestion) => acceptOne(card, suggestion)}
            override={(reason, comment) => override(card, reason, comment)}
            key={card.uuid}
          />
        ))}
        {exchange === undefined && isOld && <p class="muted">{texts.loading}</p>}
        {exchange !== undefined && cards.length === 0 && <Silence exchange={exchange} forgetAnswer={forgetAnswer} />}
      </div>
      {exchange !== undefined && <p class="small muted">{texts.card.answered(Math.round(exchange.ms))}</p>}
    </section>
  );
}

/** What was sent of a card, and what came of it. */
interface Said {
  readonly words: string;
  readonly item: Feedback;
  readonly isKept: boolean;
}

function Silence({
  exchange,
  forgetAnswer,
}: {
  readonly exchange: Exchange;
  readonly forgetAnswer: () => Promise<void>;
}) {
  const { problem, status, explanation } = exchange;
  if (problem !== undefined)
    return (
      <div class="silence failed">
        <h3>{texts.silence.problem(status)}</h3>
        <p>{problem}</p>
      </div>
    );
  const isQuiet = explanation?.withheld === 'quiet';
  const goesFirst = explanation?.silencedBy !== undefined;
  return (
    <div class={goesFirst ? 'silence goes-first' : 'silence'}>
      <h3>{texts.silence.title}</h3>
      <p>
        {whySilent(exchange)} {goesFirst && texts.silence.goesFirst}
      </p>
      {explanation !== undefined && explanation.orders.length > 0 && <a href="#why">{texts.silence.see}</a>}
      {isQuiet && (
        <button type="button" class="button" onClick={forgetAnswer}>
          {texts.card.forget}
        </button>
      )}
    </div>
  );
}

/** An answer in a sentence, for those who hear the page. */
export function inShort(exchange: Exchange): string {
  const { cards = [], problem, status } = exchange;
  if (problem !== undefined) return `${texts.silence.problem(status)}. ${problem}`;
  const [card] = cards;
  if (card === undefined) return `${texts.silence.title}. ${whySilent(exchange)}`;
  return `${texts.card.indicator[card.indicator]}: ${card.summary}`;
}

/** Why a call has no card, in a sentence. */
export function whySilent({ explanation, orders }: Exchange): string {
  const words = texts.silence;
  if (orders === 0) return words.noOrder;
  if (explanation === undefined) return words.unexplained;
  if (explanation.orders.length === 0) return words.outOfScope;
  if (explanation.withheld === 'quiet') return words.quiet;
  const silenced = explanation.silencedBy ?? explanation.cards.find(({ verdict }) => verdict === 'silent')?.silencedBy;
  if (silenced !== undefined) return words.silencedBy(silenced);
  return explanation.cards.some(({ verdict }) => verdict === 'unknown') ? words.untold : words.none;
}
