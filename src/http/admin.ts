import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import { isLoopbackHost } from '../chart/loopback.ts';
import { type Challenge, Forbidden, Unauthorized } from '../errors.ts';

const ADMIN_TOKEN: Challenge = {
  message: 'This needs the admin token',
  header: 'Basic realm="Rehab First", charset="UTF-8", Bearer realm="Rehab First"',
};

/**
 * Lets those in who hold the admin token: as a bearer token, or as the password of HTTP Basic, with which a browser can log in.
 * Without a token nobody is let in, but for open mode: there whoever is on this machine may come, and no website that pretends to be
 * on it by DNS rebinding.
 */
export function admitAdmin(token: string | undefined, isOpen: boolean): RequestHandler {
  if (token !== undefined) return admitHolder(token);
  return isOpen ? admitLocal : admitNobody;
}

const admitNobody: RequestHandler = () => {
  throw new Forbidden('This is closed until ADMIN_TOKEN is set');
};

const admitLocal: RequestHandler = ({ hostname }, _response, next) => {
  if (!isLoopbackHost(hostname ?? ''))
    throw new Forbidden('Ask for this under a name of this machine, such as localhost');
  next();
};

function admitHolder(token: string): RequestHandler {
  const expected = digest(token);
  return ({ headersDistinct }, _response, next) => {
    const [header = '', ...more] = headersDistinct.authorization ?? [];
    const shown = more.length === 0 ? secretIn(header) : '';
    if (!timingSafeEqual(digest(shown), expected))
      throw new Unauthorized('the admin token is missing or wrong', {}, ADMIN_TOKEN);
    next();
  };
}

/** Of equal length whatever the text: comparing takes as long for every wrong token. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

function secretIn(header: string): string {
  const [, scheme = '', value = ''] = /^(bearer|basic) +(\S+)$/i.exec(header) ?? [];
  if (scheme.toLowerCase() === 'bearer') return value;
  const credentials = Buffer.from(value, 'base64').toString();
  return credentials.slice(credentials.indexOf(':') + 1);
}
