import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { type Response, Router } from 'express';
import type { ValueSet } from 'fhir/r4.js';
import { NotFound } from '../errors.ts';
import { refuseMethod } from '../http/method-not-allowed.ts';
import { noteRoute } from '../http/request-log.ts';
import type { Knowledge } from '../knowledge/types.ts';
import { bundleOf, exportPack } from './resources.ts';

const PACK = '/knowledge/fhir';
const RESOURCE = '/knowledge/fhir/:type/:id';

/** What the pack as FHIR is made of. */
export interface ExportDeps {
  readonly knowledge: Knowledge;
  readonly valueSets: readonly ValueSet[];
}

/**
 * The pack as FHIR: GET /knowledge/fhir is all of it in one Bundle, GET /knowledge/fhir/{type}/{id} one resource. Nothing in it is about a
 * patient: open to everybody who reaches the service. It is made here, once, as it takes longer than a call may wait.
 */
export function routeExport({ knowledge, valueSets }: ExportDeps): Router {
  const resources = exportPack(knowledge, valueSets);
  const whole = JSON.stringify(bundleOf(resources));
  const packed = gzipSync(whole);
  const named = new Map(resources.map((one) => [`${one.resourceType}/${one.id}`, one]));
  const tag = createHash('sha256').update(whole).digest('base64url');
  const router = Router();
  router
    .route(PACK)
    .all(noteRoute(PACK))
    .get((request, response) => {
      const isPacked = request.acceptsEncodings('gzip', 'identity') === 'gzip';
      if (isPacked) response.set('Content-Encoding', 'gzip');
      describe(response, tag)
        .vary('Accept-Encoding')
        .send(isPacked ? packed : whole);
    })
    .all(refuseMethod('GET, HEAD'));
  router
    .route(RESOURCE)
    .all(noteRoute(RESOURCE))
    .get(({ params: { type, id } }, response) => {
      const resource = named.get(`${type}/${id}`);
      if (resource === undefined) throw new NotFound('The pack has no such resource');
      describe(response, tag).send(JSON.stringify(resource));
    })
    .all(refuseMethod('GET, HEAD'));
  return router;
}

/** It changes with the pack and this service alone, so whoever asks again is told with a 304 that nothing did. RFC 9110 section 13.1.2 */
const describe = (response: Response, tag: string): Response =>
  response.set('Cache-Control', 'public, no-cache').set('ETag', `W/"${tag}"`).type('application/fhir+json');
