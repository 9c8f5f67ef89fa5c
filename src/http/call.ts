import { Router } from 'express';
import { parseHookRequest } from '../cds-hooks/request.ts';
import type { Caller, CdsResponse, HookRequest } from '../cds-hooks/types.ts';
import type { Passage } from '../memory.ts';
import { readJson } from './body.ts';
import { findHooks } from './find-service.ts';
import { refuseMethod } from './method-not-allowed.ts';
import { noteForLog, noteRoute, timingsOf, traceFor } from './request-log.ts';
import { admit, callerOf, roomOf, type ServiceDeps } from './service.ts';

const PATH = '/cds-services/:id';

/** What a hook call needs. */
export interface CallDeps extends ServiceDeps {
  readonly answer: (
    serviceId: string,
    request: HookRequest,
    caller: Caller,
    passage: Passage,
  ) => Promise<{ readonly response: CdsResponse; readonly language: string }>;
}

/** POST /cds-services/:id: one hook call. https://cds-hooks.hl7.org/#calling-a-cds-service */
export function routeCall(deps: CallDeps): Router {
  const router = Router();
  router
    .route(PATH)
    .all(noteRoute(PATH), admit(deps))
    .post(async (request, response) => {
      const { id } = request.params;
      const timings = timingsOf(response);
      const startedAt = performance.now();
      const body = await readJson(request, deps.maxBodyBytes, roomOf(response));
      const call = parseHookRequest(body, findHooks(deps.services, id));
      timings.read = performance.now() - startedAt;
      noteForLog(response, { hook: call.hook, hookInstance: call.hookInstance });
      const answered = await deps.answer(id, call, callerOf(response), {
        languages: request.acceptsLanguages(),
        trace: traceFor(response),
        timings,
      });
      noteForLog(response, { cards: answered.response.cards.length });
      response.set('Content-Language', answered.language).json(answered.response);
    })
    .all(refuseMethod('POST, OPTIONS'));
  return router;
}
