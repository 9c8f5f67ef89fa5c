import { Router } from 'express';
import { type Packed, pack, sendPacked } from '../http/compressed.ts';
import { refuseMethod } from '../http/method-not-allowed.ts';
import { noteRoute } from '../http/request-log.ts';
import { inLanguage, languagesOf } from '../knowledge/language.ts';
import type { Knowledge } from '../knowledge/types.ts';
import { signOffDocument } from '../sign-off/document.ts';
import { type Page, sendPage } from '../site/page.ts';

const PAGE = '/knowledge';
const PACK = '/knowledge/pack.md';

/** What the knowledge pages are made of. */
export interface HandbookDeps {
  readonly page: Page;
  readonly knowledge: Knowledge;
}

/**
 * The pack, for people: GET /knowledge is the page, GET /knowledge/pack.md the document to sign, in the language that is asked for; its `Link`
 * header names those it is to be had in. Nothing in it is about a patient, and nothing but what stands in the knowledge folder: open to
 * everybody who reaches the service.
 */
export function routeHandbook({ page, knowledge }: HandbookDeps): Router {
  const router = Router();
  const packs = new Map<string, Promise<Packed>>();
  const others = languagesOf(knowledge)
    .map((tag) => `<${PACK}>; rel="alternate"; hreflang="${tag}"`)
    .join(', ');
  router
    .route(PAGE)
    .all(noteRoute(PAGE))
    .get((_request, response) => sendPage(response, page))
    .all(refuseMethod('GET, HEAD'));
  router
    .route(PACK)
    .all(noteRoute(PACK))
    .get(async (request, response) => {
      const spoken = inLanguage(knowledge, request.acceptsLanguages());
      const packed = packs.get(spoken.locale) ?? pack(signOffDocument(spoken));
      packs.set(spoken.locale, packed);
      packed.catch(() => packs.delete(spoken.locale)); // whoever asks next has it made again
      response
        .set('Cache-Control', 'no-cache')
        .set('Content-Language', spoken.locale)
        .set('Link', others)
        .vary('Accept-Language')
        .type('text/markdown; charset=utf-8');
      sendPacked(request, response, await packed);
    })
    .all(refuseMethod('GET, HEAD'));
  return router;
}
