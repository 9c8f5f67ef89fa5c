import { Router } from 'express';
import { parseFeedback } from '../cds-hooks/feedback.ts';
import type { Caller, Feedback } from '../cds-hooks/types.ts';
import { MAX_DIAGNOSTICS } from '../cds-hooks/violations.ts';
import { InvalidRequest } from '../errors.ts';
import { readJson } from './body.ts';
import { refuseMethod } from './method-not-allowed.ts';
import { noteRoute } from './request-log.ts';
import { admit, find, type ServiceDeps, targetOf } from './service.ts';

const PATH = '/cds-services/:id/feedback';

/** What a feedback call needs. */
export interface FeedbackDeps extends ServiceDeps {
  /** Resolves when the items are kept for good. */
  readonly keepFeedback: (items: readonly Feedback[], caller: Caller) => Promise<void>;
}

/**
 * POST /cds-services/:id/feedback. Well-formed items are kept, whatever is wrong with the others, which a 400 then names: the client
 * may send all of them again, since an item counts once. https://cds-hooks.hl7.org/#feedback
 */
export function routeFeedback(deps: FeedbackDeps): Router {
  const admitted = admit(deps);
  const router = Router();
  router
    .route(PATH)
    .all(noteRoute(PATH))
    .post(async (request, response) => {
      const { caller, place } = await admitted(request, response, targetOf(request));
      const { items, problems } = parseFeedback(await readJson(request, deps.maxBodyBytes, place.take));
      await deps.keepFeedback(items, caller);
      if (problems.length > 0) {
        const kept =
          items.length === 0 ? '' : `; the other ${items.length === 1 ? 'item is' : `${items.length} items are`} kept`;
        throw new InvalidRequest(`The feedback does not follow CDS Hooks${kept}`, problems.slice(0, MAX_DIAGNOSTICS));
      }
      response.json({});
    })
    .all(find(deps.services), refuseMethod('POST, OPTIONS'));
  return router;
}
