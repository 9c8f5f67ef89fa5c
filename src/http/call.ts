import { Router } from 'express';
import { parseHookRequest } from '../cds-hooks/request.ts';
import type { CdsResponse, HookRequest, ServiceDescription } from '../cds-hooks/types.ts';
import { readJson } from './body.ts';
import { findHooks } from './find-service.ts';
import { refuseMethod } from './method-not-allowed.ts';
import { noteForLog, noteRoute } from './request-log.ts';

const PATH = '/cds-services/:id';

/** What a hook call needs. */
export interface CallDeps {
  readonly services: readonly ServiceDescription[];
  readonly answer: (serviceId: string, request: HookRequest) => Promise<CdsResponse>;
  readonly maxBodyBytes: number;
}

/** POST /cds-services/:id: one hook call. https://cds-hooks.hl7.org/#calling-a-cds-service */
export function routeCall({ services, answer, maxBodyBytes }: CallDeps): Router {
  const router = Router();
  router
    .route(PATH)
    .all(noteRoute(PATH), ({ params }, response, next) => {
      findHooks(services, params.id);
      noteForLog(response, { serviceId: params.id });
      next();
    })
    .post(async (request, response) => {
      const serviceId = request.params.id;
      const call = parseHookRequest(await readJson(request, maxBodyBytes), findHooks(services, serviceId));
      noteForLog(response, { hook: call.hook, hookInstance: call.hookInstance });
      const answered = await answer(serviceId, call);
      noteForLog(response, { cards: answered.cards.length });
      response.json(answered);
    })
    .all(refuseMethod('POST, OPTIONS'));
  return router;
}
