import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Setup, TimelineItem } from '../../workbench/explanation.ts';
import { Frame } from '../shared/frame.tsx';
import { Answered, inShort } from './answered.tsx';
import { CallChoice } from './call-choice.tsx';
import { addTo, type Chart, currentEncounter, type Resource } from './chart.ts';
import { Choices } from './choices.tsx';
import { type Chosen, firstChosen, keepChosen } from './chosen.ts';
import { Drafts } from './drafts.tsx';
import { addedBy, applyMoves, dated, type Move, moveTo } from './edits.ts';
import { evidenceIn } from './evidence.tsx';
import { draftOf, OWN_DRAFT } from './order.ts';
import { Pathway } from './pathway.tsx';
import { callService, type Exchange, forget, loadChart, loadSetup } from './service.ts';
import { texts } from './texts.ts';
import { Timeline } from './timeline.tsx';
import { Why } from './why.tsx';
import { Wire } from './wire.tsx';
import './workbench.css';

/** Typing is over when nothing was typed for so long. */
const PAUSE_MS = 200;

/** The page: a demo EHR's view of one order, and everything behind the answer. */
export function Page() {
  const [setup, setSetup] = useState<Setup>();
  const [failure, setFailure] = useState<string>();
  useEffect(() => {
    loadSetup().then(setSetup, (error: Error) => setFailure(error.message));
  }, []);
  return (
    <Frame here="/" more={setup?.languages}>
      <div class="titled">
        <h1>{texts.title}</h1>
        <p class="lead" role="status">
          {failure ?? (setup === undefined ? texts.loading : texts.lead)}
        </p>
      </div>
      {setup !== undefined && (setup.patients.length === 0 ? <NoPatients /> : <Bench setup={setup} />)}
    </Frame>
  );
}

function NoPatients() {
  return (
    <section class="panel">
      <h2>{texts.noPatients.title}</h2>
      <p class="lead">{texts.noPatients.lead}</p>
    </section>
  );
}

function Bench({ setup }: { readonly setup: Setup }) {
  const [chosen, setChosen] = useState<Chosen>(() => firstChosen(setup));
  const [attempt, setAttempt] = useState(0);
  const [drafts, setDrafts] = useState<readonly Resource[]>([]);
  const { patientId, order, edits, data } = chosen;

  const startOver = useCallback(
    () => setDrafts([draftOf(order, patientId, setup.today)]),
    [order, patientId, setup.today],
  );
  useEffect(startOver, [startOver]);

  const { answered, isCalling, failure } = useAnswer(setup, chosen, drafts, attempt);
  const exchange = answered?.exchange;
  const [pointed, setPointed] = useState<readonly string[]>();
  const explanation = exchange?.explanation;
  useEffect(() => setPointed(undefined), [explanation]);
  const rests = useMemo(() => (explanation === undefined ? [] : evidenceIn(explanation)), [explanation]);
  const choose = (next: Chosen) => {
    keepChosen(next);
    setChosen(next);
  };
  useEffect(() => {
    const goBack = () => (history.state === null ? keepChosen(chosen) : setChosen(firstChosen(setup)));
    addEventListener('popstate', goBack); // a link within the page comes here too, with nothing kept yet
    return () => removeEventListener('popstate', goBack);
  }, [setup, chosen]);
  const results = useRef<HTMLDivElement>(null);
  const askAgain = () => {
    results.current?.focus({ preventScroll: true }); // what was pressed is about to go
    startOver();
    setAttempt(attempt + 1);
  };
  const forgetAnswer = async () => {
    await forget(patientId).catch(() => {}); // whoever asks again is told what is wrong
    askAgain();
  };
  const datedOf = (item: TimelineItem) => dated(item, answered?.moved ?? [], edits.moved);

  return (
    <div class="bench">
      <Choices setup={setup} chosen={chosen} choose={choose} />
      <div class="results" tabIndex={-1} ref={results} aria-busy={isCalling}>
        <p class="unseen" role="status">
          {!isCalling && exchange !== undefined && inShort(exchange)}
        </p>
        {failure !== undefined && (
          <div class="panel failure" role="alert">
            <p>{failure}</p>
            <button type="button" class="button" onClick={askAgain}>
              {texts.retry}
            </button>
          </div>
        )}
        <div class="pair">
          <Answered
            key={exchange?.body.hookInstance}
            exchange={exchange}
            isOld={isCalling}
            accept={setDrafts}
            drafts={drafts}
            forgetAnswer={forgetAnswer}
          />
          <aside>
            <Drafts drafts={drafts} startOver={askAgain} />
            {exchange !== undefined && explanation !== undefined && explanation.pathway.length > 0 && (
              <Pathway
                steps={explanation.pathway}
                exchange={exchange}
                isOrdered={drafts.some(({ id }) => id === OWN_DRAFT)}
              />
            )}
            <CallChoice chosen={chosen} choose={choose} />
          </aside>
          {explanation !== undefined && (
            <Timeline
              explanation={explanation}
              ladder={setup.ladder}
              evidence={pointed ?? rests}
              dates={{
                datedOf,
                move: (item, to) => choose({ ...chosen, edits: moveTo(edits, item, datedOf(item).own, to) }),
                canMove: data === 'prefetch',
              }}
            />
          )}
        </div>
        {explanation !== undefined && <Why explanation={explanation} point={setPointed} pointed={pointed} />}
        {exchange !== undefined && <Wire exchange={exchange} />}
      </div>
    </div>
  );
}

