import { type RequestHandler, Router } from 'express';
import { InvalidRequest } from '../errors.ts';
import { refuseMethod } from '../http/method-not-allowed.ts';
import { noteRoute } from '../http/request-log.ts';
import { type Page, sendPage, setDataHeaders } from '../site/page.ts';
import { type Asked, type Days, readDays } from './period.ts';
import type { Report } from './report.ts';

/** What the report's routes need. */
export interface InsightsDeps {
  readonly page: Page;
  /** Lets those in who may see the report. */
  readonly admit: RequestHandler;
  /** The report on those days, its names in the first of the languages that the pack speaks. */
  readonly report: (days: Days, languages: readonly string[]) => Promise<Report>;
  readonly clock: () => Date;
  /** IANA zone in which days and weeks are taken. */
  readonly timeZone: string;
}

const QUESTIONS = ['weeks', 'since', 'until'] as const;

/** GET /insights: the page. GET /insights/data.json: the report it shows, for `?weeks=12`, or `?since=` and `&until=` as days. */
export function routeInsights({ page, admit, report, clock, timeZone }: InsightsDeps): Router {
  const router = Router();
  const oneAtATime = shareWork(report);
  router
    .route('/insights')
    .all(noteRoute('/insights'), admit)
    .get((_request, response) => sendPage(response, page))
    .all(refuseMethod('GET, HEAD'));
  router
    .route('/insights/data.json')
    .all(noteRoute('/insights/data.json'), admit)
    .get(async (request, response) => {
      const days = readDays(readQuery(request.query), clock(), timeZone);
      const data = await oneAtATime(days, request.acceptsLanguages());
      setDataHeaders(response);
      response.json(data);
    })
    .all(refuseMethod('GET, HEAD'));
  return router;
}

function readQuery(query: Readonly<Record<string, unknown>>): Asked {
  const asked = QUESTIONS.flatMap((name) => {
    const value = query[name];
    if (value === undefined) return [];
    if (typeof value !== 'string') throw new InvalidRequest(`${name} must be given once`);
    return [[name, value]];
  });
  return Object.fromEntries(asked) as Asked;
}

/** A report reads much: those who ask for the same one at a time share it, and the others wait for their turn. */
function shareWork(report: InsightsDeps['report']): InsightsDeps['report'] {
  const underWay = new Map<string, Promise<Report>>();
  let turn: Promise<unknown> = Promise.resolve();
  return (...asked) => {
    const key = JSON.stringify(asked);
    const shared = underWay.get(key);
    if (shared !== undefined) return shared;
    const mine = turn.then(() => report(...asked)).finally(() => underWay.delete(key));
    turn = mine.catch(() => undefined);
    underWay.set(key, mine);
    return mine;
  };
}
