import { type RequestHandler, Router } from 'express';
import type { Deps } from '../answer.ts';
import { parseHookRequest } from '../cds-hooks/request.ts';
import type { Hook } from '../cds-hooks/types.ts';
import { dayIn, isoDay } from '../clinical/dates.ts';
import { InvalidRequest, NotFound } from '../errors.ts';
import { readJson } from '../http/body.ts';
import { refuseMethod } from '../http/method-not-allowed.ts';
import { noteForLog, noteRoute } from '../http/request-log.ts';
import { inLanguage, languagesOf } from '../knowledge/language.ts';
import type { Knowledge } from '../knowledge/types.ts';
import { member, string } from '../logic/json.ts';
import { type Page, sendPage, setDataHeaders } from '../site/page.ts';
import { explainCall } from './explain.ts';
import type { Setup } from './explanation.ts';
import { rungsOf } from './ladder.ts';
import type { Roster } from './patients.ts';

const HOOKS: readonly Hook[] = ['order-select', 'order-sign'];
/** A story may be looked at so much later, in days. */
const MOST_AHEAD = 3650;
const SETUP = '/workbench/data.json';
const CHART = '/workbench/patients/:id';
const EXPLAIN = '/workbench/explain';
const FORGET = '/workbench/forget';

/** What the workbench is made of. */
export interface WorkbenchDeps extends Deps {
  readonly page: Page;
  /** Lets those in who are on this machine. */
  readonly admit: RequestHandler;
  readonly roster: Roster;
  /** Removes what was answered for a patient. */
  readonly forget: (patientId: string) => Promise<unknown>;
  readonly maxBodyBytes: number;
}

/**
 * The workbench of open mode. GET /: the page. GET /workbench/data.json: patients and orders to choose from. GET /workbench/patients/:id:
 * a chart, with `?ahead=56` as it would look so many days later. POST /workbench/explain: a hook request, explained. POST
 * /workbench/forget: `{"patient": id}`, whose quiet period is over then.
 */
export function routeWorkbench({ page, admit, roster, forget, maxBodyBytes, ...deps }: WorkbenchDeps): Router {
  const router = Router();
  const today = () => dayIn(deps.clock(), deps.timeZone);
  router
    .route('/')
    .all(noteRoute('/'), admit)
    .get((_request, response) => sendPage(response, page))
    .all(refuseMethod('GET, HEAD'));
  router
    .route(SETUP)
    .all(noteRoute(SETUP), admit)
    .get((request, response) => {
      const knowledge = inLanguage(deps.knowledge, request.acceptsLanguages());
      setDataHeaders(response);
      response.json(setupOf(knowledge, deps.knowledge, roster, today()));
    })
    .all(refuseMethod('GET, HEAD'));
  router
    .route(CHART)
    .all(noteRoute(CHART), admit)
    .get((request, response) => {
      const chart = roster.chart(request.params.id, today() - readAhead(request.query.ahead));
      if (chart === undefined) throw new NotFound('There is no such synthetic patient here');
      setDataHeaders(response);
      response.json(chart);
    })
    .all(refuseMethod('GET, HEAD'));
  router
    .route(EXPLAIN)
    .all(noteRoute(EXPLAIN), admit)
    .post(async (request, response) => {
      const call = parseHookRequest(await readJson(request, maxBodyBytes), HOOKS);
      noteForLog(response, { hook: call.hook, hookInstance: call.hookInstance });
      const knowledge = inLanguage(deps.knowledge, request.acceptsLanguages());
      const explanation = await explainCall(call, { ...deps, knowledge });
      setDataHeaders(response);
      response.set('Content-Language', knowledge.locale).json(explanation);
    })
    .all(refuseMethod('POST'));
  router
    .route(FORGET)
    .all(noteRoute(FORGET), admit)
    .post(async (request, response) => {
      const patient = string(member(await readJson(request, maxBodyBytes), 'patient'));
      if (patient === undefined || roster.chart(patient, today()) === undefined)
        throw new InvalidRequest('patient must be the id of a synthetic patient');
      await forget(patient);
      response.status(204).end();
    })
    .all(refuseMethod('POST'));
  return router;
}

function readAhead(value: unknown): number {
  const days = value === undefined ? 0 : Number(value);
  if (!Number.isInteger(days) || days < 0 || days > MOST_AHEAD)
    throw new InvalidRequest(`ahead must be a number of days from 0 to ${MOST_AHEAD}`);
  return days;
}

function setupOf(knowledge: Knowledge, written: Knowledge, roster: Roster, today: number): Setup {
  const { services, slices } = knowledge;
  const published = new Set(services.flatMap((one) => one.published));
  return {
    today: isoDay(today),
    patients: roster.patients(today, knowledge.locale),
    ladder: rungsOf(knowledge),
    services: services.map(({ hook, id }) => ({ hook, id })),
    prefetch: Object.fromEntries(
      [...slices.values()].flatMap((one) => (published.has(one.name) ? [[one.name, one.template]] : [])),
    ),
    languages: languagesOf(written),
  };
}
