import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Setup } from '../../workbench/explanation.ts';
import { Frame } from '../shared/frame.tsx';
import { Answered } from './answered.tsx';
import { CallChoice } from './call-choice.tsx';
import { addTo, type Chart, currentEncounter, type Resource } from './chart.ts';
import { Choices } from './choices.tsx';
import { type Chosen, firstChosen, keepChosen } from './chosen.ts';
import { Drafts } from './drafts.tsx';
import { addedBy, applyMoves, moveTo } from './edits.ts';
import { draftOf } from './order.ts';
import { Pathway } from './pathway.tsx';
import { callService, type Exchange, forget, loadChart, loadSetup } from './service.ts';
import { texts } from './texts.ts';
import { Timeline } from './timeline.tsx';
import { evidenceIn, Why } from './why.tsx';
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
      <div>
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
  const [failure, setFailure] = useState<string>();
  const chart = useChart(chosen, setFailure);
  const [drafts, setDrafts] = useState<readonly Resource[]>([]);
  const [attempt, setAttempt] = useState(0);
  const { patientId, order } = chosen;

  const startOver = useCallback(
    () => setDrafts([draftOf(order, patientId, setup.today)]),
    [order, patientId, setup.today],
  );
  useEffect(startOver, [startOver]);

  const { exchange, isCalling } = useExchange(setup, chosen, chart, drafts, attempt, setFailure);
  const [pointed, setPointed] = useState<readonly string[]>();
  const explanation = exchange?.explanation;
  useEffect(() => setPointed(undefined), [explanation]);
  const rests = useMemo(() => (explanation === undefined ? [] : evidenceIn(explanation)), [explanation]);
  const choose = (next: Chosen) => {
    keepChosen(next);
    setChosen(next);
  };
  const results = useRef<HTMLDivElement>(null);
  const askAgain = () => {
    results.current?.focus({ preventScroll: true }); // what was pressed is about to go
    startOver();
    setAttempt(attempt + 1);
  };
  const forgetAnswer = async () => {
    await forget(patientId);
    askAgain();
  };

  return (
    <div class="bench">
      <Choices setup={setup} chosen={chosen} choose={choose} />
      <div class="results" tabIndex={-1} ref={results} aria-busy={isCalling}>
        {failure !== undefined && (
          <p class="panel" role="alert">
            {failure}
          </p>
        )}
        <div class="pair">
          <Answered
            key={exchange?.body.hookInstance}
            exchange={exchange}
            accept={setDrafts}
            drafts={drafts}
            forgetAnswer={forgetAnswer}
          />
          <aside>
            <Drafts drafts={drafts} startOver={askAgain} />
            <CallChoice chosen={chosen} choose={choose} />
          </aside>
        </div>
        {explanation !== undefined && (
          <>
            {explanation.pathway.length > 0 && (
              <Pathway steps={explanation.pathway} silencedBy={explanation.silencedBy} />
            )}
            <Timeline
              explanation={explanation}
              ladder={setup.ladder}
              evidence={pointed ?? rests}
              move={(item, to) => choose({ ...chosen, edits: moveTo(chosen.edits, item, to) })}
            />
            <Why explanation={explanation} point={setPointed} pointed={pointed} />
          </>
        )}
        {exchange !== undefined && <Wire exchange={exchange} />}
      </div>
    </div>
  );
}

interface Loaded {
  readonly of: string;
  readonly chart: Chart;
}

/** The chart of the chosen patient, as it would look when the call comes; undefined while it is fetched. */
function useChart({ patientId, edits: { weeksLater } }: Chosen, fail: (failure: string) => void): Chart | undefined {
  const [loaded, setLoaded] = useState<Loaded>();
  const wanted = `${patientId} ${weeksLater}`;
  useEffect(() => {
    let isWanted = true;
    loadChart(patientId, weeksLater * 7).then(
      (chart) => isWanted && setLoaded({ of: wanted, chart }),
      (error: Error) => isWanted && fail(error.message),
    );
    return () => {
      isWanted = false;
    };
  }, [patientId, weeksLater, wanted, fail]);
  return loaded?.of === wanted ? loaded.chart : undefined;
}

/** Calls whenever what would be sent is another. Accepting a suggestion changes the drafts and is followed by no call; the next one sends them. */
function useExchange(
  setup: Setup,
  chosen: Chosen,
  loaded: Chart | undefined,
  drafts: readonly Resource[],
  attempt: number,
  fail: (failure: string | undefined) => void,
): { readonly exchange: Exchange | undefined; readonly isCalling: boolean } {
  const [exchange, setExchange] = useState<Exchange>();
  const [isCalling, setCalling] = useState(true);
  const { patientId, order, hook, data, edits } = chosen;
  const unsigned = useRef(drafts);
  unsigned.current = drafts;
  useEffect(() => {
    setCalling(true);
    if (loaded === undefined) return;
    const controller = new AbortController();
    const timer = setTimeout(() => {
      const added = addTo(loaded, addedBy(edits, texts.edits.added, patientId, setup.today, order.reason));
      const chart = applyMoves(added, edits.moved);
      const encounterId = currentEncounter(loaded);
      const parts = { hook, data, patientId, chart, encounterId, drafts: unsigned.current };
      callService(parts, setup, controller.signal).then(
        (answered) => {
          setExchange(answered);
          setCalling(false);
          fail(undefined);
        },
        (error: Error) => error.name !== 'AbortError' && fail(texts.failed),
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [setup, loaded, patientId, order, hook, data, edits, attempt, fail]);
  return { exchange, isCalling };
}
