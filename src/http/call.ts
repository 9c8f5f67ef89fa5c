import type { IncomingMessage, ServerResponse } from 'node:http';
import express, { Router } from 'express';
import { parseHookRequest } from '../cds-hooks/request.ts';
import type { Caller, CdsResponse, HookRequest } from '../cds-hooks/types.ts';
import type { Passage } from '../memory.ts';
import { readJson } from './body.ts';
import { refuseMethod } from './method-not-allowed.ts';
import { noteForLog, noteRoute, timingsOf, traceFor } from './request-log.ts';
import { sendJson } from './send.ts';
import { admit, find, type ServiceDeps, type Target, targetOf } from './service.ts';

const PATH = '/cds-services/:id';

/** As Express reads `Accept-Language`, of a request that need not have passed through it. */
const languagesOf = express.request.acceptsLanguages as (this: IncomingMessage) => string[];

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
export function answerCalls(
  deps: CallDeps,
): (request: IncomingMessage, response: ServerResponse, target: Target) => Promise<void> {
  const admitted = admit(deps);
  return async (request, response, target) => {
    noteForLog(response, { route: PATH });
    const { caller, hooks, place } = await admitted(request, response, target);
    const timings = timingsOf(response);
    const startedAt = performance.now();
    const call = parseHookRequest(await readJson(request, deps.maxBodyBytes, place.take), hooks);
    timings.read = performance.now() - startedAt;
    noteForLog(response, { hook: call.hook, hookInstance: call.hookInstance });
    const answered = await deps.answer(target.id, call, caller, {
      languages: languagesOf.call(request),
      trace: traceFor(response),
      timings,
    });
    noteForLog(response, { cards: answered.response.cards.length });
    response.setHeader('Content-Language', answered.language);
    sendJson(response, JSON.stringify(answered.response));
  };
}

/** Calls by whatever URL of a service, and all methods that are no calls. */
export function routeCall(answer: ReturnType<typeof answerCalls>, { services }: Pick<CallDeps, 'services'>): Router {
  const router = Router();
  router
    .route(PATH)
    .post((request, response) => answer(request, response, targetOf(request)))
    .all(noteRoute(PATH), find(services), refuseMethod('POST, OPTIONS'));
  return router;
}
