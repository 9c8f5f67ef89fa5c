import { type RequestHandler, Router } from 'express';
import { refuseMethod } from '../http/method-not-allowed.ts';
import { noteRoute } from '../http/request-log.ts';
import type { Metrics } from './metrics.ts';

const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** GET /metrics: for Prometheus. `admit` lets those in who may see it. */
export function routeMetrics({ render }: Pick<Metrics, 'render'>, admit: RequestHandler): Router {
  const router = Router();
  router
    .route('/metrics')
    .all(noteRoute('/metrics'), admit)
    .get(async (_request, response) => {
      response
        .set({
          'Cache-Control': 'no-store',
          'Cross-Origin-Resource-Policy': 'same-origin',
          'Content-Type': CONTENT_TYPE,
        })
        .send(Buffer.from(await render()));
    })
    .all(refuseMethod('GET, HEAD'));
  return router;
}
