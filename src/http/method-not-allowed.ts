import type { RequestHandler } from 'express';
import { MethodNotAllowed } from '../errors.ts';

/** Refuses every method but those of `allow`, the value of the `Allow` header. RFC 9110 section 15.5.6 */
export function refuseMethod(allow: string): RequestHandler {
  return (_request, response) => {
    response.setHeader('Allow', allow);
    throw new MethodNotAllowed(`This URL answers ${allow}`);
  };
}
