import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { getStatus } from '@medplum/core';
import { type FhirRequest, FhirRouter } from '@medplum/fhir-router';
import type { Bundle, OperationOutcome, Resource } from '@medplum/fhirtypes';
import { moveStory } from '../clinical/story.ts';
import { describeServer } from './capability.ts';
import { checkQuery, type Query } from './query.ts';
import { Refusal } from './refusal.ts';
import { DemoRepository } from './repository.ts';
import { searchableTypes } from './search-parameters.ts';

const PATIENTS = new URL('../../fixtures/patients/', import.meta.url);
/** What may be written: orders not yet signed, so many of them. */
const DRAFTS: readonly string[] = ['MedicationRequest', 'ServiceRequest'];
const MAX_DRAFTS = 200;
const ID = /^[A-Za-z0-9.-]{1,64}$/;

/** One request, its body read only when it is needed. */
export interface EhrRequest {
  readonly method: string;
  /** Below the base, with its query, as it came. */
  readonly url: string;
  /** Base URL as the caller wrote it, without a trailing slash: links go out under it. */
  readonly base: string;
  readonly headers: IncomingHttpHeaders;
  readonly json: () => Promise<unknown>;
  readonly form: () => Promise<URLSearchParams>;
}

export interface EhrAnswer {
  readonly status: number;
  readonly resource: object;
  readonly headers: Readonly<Record<string, string>>;
}

export type Ehr = (request: EhrRequest) => Promise<EhrAnswer>;

/**
 * A FHIR R4 server over the fixture patients, whose stories take place on `today`. Charts can be read and searched; drafts of orders can be
 * written beside them, and are gone with the process.
 */
export async function openEhr(today: number, clock: () => Date): Promise<Ehr> {
  const types = searchableTypes();
  const repository = new DemoRepository(clock);
  const held = new Set<string>(DRAFTS);
  for (const file of readdirSync(PATIENTS).filter((name) => name.endsWith('.json'))) {
    const chart = JSON.parse(readFileSync(new URL(file, PATIENTS), 'utf8')) as Bundle;
    for (const { resource } of chart.entry ?? []) {
      if (resource === undefined) continue;
      held.add(resource.resourceType);
      await repository.load(moveStory(resource, today));
    }
  }
  const router = new FhirRouter();

  async function ask(request: Pick<FhirRequest, 'method' | 'url'> & Partial<FhirRequest>): Promise<EhrAnswer> {
    const whole: FhirRequest = { pathname: '', body: undefined, params: {}, query: {}, ...request };
    const [outcome, resource] = await router.handleRequest(whole, repository);
    return { status: getStatus(outcome), resource: resource ?? outcome, headers: {} };
  }

  async function read(url: string): Promise<EhrAnswer> {
    const answer = await ask({ method: 'GET', url });
    return { ...answer, headers: etagOf(answer) };
  }

  async function search(type: string, query: Query, base: string): Promise<EhrAnswer> {
    const answer = await ask({ method: 'GET', url: type, query: query.parameters });
    if (answer.status !== 200) return answer;
    return { ...answer, resource: addLinks(answer.resource as Bundle, type, query, base) };
  }

  async function write(request: EhrRequest, type: string, id?: string): Promise<EhrAnswer> {
    if (id !== undefined) requireDraft(type, id);
    const draft = await readDraft(await request.json(), type);
    if (id !== undefined && draft.id !== id) throw unprocessable('id must be that of the URL');
    const isNew = id === undefined || !repository.drafts.has(`${type}/${id}`);
    if (isNew && repository.drafts.size >= MAX_DRAFTS) {
      throw new Refusal(403, 'too-costly', `No more than ${MAX_DRAFTS} drafts are kept; delete some`);
    }
    if (id === undefined) delete draft.id;
    if (request.headers['if-none-exist'] !== undefined) {
      throw new Refusal(400, 'not-supported', 'There is no conditional create here');
    }
    const url = id === undefined ? type : `${type}/${id}`;
    if (id !== undefined) await requireExpected(request.headers, url);
    const answer = await ask({ method: id === undefined ? 'POST' : 'PUT', url, body: draft });
    if (answer.status >= 300) return answer;
    const { id: given } = answer.resource as Resource;
    const location = isNew && { Location: `${request.base}/${type}/${given}` };
    return { status: isNew ? 201 : 200, resource: answer.resource, headers: { ...etagOf(answer), ...location } };
  }

  /** Refuses to change what is not, or is, as the caller expects it. RFC 9110 section 13.1 */
  async function requireExpected(headers: IncomingHttpHeaders, url: string): Promise<void> {
    const { ETag } = (await read(url)).headers;
    const isNamed = (tags: string): boolean =>
      ETag !== undefined && tags.split(',').some((tag) => ['*', ETag].includes(tag.trim()));
    const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = headers;
    if (ifMatch !== undefined && !isNamed(ifMatch)) {
      throw new Refusal(412, 'conflict', `If-Match names another version; ${ETag ?? 'none'} is here`);
    }
    if (ifNoneMatch !== undefined && isNamed(ifNoneMatch)) {
      throw new Refusal(412, 'conflict', `If-None-Match names what is here, ${ETag}`);
    }
  }

  async function readDraft(body: unknown, type: string): Promise<Resource> {
    const draft = body as Resource & { status?: unknown; subject?: { reference?: unknown } };
    if (typeof body !== 'object' || body === null || draft.resourceType !== type) {
      throw unprocessable(`The body must be a ${type}`);
    }
    if (draft.status !== 'draft') throw unprocessable('Only drafts are taken: status must be "draft"');
    const reference = draft.subject?.reference;
    const [kind, patient = '', ...more] = typeof reference === 'string' ? reference.split('/') : [];
    const isHere = kind === 'Patient' && more.length === 0 && ID.test(patient);
    if (!isHere || (await ask({ method: 'GET', url: `Patient/${patient}` })).status !== 200) {
      throw unprocessable('subject must be a patient of this server, as Patient/<id>');
    }
    try {
      return repository.tryToSearch(draft);
    } catch {
      throw unprocessable(`The body is no ${type} of FHIR R4: an element has a value it cannot have`);
    }
  }

  function requireDraft(type: string, id: string): void {
    if (repository.isOfChart(type, id)) {
      throw new Refusal(403, 'forbidden', 'The charts cannot be changed; write a draft under another id');
    }
  }

  async function route(request: EhrRequest): Promise<EhrAnswer> {
    const { base } = request;
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const [path = '', ...rest] = request.url.split('?');
    const query = new URLSearchParams(rest.join('?'));
    const [type = '', id, ...more] = path.split('/').filter(Boolean);
    if (type === '') throw new Refusal(400, 'not-supported', 'Name a resource type; GET metadata lists them');
    if (type === 'metadata' && id === undefined) {
      if (method !== 'GET') throw refuseMethod('GET, HEAD');
      return { status: 200, resource: describeServer([...held].sort(), DRAFTS, base, clock()), headers: {} };
    }
    if (!types.has(type))
      throw new Refusal(404, 'not-found', 'There is no such resource type here; GET metadata lists those there are');
    if (more.length > 0) throw new Refusal(404, 'not-supported', 'There is no history and no operation here');
    const isDrafted = DRAFTS.includes(type);
    if (id === undefined) {
      if (method === 'GET') return search(type, checkQuery(type, query, base), base);
      if (method === 'POST' && isDrafted) return write(request, type);
      throw refuseMethod(isDrafted ? 'GET, HEAD, POST' : 'GET, HEAD');
    }
    if (id === '_search') {
      if (method !== 'POST') throw refuseMethod('POST');
      return search(type, checkQuery(type, [...query, ...(await request.form())], base), base);
    }
    if (!ID.test(id)) throw new Refusal(404, 'not-found', 'An id is 1 to 64 letters, digits, dots and hyphens');
    if (method === 'GET') return read(`${type}/${id}`);
    if (method === 'PUT' && isDrafted) return write(request, type, id);
    if (method === 'DELETE' && isDrafted) {
      requireDraft(type, id);
      await requireExpected(request.headers, `${type}/${id}`);
      return ask({ method: 'DELETE', url: `${type}/${id}` });
    }
    throw refuseMethod(isDrafted ? 'GET, HEAD, PUT, DELETE' : 'GET, HEAD');
  }

  return (request) =>
    route(request).catch((error: unknown) => {
      if (error instanceof Refusal) return explain(error);
      throw error;
    });
}

