import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Response, Router } from 'express';
import { NotFound } from '../errors.ts';
import { pack, sendPacked } from '../http/compressed.ts';
import { refuseMethod } from '../http/method-not-allowed.ts';
import { noteRoute } from '../http/request-log.ts';

/** The HTML that every page begins with; which page it is, its address says. */
export type Page = Buffer;

/** Nothing from elsewhere, nothing inline, in nobody's frame. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};
const ASSETS = '/assets/:name';

/** Pages that there may be to go to. */
export type Address = '/' | '/knowledge' | '/insights';

/** Reads the shell of the pages as the build left it. It says which pages there are to go to. @throws when it was not built */
export function readPage(dir: string, offered: readonly Address[]): Page {
  const html = readFileSync(join(dir, 'index.html'), 'utf8');
  return Buffer.from(html.replace(/(?<=data-pages=")[^"]*/, offered.join(' ')));
}

/** Sends a page under the strictest policy it can work with. */
export function sendPage(response: Response, page: Page): void {
  setDataHeaders(response);
  response
    .set('Content-Security-Policy', CONTENT_SECURITY_POLICY)
    .set('Referrer-Policy', 'no-referrer')
    .type('text/html; charset=utf-8')
    .send(page);
}

/** What is said of a site must stay in it: not kept, and not read by other origins. */
export function setDataHeaders(response: Response): void {
  response.set('Cache-Control', 'no-store').set('Cross-Origin-Resource-Policy', 'same-origin');
}

/** GET /assets/:name: scripts and styles of the pages, read and packed once. Their names change with their contents. */
export function routeAssets(dir: string): Router {
  const assets = new Map(
    readdirSync(join(dir, 'assets')).map((name) => [name, pack(readFileSync(join(dir, 'assets', name), 'utf8'))]),
  );
  const router = Router();
  router
    .route(ASSETS)
    .all(noteRoute(ASSETS))
    .get(async (request, response) => {
      const { name } = request.params;
      const packed = await assets.get(name);
      if (packed === undefined) throw new NotFound('No such file');
      response
        .set('Cache-Control', 'public, max-age=31536000, immutable')
        .set('Cross-Origin-Resource-Policy', 'same-origin')
        .type(TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream');
      sendPacked(request, response, packed);
    })
    .all(refuseMethod('GET, HEAD'));
  return router;
}
