import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import cors, { type CorsOptions } from 'cors';
import express, { type RequestHandler } from 'express';
import helmet from 'helmet';
import { NotFound } from './errors.ts';
import { answerCalls, type CallDeps, routeCall } from './http/call.ts';
import { routeDiscovery } from './http/discovery.ts';
import { answerError, errorHandler } from './http/error-handler.ts';
import { type FeedbackDeps, routeFeedback } from './http/feedback.ts';
import { type Readiness, routeHealth } from './http/health.ts';
import { type LogEntry, logRequest, noteRoute } from './http/request-log.ts';
import { createRoom } from './http/room.ts';

/** What the app is made of; everything that lives longer than a request is handed in. */
export interface AppDeps extends Omit<CallDeps & FeedbackDeps, 'room' | 'addressOf'> {
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

/** A request that an application around this one may have taken the first part of its path from. */
type MountedRequest = IncomingMessage & { readonly baseUrl?: string };

/** What answers a request, or passes it on; Express and `node:http` both have it. */
type Step = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/**
 * The HTTP application. It does not listen and reads no environment. A call by the very URL that discovery leads to, as nearly all requests
 * are, is answered before Express, whose routing takes longer than the rest of such a call; all else goes through it.
 */
export function createApp(deps: AppDeps): RequestListener {
  const setSecurityHeaders = securityHeaders(deps.limits !== undefined);
  const setCommonHeaders = commonHeaders(deps.origins);
  const services = { ...deps, addressOf, room: createRoom(deps.mostHeldBytes) };
  const answer = answerCalls(services);
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(tidyPath, ...(deps.pages ?? []));
  if (deps.demo !== undefined) app.use('/fhir', commonHeaders(deps.origins, EHR), noteRoute('/fhir'), deps.demo);
  app.use(setCommonHeaders);
  app.use(routeDiscovery(deps.services), routeCall(answer, deps), routeFeedback(services), routeHealth(deps.readiness));
  app.use(() => {
    throw new NotFound('No such page; GET /cds-services lists the services');
  });
  app.use(errorHandler);
  const idsByPath = new Map(deps.services.map(({ id }) => [`/cds-services/${encodeURIComponent(id)}`, id]));
  const answerCall = (request: MountedRequest, response: ServerResponse, id: string) => {
    const path = (request.baseUrl ?? '') + (request.url ?? '');
    const refuse = (error: unknown) => answerError(error, response);
    setCommonHeaders(request, response, () => {
      answer(request, response, { id, path })
        .catch(refuse)
        .catch(() => response.destroy());
    });
  };
  return (request, response) => {
    logRequest(request, response, deps.log);
    setSecurityHeaders(response);
    const id = request.method === 'POST' ? idsByPath.get(request.url ?? '') : undefined;
    if (id === undefined) app(request, response);
    else answerCall(request, response, id);
  };
}

/**
 * What is answered is data: it runs nothing, loads nothing, and stands in nobody's frame. A page says itself what else it may do. Pages of
 * other origins may read answers, as CORS allows. Browsers are told to insist on TLS only where there is a public URL with it. What
 * `helmet` says is the same for all answers, so it is asked once.
 */
function securityHeaders(isPublic: boolean): (response: ServerResponse) => void {
  const headers = new Map<string, string>();
  const setHeader = (name: string, value: string) => headers.set(name, value);
  const ask = helmet({
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    crossOriginResourcePolicy: { policy: 'cross-origin' },
    referrerPolicy: { policy: 'no-referrer' },
    strictTransportSecurity: isPublic,
    xFrameOptions: { action: 'deny' },
  });
  ask({} as IncomingMessage, { setHeader, removeHeader() {} } as unknown as ServerResponse, () => {});
  return (response) => {
    response.removeHeader('X-Powered-By'); // of an application that this one is mounted in
    for (const [name, value] of headers) response.setHeader(name, value);
  };
}

/** What pages of other origins may do beyond calling: write to the demo EHR, and read what became of it. */
const EHR: CorsOptions = {
  methods: ['GET', 'POST', 'PUT', 'DELETE'],
  allowedHeaders: ['Authorization', 'Content-Type', 'If-Match', 'If-None-Match', 'If-None-Exist', 'Prefer'],
  exposedHeaders: ['ETag', 'Location'],
};

/**
 * CORS without credentials, and nothing of a call is kept. Header names are listed because `*` does not cover `Authorization`. A preflight
 * needs no token; an origin that is not allowed gets the same answers, which its browser then keeps from it. https://fetch.spec.whatwg.org/
 */
function commonHeaders(origins: AppDeps['origins'], more: CorsOptions = {}): Step {
  const common: CorsOptions = {
    methods: ['GET', 'POST'],
    allowedHeaders: ['Authorization', 'Content-Type'],
    optionsSuccessStatus: 204,
    ...more,
  };
  const allowOrigins = cors<IncomingMessage>((_request, done) =>
    done(null, { ...common, origin: origins === undefined ? '*' : [...origins()] }),
  );
  return (request, response, next) => {
    if (request.method === 'POST') response.setHeader('Cache-Control', 'no-store');
    if (request.headers['access-control-request-private-network'] === 'true') {
      response.setHeader('Access-Control-Allow-Private-Network', 'true');
    }
    allowOrigins(request, response, next);
  };
}

const isNearby: (address: string, hop: number) => boolean = express()
  .set('trust proxy', 'loopback, linklocal, uniquelocal')
  .get('trust proxy fn');

/** What a reverse proxy in the private network says last in `X-Forwarded-For`, else the address of the connection. */
function addressOf({ socket, headers }: IncomingMessage): string {
  const { remoteAddress = '' } = socket;
  if (!isNearby(remoteAddress, 0)) return remoteAddress;
  const said = String(headers['x-forwarded-for'] ?? '').split(',');
  return said.map((address) => address.trim()).findLast((address) => address !== '') ?? remoteAddress;
}

/** Clients append `/id` to a discovery URL as typed, which may end in a slash: doubled slashes count as one. */
const tidyPath: RequestHandler = (request, _response, next) => {
  const [path = '', ...query] = request.url.split('?');
  if (path.startsWith('/') && path.includes('//')) request.url = [path.replace(/\/{2,}/g, '/'), ...query].join('?');
  next();
};