/** What came of a call, and the moves its chart was sent with. */
interface Answer {
  readonly of: string;
  readonly exchange: Exchange;
  readonly moved: readonly Move[];
}

interface Asked {
  /** Absent until something is answered about this patient. */
  readonly answered: Answer | undefined;
  /** What is answered is not about what is chosen now. */
  readonly isCalling: boolean;
  readonly failure: string | undefined;
}

/** Calls whenever what would be sent is another. Accepting a suggestion changes the drafts and is followed by no call; the next one sends them. */
function useAnswer(setup: Setup, chosen: Chosen, drafts: readonly Resource[], attempt: number): Asked {
  const [answered, setAnswered] = useState<Answer>();
  const [isCalling, setCalling] = useState(true);
  const [failure, setFailure] = useState<string>();
  const { patientId, order, hook, data, edits } = chosen;
  const unsigned = useRef(drafts);
  unsigned.current = drafts;
  const charts = useRef(new Map<string, Promise<Chart>>());
  useEffect(() => {
    setCalling(true);
    const controller = new AbortController();
    const { signal } = controller;
    const call = async (): Promise<Answer> => {
      const loaded = await chartOf(charts.current, patientId, edits.weeksLater);
      const added = addTo(loaded, addedBy(edits, texts.edits.added, patientId, setup.today, order.reason));
      const chart = applyMoves(added, edits.moved);
      const parts = { hook, data, patientId, chart, encounterId: currentEncounter(loaded), drafts: unsigned.current };
      return { of: patientId, exchange: await callService(parts, setup, signal), moved: edits.moved };
    };
    const settle = (answer: Answer | undefined, problem: string | undefined) => {
      if (signal.aborted) return;
      setAnswered(answer);
      setFailure(problem);
      setCalling(false);
    };
    const timer = setTimeout(() => {
      call().then(
        (answer) => settle(answer, undefined),
        (error: Error) => settle(undefined, error.message),
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [setup, patientId, order, hook, data, edits, attempt]);
  return { answered: answered?.of === patientId ? answered : undefined, isCalling, failure };
}

/** The chart of a patient, as it would look when the call comes; fetched once, unless it could not be had. */
function chartOf(known: Map<string, Promise<Chart>>, patientId: string, weeksLater: number): Promise<Chart> {
  const key = `${patientId} ${weeksLater}`;
  const chart = known.get(key) ?? loadChart(patientId, weeksLater * 7);
  known.set(key, chart);
  chart.catch(() => known.delete(key));
  return chart;
}
