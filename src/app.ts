import cors from 'cors';
import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import { NotFound } from './errors.ts';
import { type CallDeps, routeCall } from './http/call.ts';
import { routeDiscovery } from './http/discovery.ts';
import { errorHandler } from './http/error-handler.ts';
import { type FeedbackDeps, routeFeedback } from './http/feedback.ts';
import { type Readiness, routeHealth } from './http/health.ts';
import { type LogEntry, logRequests, noteRoute } from './http/request-log.ts';
import { createRoom } from './http/room.ts';

/** What the app is made of; everything that lives longer than a request is handed in. */
export interface AppDeps extends Omit<CallDeps & FeedbackDeps, 'room'> {
  readonly readiness: () => Readiness;
  /** Origins whose pages may call. Absent: all. Asked for every request, as they may change. */
  readonly origins?: (() => readonly string[]) | undefined;
  /** Bytes of bodies that one client may have here at once; 100,000,000 when absent. */
  readonly mostHeldBytes?: number | undefined;
  /** Called once per request. */
  readonly log: (entry: LogEntry) => void;
  /** Pages for people, which other origins may not read. */
  readonly pages?: readonly RequestHandler[];
  /** Answers everything under `/fhir`; without it that is no page. */
  readonly demo?: RequestHandler;
}

/** The HTTP application. It does not listen and reads no environment. */
export function createApp(deps: AppDeps): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  if (deps.limits !== undefined) trustProxyNearby(app);
  app.use(logRequests(deps.log), tidyPath, setSecurityHeaders(deps.limits !== undefined), ...(deps.pages ?? []));
  app.use(setCommonHeaders, allowOrigins(deps.origins));
  const room = createRoom(deps.mostHeldBytes);
  app.use(routeDiscovery(deps.services), routeCall({ ...deps, room }), routeFeedback({ ...deps, room }));
  app.use(routeHealth(deps.readiness));
  if (deps.demo !== undefined) app.use('/fhir', noteRoute('/fhir'), deps.demo);
  app.use(() => {
    throw new NotFound('No such page; GET /cds-services lists the services');
  });
  app.use(errorHandler);
  return app;
}

/**
 * What is answered is data: it runs nothing, loads nothing, and stands in nobody's frame. A page says itself what else it may do. Pages of
 * other origins may read answers, as CORS allows. Browsers are told to insist on TLS only where there is a public URL with it.
 */
const setSecurityHeaders = (isPublic: boolean): RequestHandler =>
  helmet({
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    crossOriginResourcePolicy: { policy: 'cross-origin' },
    referrerPolicy: { policy: 'no-referrer' },
    strictTransportSecurity: isPublic,
    xFrameOptions: { action: 'deny' },
  });

const setCommonHeaders: RequestHandler = (request, response, next) => {
  if (request.method === 'POST') response.setHeader('Cache-Control', 'no-store');
  if (request.headers['access-control-request-private-network'] === 'true') {
    response.setHeader('Access-Control-Allow-Private-Network', 'true');
  }
  next();
};

/**
 * CORS without credentials. Header names are listed because `*` does not cover `Authorization`. A preflight needs no token; an origin that
 * is not allowed gets the same answers, which its browser then keeps from it. https://fetch.spec.whatwg.org/
 */
function allowOrigins(origins: AppDeps['origins']): RequestHandler {
  const common = {
    methods: ['GET', 'POST'],
    allowedHeaders: ['Authorization', 'Content-Type'],
    optionsSuccessStatus: 204,
  };
  return cors((_request, done) => done(null, { ...common, origin: origins === undefined ? '*' : [...origins()] }));
}

/** The caller's address is what a reverse proxy in the private network says last in `X-Forwarded-For`, else that of the connection. */
function trustProxyNearby(app: Express): void {
  app.set('trust proxy', 'loopback, linklocal, uniquelocal');
  const isNearby: (address: string, hop: number) => boolean = app.get('trust proxy fn');
  app.set('trust proxy', (address: string, hop: number) => hop === 0 && isNearby(address, hop));
}

/** Clients append `/id` to a discovery URL as typed, which may end in a slash: doubled slashes count as one. */
const tidyPath: RequestHandler = (request, _response, next) => {
  const [path = '', ...query] = request.url.split('?');
  if (path.startsWith('/') && path.includes('//')) request.url = [path.replace(/\/{2,}/g, '/'), ...query].join('?');
  next();
};
