import { fillTemplate, isRead } from '../cds-hooks/prefetch.ts';
import type { HookRequest } from '../cds-hooks/types.ts';
import { escapePointer } from '../cds-hooks/violations.ts';
import { ChartIncomplete } from '../errors.ts';
import { deepFreeze } from '../logic/freeze.ts';
import { addMedications } from './medications.ts';
import { joinPages, type Page, type PageEntry, readPage } from './page.ts';
import { type Prefetched, readPrefetch } from './prefetched.ts';
import type { FhirReader, Slice, SliceDefinition } from './slice.ts';
import { isAboutAnother } from './subject.ts';

/** What slices are wanted, and where they may come from. */
export interface AssembleOptions {
  readonly definitions: readonly SliceDefinition[];
  readonly request: HookRequest;
  /** Absent when this call may not read. Called at most once, and only when something has to be read. */
  readonly openReader?: () => FhirReader;
}

/**
 * Every defined slice, by name: from prefetch, else read, else unavailable. All reads run in parallel.
 * https://cds-hooks.hl7.org/#providing-fhir-resources-to-a-cds-service
 *
 * @throws InvalidRequest when prefetched data do not fit their templates
 * @throws WrongPatient when prefetched data are about another patient
 * @throws ChartIncomplete when a required slice cannot be had
 */
export async function assembleSlices(options: AssembleOptions): Promise<ReadonlyMap<string, Slice>> {
  const { definitions, request, openReader } = options;
  const prefetched = readPrefetch(definitions, request);
  let opened: FhirReader | undefined;
  const reader = (): FhirReader | undefined => {
    opened ??= openReader?.();
    return opened;
  };

  const obtained = new Map<string, Slice>();
  const missing: SliceDefinition[] = [];
  for (const definition of definitions) {
    const slice = atHand(prefetched.get(definition.name), definition, request);
    if (slice === undefined) missing.push(definition);
    else obtained.set(definition.name, slice);
  }
  // nearly every call brings all of it, and need not wait
  if (missing.length > 0) {
    const read = missing.map(
      async (one) => [one, await obtain(prefetched.get(one.name), one, request, reader)] as const,
    );
    for (const [{ name }, slice] of await Promise.all(read)) obtained.set(name, slice);
  }
  const slices = new Map(
    definitions.map(({ name, isExtra }) => {
      const slice = obtained.get(name) ?? unavailable('it was not obtained');
      return [name, slice.state === 'unavailable' && isExtra ? EMPTY : slice] as const;
    }),
  );
  requireSlices(definitions, slices);
  const { fhirServer } = request;
  return addMedications(slices, { definitions, reader, ...(fhirServer !== undefined && { fhirServer }) });
}

const EMPTY: Slice = deepFreeze({ state: 'complete', resources: [], included: [] });

type ReaderSource = () => FhirReader | undefined;

const OTHER_PATIENT: Slice = { state: 'unavailable', reason: 'the FHIR server answered about another patient' };

async function readSlice(definition: SliceDefinition, request: HookRequest, reader: ReaderSource): Promise<Slice> {
  const path = fillTemplate(definition.template, request.context);
  if (path === undefined) return EMPTY;
  const source = reader();
  if (source === undefined) {
    return unavailable(`it was not prefetched, and ${whyNotRead(request)}`);
  }

  const result = await source.read(path);
  if (!result.ok) return unavailable(`reading it from the FHIR server failed: ${result.reason}`);
  const { resource } = result;
  if (isRead(definition.template)) {
    if (resource.resourceType !== definition.type) return unavailable('the FHIR server answered something else');
    if (isAboutAnother(resource, request.context.patientId)) return OTHER_PATIENT;
    return { state: 'complete', resources: [resource], included: [] };
  }
  const page = resource.resourceType === 'Bundle' ? readPage(resource) : undefined;
  if (page === undefined) return unavailable('the FHIR server answered something else');
  if (holdsAnother(page, request)) return OTHER_PATIENT;
  return followPages(page, definition, request, reader);
}

/** What the client sent, as far as it is the whole slice. */
function atHand(given: Prefetched | undefined, definition: SliceDefinition, request: HookRequest): Slice | undefined {
  if (given === undefined) return undefined;
  if ('slice' in given) return given.slice;
  return given.page.next && definition.pages > 1 ? undefined : join([given.page], definition, request);
}

async function obtain(
  given: Prefetched | undefined,
  definition: SliceDefinition,
  request: HookRequest,
  reader: ReaderSource,
): Promise<Slice> {
  if (given === undefined) return readSlice(definition, request, reader);
  return 'slice' in given ? given.slice : followPages(given.page, definition, request, reader);
}

const join = (pages: readonly Page[], { type }: SliceDefinition, request: HookRequest): Slice =>
  joinPages(
    pages.map((page) => dropForeignIncludes(page, request)),
    type,
  );

/** Reads on from a first page; what cannot be read, or lies beyond the bound, leaves the slice partial. */
async function followPages(
  first: Page,
  definition: SliceDefinition,
  request: HookRequest,
  reader: ReaderSource,
): Promise<Slice> {
  const pages = [first];
  const followed = new Set<string>();
  let next = first.next;
  while (next && pages.length < definition.pages && !followed.has(next)) {
    followed.add(next);
    const result = await reader()?.read(next);
    const page = result?.ok && result.resource.resourceType === 'Bundle' ? readPage(result.resource) : undefined;
    if (page === undefined) break;
    if (holdsAnother(page, request)) return OTHER_PATIENT;
    pages.push(page);
    next = page.next;
  }
  return join(pages, definition, request);
}

function holdsAnother({ entries }: Page, { context }: HookRequest): boolean {
  return entries.some(({ resource, isInclude }) => !isInclude && isAboutAnother(resource, context.patientId));
}

/** Nobody asked for what came along, so a stranger's resource among it is no fault; but it goes no further. */
function dropForeignIncludes(page: Page, { context }: HookRequest): Page {
  const isForeign = ({ resource, isInclude }: PageEntry) => isInclude && isAboutAnother(resource, context.patientId);
  return page.entries.some(isForeign) ? { ...page, entries: page.entries.filter((one) => !isForeign(one)) } : page;
}

function whyNotRead({ fhirServer, fhirAuthorization }: HookRequest): string {
  if (fhirServer === undefined) return 'no fhirServer was sent';
  const why = 'this fhirServer is not one that is read here';
  return fhirAuthorization === undefined ? `${why}, or not without a fhirAuthorization` : why;
}

function unavailable(reason: string): Slice {
  return { state: 'unavailable', reason };
}

function requireSlices(definitions: readonly SliceDefinition[], slices: ReadonlyMap<string, Slice>): void {
  const diagnostics = definitions.flatMap(({ name, type, required }) => {
    const slice = slices.get(name);
    if (!required || slice?.state !== 'unavailable') return [];
    const remedy = `Send it as prefetch, or send a fhirServer that is read here (in open mode: on loopback) and a fhirAuthorization that may read ${type}.`;
    return [{ pointer: `/prefetch/${escapePointer(name)}`, message: `not available: ${slice.reason}. ${remedy}` }];
  });
  if (diagnostics.length > 0) {
    throw new ChartIncomplete('Data that this service requires were neither prefetched nor readable', diagnostics);
  }
}
