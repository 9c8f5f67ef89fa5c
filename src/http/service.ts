import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Request, RequestHandler } from 'express';
import type { Caller, Hook, ServiceDescription } from '../cds-hooks/types.ts';
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
  /** The address that a request comes from, where there are limits. */
  readonly addressOf: (request: IncomingMessage) => string;
  /** Asked for each call: whether there is too much to do to take it. Absent: never. */
  readonly isOverloaded?: (() => boolean) | undefined;
  readonly maxBodyBytes: number;
  /** A place for the body of one call of a client. */
  readonly room: (client: string) => Place;
}

/** Where a call goes. */
export interface Target {
  /** Of the service. */
  readonly id: string;
  /** Of the URL called. */
  readonly path: string;
}

/** A call that may go on. */
export interface Admitted {
  readonly caller: Caller;
  /** Those that the service is listed for. */
  readonly hooks: readonly Hook[];
  /** For its body, until it is answered or gone. */
  readonly place: Place;
}

/** First for each call to a service: is there time for it, who calls, may it still call, and is there a service of this id? The body is not touched before. */
export function admit(
  deps: ServiceDeps,
): (request: IncomingMessage, response: ServerResponse, target: Target) => Promise<Admitted> {
  const { services, limits, isOverloaded, room } = deps;
  const identify = async (request: IncomingMessage, path: string): Promise<Caller> => {
    const credentials = { authorization: authorizationIn(request), path };
    if (limits === undefined) return deps.authenticate(credentials);
    const address = deps.addressOf(request);
    await limits.refuseFlood(address);
    try {
      return await deps.authenticate(credentials);
    } catch (error) {
      if (error instanceof Unauthorized) await limits.countFailure(address);
      throw error;
    }
  };
  return async (request, response, { id, path }) => {
    if (isOverloaded?.()) throw new Overloaded('Too many calls at the moment');
    const startedAt = performance.now();
    const caller = await identify(request, path);
    timingsOf(response).admit = performance.now() - startedAt;
    const { client } = caller;
    if (client !== '') noteForLog(response, { client });
    await limits?.countCall(client, response);
    const hooks = findHooks(services, id);
    noteForLog(response, { serviceId: id });
    const place = room(client);
    response.once('close', place.leave);
    return { caller, hooks, place };
  };
}

/** Each `Authorization` header; `headersDistinct` would take all others apart too. */
function authorizationIn({ rawHeaders }: IncomingMessage): string[] {
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'authorization');
}

/** Where a call goes that Express has routed. */
export const targetOf = ({ params, baseUrl, path }: Request<{ id: string }>): Target => ({
  id: params.id,
  path: baseUrl + path,
});

/** Is there a service of this id? */
export const find =
  (services: readonly ServiceDescription[]): RequestHandler<{ id: string }> =>
  ({ params }, response, next) => {
    findHooks(services, params.id);
    noteForLog(response, { serviceId: params.id });
    next();
  };
