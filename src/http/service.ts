import type { RequestHandler, Response } from 'express';
import type { Caller, ServiceDescription } from '../cds-hooks/types.ts';
import { findHooks } from './find-service.ts';
import { noteForLog } from './request-log.ts';

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
  readonly maxBodyBytes: number;
}

const callers = new WeakMap<Response, Caller>();

/** First for each call to a service: is there one of this id, and who calls? The body is not touched before. */
export function admit({ services, authenticate }: ServiceDeps): RequestHandler<{ id: string }> {
  return async ({ method, params, headersDistinct, path, baseUrl }, response, next) => {
    if (method === 'POST') {
      callers.set(
        response,
        await authenticate({ authorization: headersDistinct.authorization ?? [], path: baseUrl + path }),
      );
    }
    findHooks(services, params.id);
    noteForLog(response, { serviceId: params.id });
    next();
  };
}

/** Who was admitted. */
export function callerOf(response: Response): Caller {
  const caller = callers.get(response);
  if (caller === undefined) throw new Error('a route without admission asks for its caller');
  return caller;
}
