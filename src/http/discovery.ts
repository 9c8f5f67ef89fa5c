import { Router } from 'express';
import type { ServiceDescription } from '../cds-hooks/types.ts';
import { refuseMethod } from './method-not-allowed.ts';
import { noteRoute } from './request-log.ts';

const PATH = '/cds-services';

/** GET /cds-services: the services, in the order given. https://cds-hooks.hl7.org/#discovery */
export function routeDiscovery(services: readonly ServiceDescription[]): Router {
  const body = JSON.stringify({ services });
  const router = Router();
  router
    .route(PATH)
    .all(noteRoute(PATH))
    .get((_request, response) => {
      response.type('application/json').send(body);
    })
    .all(refuseMethod('GET, HEAD, OPTIONS'));
  return router;
}
