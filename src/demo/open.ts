import type { IncomingMessage, ServerResponse } from 'node:http';
import { NotFound } from '../errors.ts';
import { readForm, readJson } from '../http/body.ts';
import type { Ehr, EhrAnswer, EhrRequest } from './ehr.ts';

/** Orders are small; a page that floods the demo with them gets no further. */
const MAX_BODY_BYTES = 64_000;
const HOST = /^[\w.-]+(?::\d+)?$|^\[[\da-f:]+\](?::\d+)?$/i;

type EhrModule = Pick<typeof import('./ehr.ts'), 'openEhr'>;

/** What the demo EHR is made of. */
export interface DemoOptions {
  readonly clock: () => Date;
  /** The day on which the stories take place. */
  readonly today: () => number;
  /** Loads the server itself, which needs development dependencies. */
  readonly load?: () => Promise<EhrModule>;
}

/** Answers requests whose URL is relative to `/fhir`. */
export type DemoEhr = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void;

/**
 * The demo EHR of open mode. Its server and its charts are loaded by the first request, and anew by the first of another day, so that the
 * stories always take place today; drafts are gone then.
 */
export function openDemo({ clock, today, load = () => import('./ehr.ts') }: DemoOptions): DemoEhr {
  let opened: { readonly day: number; readonly ehr: Promise<Ehr> } | undefined;
  const ehrOf = (module: EhrModule, day: number): Promise<Ehr> => {
    if (opened?.day !== day) opened = { day, ehr: module.openEhr(day, clock) };
    return opened.ehr;
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const module = await load().catch(explainAbsence);
    const ehr = await ehrOf(module, today()).catch(explainAbsence);
    send(response, await ehr(readRequest(request)));
  }
  return (request, response, next) => {
    answer(request, response).catch(next);
  };
}

/** @throws NotFound that says what is missing, when something is */
function explainAbsence(error: unknown): never {
  const { code, message = '' } = error as NodeJS.ErrnoException;
  if (code === 'ERR_MODULE_NOT_FOUND' && message.includes('@medplum/')) {
    throw new NotFound(
      'The demo EHR needs the development dependencies of a clone (npm ci), which this installation lacks; send prefetch instead',
    );
  }
  if (code === 'ENOENT') throw new NotFound('The demo EHR needs fixtures/patients, which this installation lacks');
  throw error;
}

function readRequest(request: IncomingMessage): EhrRequest {
  const { host = '' } = request.headers;
  const authority = HOST.test(host) ? host : `127.0.0.1:${request.socket.localPort}`;
  return {
    method: request.method ?? 'GET',
    url: request.url ?? '',
    base: `http://${authority}/fhir`,
    headers: request.headers,
    json: () => readJson(request, MAX_BODY_BYTES),
    form: () => readForm(request, MAX_BODY_BYTES),
  };
}

function send(response: ServerResponse, { status, resource, headers }: EhrAnswer): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.setHeader('Content-Type', 'application/fhir+json; charset=utf-8');
  response.setHeader('Cache-Control', 'no-store');
  response.end(JSON.stringify(resource));
}
