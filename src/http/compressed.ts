import { createHash } from 'node:crypto';
import { pipeline, Readable } from 'node:stream';
import { promisify } from 'node:util';
import { createGunzip, gzip } from 'node:zlib';
import type { Request, Response } from 'express';

/** A text ready to be sent many times. Only its packed form is kept: it is a tenth of the size, and what nearly every client takes. */
export interface Packed {
  readonly gzipped: Buffer;
  /** Changes with the text alone. */
  readonly tag: string;
}

const compress = promisify(gzip);

/** Packs a text once, on another thread. */
export const pack = async (text: string): Promise<Packed> => ({
  gzipped: await compress(text),
  tag: createHash('sha256').update(text).digest('base64url'),
});

/**
 * Sends it in the coding that the client accepts, or 304 when the client has it. RFC 9110 sections 12.5.3 and 13.1.2
 */
export function sendPacked(request: Request, response: Response, { gzipped, tag }: Packed): void {
  response.set('ETag', `W/"${tag}"`).vary('Accept-Encoding');
  if (request.acceptsEncodings('gzip', 'identity') === 'gzip') response.set('Content-Encoding', 'gzip').send(gzipped);
  else if (request.fresh) response.status(304).end();
  else {
    // part by part: of a large text, never all for each client. One that goes away gets no more, and needs no answer
    pipeline(Readable.from([gzipped]), createGunzip(), response, () => undefined);
  }
}
