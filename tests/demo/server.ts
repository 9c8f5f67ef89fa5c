import type { Bundle, OperationOutcome, Resource } from 'fhir/r4.js';
import { openDemo } from '../../src/demo/open.ts';
import { type RealApp, type RealAppOptions, startRealApp } from '../support/real-app.ts';

/** The real service with its demo EHR, on a given day. */
export interface DemoApp extends RealApp {
  /** Base URL of the demo EHR. */
  readonly fhir: string;
  /** Asks the demo EHR; `path` is below its base or a URL of its own. */
  readonly ask: (path: string, init?: RequestInit) => Promise<Answer>;
}

/** What the demo EHR answered. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Resource;
  readonly bundle: Bundle;
  /** What an OperationOutcome says; empty when it is none. */
  readonly says: string;
}

export async function startDemoApp(today: string, options: Pick<RealAppOptions, 'knowledge'> = {}): Promise<DemoApp> {
  const clock = () => new Date(`${today}T12:00:00Z`);
  const demo = openDemo({ clock, today: () => Date.parse(today) / 86_400_000 });
  const app = await startRealApp(today, { ...options, fhirBudgetMs: 30_000, changes: { demo } });
  const fhir = `${app.url}/fhir`;
  return {
    ...app,
    fhir,
    ask: async (path, init) => {
      const response = await fetch(path.startsWith('http') ? path : `${fhir}/${path}`, init);
      const text = await response.text();
      const body = (text === '' ? {} : JSON.parse(text)) as Resource;
      const issues = body.resourceType === 'OperationOutcome' ? (body as OperationOutcome).issue : [];
      return {
        status: response.status,
        headers: response.headers,
        body,
        bundle: body as Bundle,
        says: issues.map(({ diagnostics, details }) => diagnostics ?? details?.text ?? '').join('; '),
      };
    },
  };
}

export const resourcesOf = ({ bundle }: Answer): Resource[] =>
  (bundle.entry ?? []).flatMap(({ resource }) => resource ?? []);

/** A write of JSON. */
export const writing = (method: string, body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method,
  headers: { 'content-type': 'application/fhir+json', ...headers },
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
