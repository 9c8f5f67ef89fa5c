import { Client } from 'fhir-kit-client';
import type { RawResource } from '../cds-hooks/types.ts';
import { limitedTo } from './fhir-agent.ts';
import type { Guard } from './fhir-breaker.ts';
import { resolveUnderBase } from './fhir-url.ts';
import type { FhirReader, ReadResult } from './slice.ts';

/** As much as a request may bring as prefetch. */
const MOST_BYTES = 5_000_000;

/** Where one call's FHIR reads go, and within which bounds. */
export interface FhirReaderOptions {
  /** Base URL without a trailing slash. */
  readonly server: string;
  /** Bearer token; without it reads are anonymous. */
  readonly token?: string;
  /** The deadline of all reads together. */
  readonly signal: AbortSignal;
  /** What all answers together may have, 5,000,000 when absent. */
  readonly mostBytes?: number;
  /** The trace headers of a read, made anew for each. https://www.w3.org/TR/trace-context/ */
  readonly traceHeaders?: (() => Readonly<Record<string, string>>) | undefined;
  /** Every read runs in it. */
  readonly guard?: Guard;
}

/**
 * A reader of one FHIR server, for one call: GET only, redirects not followed, nothing retried. The token goes to
 * URLs under `server` and nowhere else. https://cds-hooks.hl7.org/#fhir-resource-access
 */
export function openFhirReader(options: FhirReaderOptions): FhirReader {
  const { server, token, signal, traceHeaders } = options;
  const { mostBytes = MOST_BYTES, guard = (read) => read() } = options;
  const client = new Client({
    baseUrl: server,
    customHeaders: { accept: 'application/fhir+json', 'accept-encoding': 'identity' },
    requestOptions: { redirect: 'manual', dispatcher: limitedTo(mostBytes) },
    ...(token !== undefined && { bearerToken: token }),
  });
  return {
    async read(path) {
      const url = resolveUnderBase(server, path);
      if (url === undefined) return { ok: false, reason: 'next link leaves the FHIR server' };
      if (signal.aborted) return { ok: false, reason: 'timed out' };
      try {
        const headers = { ...traceHeaders?.() };
        return judgeBody(await guard(() => client.request(url, { options: { signal, headers } })));
      } catch (error) {
        return { ok: false, reason: signal.aborted ? 'timed out' : explainFailure(error) };
      }
    },
  };
}

function judgeBody(body: object): ReadResult {
  if (!('resourceType' in body) || typeof body.resourceType !== 'string' || Array.isArray(body)) {
    return { ok: false, reason: 'not a FHIR resource' };
  }
  if (body.resourceType === 'OperationOutcome')
    return { ok: false, reason: 'the FHIR server answered an OperationOutcome' };
  // a copy, because the client hangs its request, with the token, on what it returns
  return { ok: true, resource: { ...body } as RawResource };
}

/** Whether a failed read tells that the server is out of order: no answer in time, no connection, or a 5xx. */
export function isOutage(error: unknown): boolean {
  const status = readStatus(error);
  if (status !== undefined) return status >= 500;
  return ['timed out', 'connection failed'].includes(explainFailure(error));
}

/** Errors of the client hold the URL, and so the patient's id: only what is said here may be passed on. */
function explainFailure(error: unknown): string {
  const status = readStatus(error);
  if (status !== undefined) return explainStatus(status);
  const codes = listCauses(error).map((cause) => readMember(cause, 'code'));
  if (codes.includes('EOPENBREAKER')) return 'the FHIR server keeps failing and is left alone for a while';
  if (codes.includes('ANSWER_TOO_LARGE')) return 'answer too large';
  if (codes.includes('CODED_ANSWER')) return 'answer in a content coding that was not asked for';
  if (codes.some((code) => typeof code === 'string' && code.endsWith('TIMEOUT'))) return 'timed out';
  // the client defines a property on whatever JSON it has parsed
  if (error instanceof TypeError && error.message.includes('called on non-object')) return 'not a FHIR resource';
  return 'connection failed';
}

function explainStatus(status: number): string {
  if (status === 0 || (status >= 300 && status < 400)) return 'redirect refused';
  return status < 300 ? 'not JSON' : `HTTP ${status}`;
}

function readStatus(error: unknown): number | undefined {
  const status = readMember(readMember(error, 'response'), 'status');
  return typeof status === 'number' ? status : undefined;
}

function listCauses(error: unknown): unknown[] {
  const causes: unknown[] = [];
  for (let cause = error; cause instanceof Error && causes.length < 8; cause = cause.cause) causes.push(cause);
  return causes;
}

function readMember(value: unknown, member: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[member] : undefined;
}
