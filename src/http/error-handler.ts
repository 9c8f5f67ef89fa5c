import type { ServerResponse } from 'node:http';
import type { ErrorRequestHandler } from 'express';
import { type Diagnostic, InvalidRequest, type IssueType, ServiceError, Unauthorized, Unexpected } from '../errors.ts';
import { noteForLog } from './request-log.ts';
import { sendJson } from './send.ts';

const ERROR_CODES = 'https://rehab-first.org/fhir/CodeSystem/errors';

interface Issue {
  readonly severity: 'error';
  readonly code: IssueType;
  readonly details: object;
  readonly diagnostics: string;
  readonly expression?: readonly string[];
}

/**
 * The one place where an error becomes a response: an OperationOutcome with an issue for each thing wrong. Of an
 * unexpected error the caller learns nothing and the log everything. http://hl7.org/fhir/R4/operationoutcome.html
 */
export function answerError(error: unknown, response: ServerResponse): void {
  const told = error instanceof ServiceError ? error : (translateExpressError(error) ?? new Unexpected());
  noteForLog(response, { code: told.code, ...(told instanceof Unexpected && { error }) });
  if (told instanceof Unauthorized) noteForLog(response, { refusal: { reason: told.reason, ...told.claimed } });
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.statusCode = told.status;
  for (const [name, value] of Object.entries(told.headers)) response.setHeader(name, value);
  response.setHeader('Cache-Control', 'no-store');
  const outcome = { resourceType: 'OperationOutcome', issue: listIssues(told) };
  sendJson(response, JSON.stringify(outcome), 'application/fhir+json; charset=utf-8');
}

/** For Express. */
export const errorHandler: ErrorRequestHandler = (error: unknown, _request, response, _next) =>
  answerError(error, response);

/** Express marks the faults of a request, such as a malformed percent-encoding, with a 4xx status. */
function translateExpressError(error: unknown): ServiceError | undefined {
  const status = error instanceof Error && 'status' in error ? error.status : undefined;
  if (typeof status !== 'number' || status < 400 || status > 499) return undefined;
  return new InvalidRequest('The URL or a header of this request is malformed');
}

function listIssues(error: ServiceError): Issue[] {
  const diagnostics = error.diagnostics.length > 0 ? error.diagnostics : [{ message: error.message }];
  return diagnostics.map((diagnostic) => describeIssue(error, diagnostic));
}

function describeIssue(error: ServiceError, { message, pointer }: Diagnostic): Issue {
  return {
    severity: 'error',
    code: error.issue,
    details: { coding: [{ system: ERROR_CODES, code: error.code }], text: error.message },
    diagnostics: pointer ? `${pointer}: ${message}` : message,
    ...(pointer && { expression: [pointer] }),
  };
}
