import { useCallback, useEffect, useState } from 'preact/hooks';
import type { Report } from '../../insights/report.ts';
import { longDay } from '../shared/format.ts';
import { Frame } from '../shared/frame.tsx';
import { Attention } from './attention.tsx';
import { Cards } from './cards.tsx';
import { Chooser } from './chooser.tsx';
import { Definitions } from './definitions.tsx';
import { Facts } from './facts.tsx';
import { Funnel } from './funnel.tsx';
import { type Asked, askedIn, loadReport, queryOf } from './load.ts';
import { Reasons, Suggestions } from './named-bars.tsx';
import { Review } from './review.tsx';
import { texts } from './texts.ts';
import { Unseen } from './unseen.tsx';
import { Weeks } from './weeks.tsx';
import './insights.css';
import './charts.css';

type State = { readonly report: Report } | { readonly failure: string } | undefined;

/** The page: it asks the service for the report of the days in its address, and again when others are chosen. */
export function Page() {
  const [asked, setAsked] = useState<Asked>(() => askedIn(location.search));
  const [attempt, setAttempt] = useState(0);
  const [state, setState] = useState<State>();
  const [isLoading, setLoading] = useState(true);

  useEffect(() => {
    const controller = new AbortController();
    setLoading(true);
    loadReport(asked, controller.signal)
      .then(
        (report) => setState({ report }),
        (error: Error) => error.name !== 'AbortError' && setState({ failure: error.message }),
      )
      .finally(() => !controller.signal.aborted && setLoading(false));
    return () => controller.abort();
  }, [asked, attempt]);

  const choose = useCallback((chosen: Asked) => {
    history.replaceState(null, '', queryOf(chosen));
    setAsked(chosen);
  }, []);

  const report = state !== undefined && 'report' in state ? state.report : undefined;
  return (
    <Frame here="/insights">
      <div class="opening">
        <div>
          <h1>{texts.title}</h1>
          <p class="lead" role="status">
            {isLoading && state === undefined ? texts.loading : report && periodOf(report)}
          </p>
        </div>
        <Chooser asked={asked} choose={choose} report={report} />
      </div>
      <div class="contents" aria-busy={isLoading}>
        {state !== undefined && 'failure' in state && (
          <Failure says={state.failure} again={() => setAttempt(attempt + 1)} />
        )}
        {report !== undefined && (report.funnel.inScope === 0 ? <Empty /> : <Contents report={report} />)}
      </div>
    </Frame>
  );
}

const periodOf = ({ period: { since, until, timeZone } }: Report): string =>
  texts.period(longDay(since), longDay(until), timeZone);

function Contents({ report }: { readonly report: Report }) {
  return (
    <>
      <Facts report={report} />
      <Attention report={report} />
      <div class="pair">
        <Funnel report={report} />
        <Weeks report={report} />
      </div>
      <Cards report={report} />
      <div class="pair">
        <Reasons report={report} />
        <Suggestions report={report} />
      </div>
      <Review report={report} />
      <Unseen report={report} />
      <Definitions report={report} />
    </>
  );
}

function Empty() {
  const { title, lead, steps } = texts.empty;
  return (
    <section class="panel empty">
      <h2>{title}</h2>
      <p class="lead">{lead}</p>
      <ol>
        {steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
    </section>
  );
}

function Failure({ says, again }: { readonly says: string; readonly again: () => void }) {
  return (
    <section class="panel failure" role="alert">
      <h2>{texts.failed.title}</h2>
      <p class="lead">{says}</p>
      <button type="button" class="button" onClick={again}>
        {texts.failed.again}
      </button>
    </section>
  );
}
