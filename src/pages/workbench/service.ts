import type { CdsResponse, Feedback } from '../../cds-hooks/types.ts';
import type { Explanation, Setup } from '../../workbench/explanation.ts';
import { language } from '../shared/language.ts';
import type { Chart, Resource } from './chart.ts';
import { referenceOf } from './order.ts';
import { fillPrefetch } from './prefetch.ts';
import { texts } from './texts.ts';

export type Hook = 'order-select' | 'order-sign';
export type Data = 'prefetch' | 'fhir' | 'none';

/** A hook request as it is sent. */
export type HookBody = Readonly<Record<string, unknown>> & { readonly hook: Hook; readonly hookInstance: string };

/** One call and everything that came of it. */
export interface Exchange {
  readonly url: string;
  readonly body: HookBody;
  /** How many drafts were sent. */
  readonly orders: number;
  /** The language that was answered in. */
  readonly language: string;
  readonly status: number;
  readonly answer: unknown;
  readonly ms: number;
  /** Absent when the call was answered with an error. */
  readonly cards?: CdsResponse['cards'];
  readonly problem?: string;
  readonly explanation?: Explanation;
}

/** What a call is made from. */
export interface CallParts {
  readonly hook: Hook;
  readonly data: Data;
  readonly patientId: string;
  readonly chart: Chart;
  readonly encounterId: string | undefined;
  readonly drafts: readonly Resource[];
}

export const loadSetup = (): Promise<Setup> => getJson('/workbench/data.json');

/** The chart as it would look so many days later. */
export const loadChart = (id: string, daysAhead: number): Promise<Chart> =>
  getJson(`/workbench/patients/${encodeURIComponent(id)}?ahead=${daysAhead}`);

/** The hook request that an EHR would send. */
export function bodyOf({ hook, data, patientId, chart, encounterId, drafts }: CallParts, setup: Setup): HookBody {
  const context = {
    userId: 'Practitioner/example',
    patientId,
    ...(encounterId !== undefined && { encounterId }),
    ...(hook === 'order-select' && { selections: drafts.map(referenceOf) }),
    draftOrders: { resourceType: 'Bundle', type: 'collection', entry: drafts.map((resource) => ({ resource })) },
  };
  return {
    hook,
    hookInstance: crypto.randomUUID(),
    context,
    ...(data === 'prefetch' && { prefetch: fillPrefetch(setup.prefetch, chart, context) }),
    ...(data === 'fhir' && { fhirServer: `${location.origin}/fhir` }),
  };
}

/** Calls the service as an EHR does, then asks why it answered so. */
export async function callService(parts: CallParts, setup: Setup, signal: AbortSignal): Promise<Exchange> {
  const url = `/cds-services/${setup.services.find(({ hook }) => hook === parts.hook)?.id}`;
  const body = bodyOf(parts, setup);
  const startedAt = performance.now();
  const response = await post(url, body, signal);
  const answer: unknown = await response.json();
  const exchange = {
    url,
    body,
    orders: parts.drafts.length,
    language: response.headers.get('Content-Language') ?? language,
    status: response.status,
    answer,
    ms: performance.now() - startedAt,
  };
  if (!response.ok) return { ...exchange, problem: await problemOf(answer, parts.data) };
  const explained = await post('/workbench/explain', body, signal);
  return {
    ...exchange,
    cards: (answer as CdsResponse).cards,
    ...(explained.ok && { explanation: (await explained.json()) as Explanation }),
  };
}

/** Tells the service what became of a card. @returns what went wrong, or nothing when it is kept */
export async function sendFeedback(serviceUrl: string, item: Feedback): Promise<string | undefined> {
  try {
    const { status } = await post(`${serviceUrl}/feedback`, { feedback: [item] });
    return status === 200 ? undefined : texts.card.notKept(status);
  } catch {
    return `${texts.failed} ${texts.card.lost}`;
  }
}

/** Ends the quiet period of a patient. */
export const forget = async (patient: string): Promise<void> => void (await post('/workbench/forget', { patient }));

const post = (url: string, body: object, signal?: AbortSignal): Promise<Response> =>
  ask(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Accept-Language': language },
    body: JSON.stringify(body),
    ...(signal && { signal }),
  });

/** @throws Error in the words of the page when nothing comes back, and AbortError */
async function ask(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    throw (error as Error).name === 'AbortError' ? error : new Error(texts.failed);
  }
}

async function getJson<T>(url: string): Promise<T> {
  const response = await ask(url, { headers: { 'Accept-Language': language } });
  if (!response.ok) throw new Error(saysOf(await response.json()));
  return (await response.json()) as T;
}

/** What an OperationOutcome says; when nothing could be read, also what the demo EHR says of itself. */
async function problemOf(outcome: unknown, data: Data): Promise<string> {
  if (data !== 'fhir') return saysOf(outcome);
  const ehr = await ask('/fhir/metadata', {});
  return ehr.ok ? saysOf(outcome) : texts.noDemo;
}

/** In the page's language; the answer itself, which the page shows too, has more. */
function saysOf(outcome: unknown): string {
  const { issue = [] } = outcome as { issue?: Issue[] };
  const codes = issue.flatMap(({ details }) => details?.coding?.[0]?.code ?? []);
  const said = codes.map((code) => texts.problems[code] ?? code)[0] ?? texts.failed;
  return [said, [...new Set(issue.flatMap(({ expression = [] }) => expression))].join(', ')].join(' ').trim();
}

interface Issue {
  readonly details?: { readonly coding?: readonly { readonly code?: string }[] };
  readonly expression?: readonly string[];
}
