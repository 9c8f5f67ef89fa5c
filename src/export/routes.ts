import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type Response, Router } from 'express';
import type { ValueSet } from 'fhir/r4.js';
import { NotFound } from '../errors.ts';
import { type Packed, pack, sendPacked } from '../http/compressed.ts';
import { refuseMethod } from '../http/method-not-allowed.ts';
import { noteRoute } from '../http/request-log.ts';
import type { Knowledge } from '../knowledge/types.ts';
import { bundleOf, entryOf, exportEach } from './resources.ts';

const PACK = '/knowledge/fhir';
const RESOURCE = '/knowledge/fhir/:type/:id';

/** A pack as FHIR, ready to be sent. */
interface PackedExport {
  readonly bundle: Packed;
  /** By `type/id`. */
  readonly resources: ReadonlyMap<string, Packed>;
}

/** Resource by resource, each packed on another thread, so that calls go on meanwhile. */
async function packExport(knowledge: Knowledge, valueSets: readonly ValueSet[]): Promise<PackedExport> {
  const resources = new Map<string, Packed>();
  const hash = createHash('sha256');
  const [opening, closing] = JSON.stringify(bundleOf([])).split('[') as [string, string];
  async function* texts() {
    yield `${opening}[`;
    let comma = '';
    for (const resource of exportEach(knowledge, valueSets)) {
      const packed = await pack(JSON.stringify(resource));
      resources.set(`${resource.resourceType}/${resource.id}`, packed);
      hash.update(packed.tag);
      yield comma + JSON.stringify(entryOf(resource));
      comma = ',';
    }
    yield closing;
  }
  const gzipped = await pipeline(texts, createGzip(), buffer);
  return { bundle: { gzipped, tag: hash.digest('base64url') }, resources };
}

/**
 * The pack as FHIR: GET /knowledge/fhir is all of it in one Bundle, GET /knowledge/fhir/{type}/{id} one resource. It is made when the first
 * client asks, and kept. Nothing in it is about a patient: open to everybody who reaches the service.
 */
export function routeExport(knowledge: Knowledge, valueSets: readonly ValueSet[]): Router {
  const router = Router();
  let made: Promise<PackedExport> | undefined;
  const packed = () => {
    made ??= packExport(knowledge, valueSets).catch((error: unknown) => {
      made = undefined; // whoever asks next has it made again
      throw error;
    });
    return made;
  };
  router
    .route(PACK)
    .all(noteRoute(PACK))
    .get(async (request, response) => {
      const { bundle } = await packed();
      sendPacked(request, describe(response), bundle);
    })
    .all(refuseMethod('GET, HEAD'));
  router
    .route(RESOURCE)
    .all(noteRoute(RESOURCE))
    .get(async (request, response) => {
      const { type, id } = request.params;
      const resource = (await packed()).resources.get(`${type}/${id}`);
      if (resource === undefined) throw new NotFound('The pack has no such resource');
      sendPacked(request, describe(response), resource);
    })
    .all(refuseMethod('GET, HEAD'));
  return router;
}

/** It changes with the pack and this service alone, so whoever asks again is told with a 304 that nothing did. RFC 9110 section 13.1.2 */
const describe = (response: Response): Response =>
  response.set('Cache-Control', 'public, no-cache').type('application/fhir+json');
