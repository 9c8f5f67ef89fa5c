/** Issue types of FHIR R4 that the demo EHR answers. http://hl7.org/fhir/R4/valueset-issue-type.html */
export type RefusalCode =
  | 'invalid'
  | 'not-supported'
  | 'not-found'
  | 'forbidden'
  | 'business-rule'
  | 'too-costly'
  | 'conflict';

/** A request that the demo EHR does not do, and why. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: RefusalCode;
  /** What the URL answers instead, for 405. */
  readonly allow: string | undefined;

  constructor(status: number, code: RefusalCode, reason: string, allow?: string) {
    super(reason);
    this.status = status;
    this.code = code;
    this.allow = allow;
  }
}
