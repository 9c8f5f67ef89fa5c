import { createHash } from 'node:crypto';
import { type Response, Router } from 'express';
import type { ValueSet } from 'fhir/r4.js';
import { NotFound } from '../errors.ts';
import { type Prepared, prepare, sendPrepared } from '../http/compressed.ts';
import { refuseMethod } from '../http/method-not-allowed.ts';
import { noteRoute } from '../http/request-log.ts';
import type { Knowledge } from '../knowledge/types.ts';
import { bundleOf, type Exported, exportPack } from './resources.ts';

const PACK = '/knowledge/fhir';
const RESOURCE = '/knowledge/fhir/:type/:id';

/** A pack as FHIR, ready to be sent. */
export interface ReadyPack {
  readonly bundle: Prepared;
  /** By `type/id`. */
  readonly resources: ReadonlyMap<string, Exported>;
  /** Changes with the contents alone. */
  readonly tag: string;
}

/** Makes a pack ready, which takes longer than a call may wait: to be done before there are any. */
export function readyPack(knowledge: Knowledge, valueSets: readonly ValueSet[]): ReadyPack {
  const resources = exportPack(knowledge, valueSets);
  const whole = JSON.stringify(bundleOf(resources));
  return {
    bundle: prepare(whole),
    resources: new Map(resources.map((one) => [`${one.resourceType}/${one.id}`, one])),
    tag: createHash('sha256').update(whole).digest('base64url'),
  };
}

/**
 * The pack as FHIR: GET /knowledge/fhir is all of it in one Bundle, GET /knowledge/fhir/{type}/{id} one resource. Nothing in it is about a
 * patient: open to everybody who reaches the service.
 */
export function routeExport({ bundle, resources, tag }: ReadyPack): Router {
  const router = Router();
  router
    .route(PACK)
    .all(noteRoute(PACK))
    .get((request, response) => sendPrepared(request, describe(response, tag), bundle))
    .all(refuseMethod('GET, HEAD'));
  router
    .route(RESOURCE)
    .all(noteRoute(RESOURCE))
    .get(({ params: { type, id } }, response) => {
      const resource = resources.get(`${type}/${id}`);
      if (resource === undefined) throw new NotFound('The pack has no such resource');
      describe(response, tag).send(JSON.stringify(resource));
    })
    .all(refuseMethod('GET, HEAD'));
  return router;
}

/** It changes with the pack and this service alone, so whoever asks again is told with a 304 that nothing did. RFC 9110 section 13.1.2 */
const describe = (response: Response, tag: string): Response =>
  response.set('Cache-Control', 'public, no-cache').set('ETag', `W/"${tag}"`).type('application/fhir+json');
