import { Router } from 'express';
import { refuseMethod } from './method-not-allowed.ts';
import { noteRoute } from './request-log.ts';

/** Whether calls should come here: `draining` after SIGTERM, `store-failing` while nothing can be kept. */
export type Readiness = 'ok' | 'draining' | 'store-failing';

/** GET /health/live: the process answers. GET /health/ready: calls should come here; else 503 with the reason. */
export function routeHealth(readiness: () => Readiness): Router {
  const router = Router();
  router
    .route('/health/live')
    .all(noteRoute('/health/live'))
    .get((_request, response) => {
      response.set('Cache-Control', 'no-store').json({ status: 'ok' });
    })
    .all(refuseMethod('GET, HEAD, OPTIONS'));
  router
    .route('/health/ready')
    .all(noteRoute('/health/ready'))
    .get((_request, response) => {
      const status = readiness();
      response
        .status(status === 'ok' ? 200 : 503)
        .set('Cache-Control', 'no-store')
        .json({ status });
    })
    .all(refuseMethod('GET, HEAD, OPTIONS'));
  return router;
}
