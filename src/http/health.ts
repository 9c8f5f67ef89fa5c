import { Router } from 'express';
import { refuseMethod } from './method-not-allowed.ts';
import { noteRoute } from './request-log.ts';

/** GET /health/live: the process answers. GET /health/ready: it also takes calls; 503 while draining. */
export function routeHealth(isReady: () => boolean): Router {
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
      const ready = isReady();
      response
        .status(ready ? 200 : 503)
        .set('Cache-Control', 'no-store')
        .json({ status: ready ? 'ok' : 'draining' });
    })
    .all(refuseMethod('GET, HEAD, OPTIONS'));
  return router;
}
