import type { RequestHandler, Response } from 'express';
import type { Caller, ServiceDescription } from '../cds-hooks/types.ts';
import { Overloaded, Unauthorized } from '../errors.ts';
import { findHooks } from './find-service.ts';
import type { Limits } from './rate-limit.ts';
import { noteForLog, timingsOf } from './request-log.ts';
import type { Place } from './room.ts';

/** What a caller shows of itself. */
export interface Credentials {
  /** Each `Authorization` header, as sent. */
  readonly authorization: readonly string[];
  /** Path of the URL called, such as `/cds-services/one/feedback`. */
  readonly path: string;
}

/** Who calls. Rejects when that is nobody we know. */
export type Authenticate = (credentials: Credentials) => Promise<Caller>;

/** What every call to a service needs. */
export interface ServiceDeps {
  readonly services: readonly ServiceDescription[];
  readonly authenticate: Authenticate;
  /** Absent: anybody may call as often as they like. */
  readonly limits?: Limits | undefined;
  /** Asked for each call: whether there is too much to do to take it. Absent: never. */
  readonly isOverloaded?: (() => boolean) | undefined;
  readonly maxBodyBytes: number;
  /** A place for the body of one call of a client. */
  readonly room: (client: string) => Place;
}

const callers = new WeakMap<Response, Caller>();
const places = new WeakMap<Response, Place>();

/** First for each call to a service: is there time for it, who calls, may it still call, and is there a service of this id? The body is not touched before. */
export function admit({
  services,
  authenticate,
  limits,
  isOverloaded,
  room,
}: ServiceDeps): RequestHandler<{ id: string }>[] {
  const shed: RequestHandler<{ id: string }> = ({ method }, _response, next) => {
    if (method === 'POST' && isOverloaded?.()) throw new Overloaded('Too many calls at the moment');
    next();
  };
  const identify: RequestHandler<{ id: string }> = async (request, response, next) => {
    const { method, headersDistinct, path, baseUrl, ip = '' } = request;
    if (method !== 'POST') return next();
    const startedAt = performance.now();
    await limits?.refuseFlood(ip);
    try {
      const caller = await authenticate({ authorization: headersDistinct.authorization ?? [], path: baseUrl + path });
      callers.set(response, caller);
      const place = room(caller.client);
      places.set(response, place);
      response.once('close', place.leave);
      if (caller.client !== '') noteForLog(response, { client: caller.client });
      timingsOf(response).admit = performance.now() - startedAt;
    } catch (error) {
      if (error instanceof Unauthorized) await limits?.countFailure(ip);
      throw error;
    }
    next();
  };
  const count: RequestHandler<{ id: string }> = (request, response, next) =>
    request.method === 'POST' && limits !== undefined ? limits.countCall(request, response, next) : next();
  const find: RequestHandler<{ id: string }> = ({ params }, response, next) => {
    findHooks(services, params.id);
    noteForLog(response, { serviceId: params.id });
    next();
  };
  return [shed, identify, count, find];
}

/** Who was admitted. */
export function callerOf(response: Response): Caller {
  const caller = callers.get(response);
  if (caller === undefined) throw new Error('a route without admission asks for its caller');
  return caller;
}

/** Takes room for the body of an admitted call, until it is answered. */
export const roomOf =
  (response: Response): Place['take'] =>
  (bytes) =>
    places.get(response)?.take(bytes) ?? true;
