import { gzipSync } from 'node:zlib';
import type { Request, Response } from 'express';

/** A text ready to be sent many times, as it is and packed. */
export interface Prepared {
  readonly whole: string;
  readonly gzipped: Buffer;
}

/** Packs a text once. */
export const prepare = (whole: string): Prepared => ({ whole, gzipped: gzipSync(whole) });

/** Sends it in the coding that the client accepts. RFC 9110 section 12.5.3 */
export function sendPrepared(request: Request, response: Response, { whole, gzipped }: Prepared): void {
  const isGzip = request.acceptsEncodings('gzip', 'identity') === 'gzip';
  if (isGzip) response.set('Content-Encoding', 'gzip');
  response.vary('Accept-Encoding').send(isGzip ? gzipped : whole);
}