/** Nothing for what came without a version, as some charts do. */
function etagOf({ resource }: EhrAnswer): Record<string, string> {
  const version = (resource as Resource).meta?.versionId;
  return version === undefined ? {} : { ETag: `W/"${version}"` };
}

function explain({ status, code, message, allow }: Refusal): EhrAnswer {
  const resource: OperationOutcome = {
    resourceType: 'OperationOutcome',
    issue: [{ severity: 'error', code, diagnostics: message }],
  };
  return { status, resource, headers: allow === undefined ? {} : { Allow: allow } };
}

const refuseMethod = (allow: string): Refusal =>
  new Refusal(405, 'not-supported', `This URL of the demo EHR answers ${allow}`, allow);
const unprocessable = (reason: string): Refusal => new Refusal(422, 'business-rule', reason);

function addLinks(bundle: Bundle, type: string, { parameters, count, offset }: Query, base: string): Bundle {
  const urlFrom = (start: number): string => {
    const all = Object.entries({ ...parameters, _offset: [String(start)] });
    const query = new URLSearchParams(
      all.flatMap(([name, values]) => values.map((value): [string, string] => [name, value])),
    );
    return `${base}/${type}?${query}`;
  };
  const { total = 0, entry = [] } = bundle;
  const hasMore = count > 0 && offset + count < total;
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    total,
    link: [
      { relation: 'self', url: urlFrom(offset) },
      ...(hasMore ? [{ relation: 'next' as const, url: urlFrom(offset + count) }] : []),
    ],
    ...(entry.length > 0 && {
      entry: entry.map((one) => ({
        fullUrl: `${base}/${one.resource?.resourceType}/${one.resource?.id}`,
        ...one,
      })),
    }),
  };
}
