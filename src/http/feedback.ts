import { Router } from 'express';
import { parseFeedback } from '../cds-hooks/feedback.ts';
import type { ServiceDescription } from '../cds-hooks/types.ts';
import { MAX_DIAGNOSTICS } from '../cds-hooks/violations.ts';
import { InvalidRequest, Unavailable } from '../errors.ts';
import { readJson } from './body.ts';
import { findHooks } from './find-service.ts';
import { refuseMethod } from './method-not-allowed.ts';
import { noteForLog, noteRoute } from './request-log.ts';

const PATH = '/cds-services/:id/feedback';

/** What a feedback call needs. */
export interface FeedbackDeps {
  readonly services: readonly ServiceDescription[];
  readonly maxBodyBytes: number;
}

/**
 * POST /cds-services/:id/feedback: checks what is reported. With no store to keep it, even a faultless report is refused:
 * a 2xx would say that it is kept. https://cds-hooks.hl7.org/#feedback
 */
export function routeFeedback({ services, maxBodyBytes }: FeedbackDeps): Router {
  const router = Router();
  router
    .route(PATH)
    .all(noteRoute(PATH), ({ params }, response, next) => {
      findHooks(services, params.id);
      noteForLog(response, { serviceId: params.id });
      next();
    })
    .post(async (request) => {
      const { problems } = parseFeedback(await readJson(request, maxBodyBytes));
      if (problems.length > 0) {
        throw new InvalidRequest('The feedback does not follow CDS Hooks', problems.slice(0, MAX_DIAGNOSTICS));
      }
      throw new Unavailable('Feedback is not kept by this version: no store is configured, so nothing was recorded');
    })
    .all(refuseMethod('POST, OPTIONS'));
  return router;
}
