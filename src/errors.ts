/** FHIR R4 issue types this service uses. http://hl7.org/fhir/R4/valueset-issue-type.html */
export type IssueType =
  | 'invalid'
  | 'login'
  | 'forbidden'
  | 'not-found'
  | 'not-supported'
  | 'incomplete'
  | 'too-long'
  | 'throttled'
  | 'transient'
  | 'exception';

/** One thing wrong, and where: `pointer` is an RFC 6901 JSON pointer into what the caller sent. */
export interface Diagnostic {
  readonly message: string;
  readonly pointer?: string;
}

/**
 * A failure that a caller can meet and act on. Thrown where it is noticed, turned into a response in `http/error-handler` only.
 * `code` is stable: clients and tests rely on it, never on the message. No message carries patient data.
 */
export abstract class ServiceError extends Error {
  abstract readonly code: string;
  abstract readonly status: number;
  abstract readonly issue: IssueType;
  /** Headers that go with the answer. */
  readonly headers: Readonly<Record<string, string>> = {};
  readonly diagnostics: readonly Diagnostic[];

  constructor(message: string, diagnostics: readonly Diagnostic[] = []) {
    super(message);
    this.name = new.target.name;
    this.diagnostics = diagnostics;
  }
}

/** The request cannot be understood: not JSON, members missing or of the wrong kind, a hook this id does not serve. */
export class InvalidRequest extends ServiceError {
  readonly code = 'invalid-request';
  readonly status = 400;
  readonly issue = 'invalid';
}

/** A resource in the request is about somebody other than `context.patientId`. */
export class WrongPatient extends ServiceError {
  readonly code = 'wrong-patient';
  readonly status = 400;
  readonly issue = 'invalid';
}

/** What an unproven caller said of itself, cut short, printable, and for the log only. */
export interface Claimed {
  readonly iss?: string;
  readonly jti?: string;
  readonly tenant?: string;
}

/** What a caller has to show, in words and as `WWW-Authenticate`. RFC 9110 section 11.6.1 */
export interface Challenge {
  readonly message: string;
  readonly header: string;
}

const CLIENT_TOKEN: Challenge = {
  message: 'This call needs a valid token of a client that is registered here',
  header: 'Bearer',
};

/**
 * The caller has not shown who it is, a registered client unless another challenge says so. All causes give the same answer; `reason` and
 * `claimed` are for the log, and hold no token.
 */
export class Unauthorized extends ServiceError {
  readonly code = 'unauthorized';
  readonly status = 401;
  readonly issue = 'login';
  override readonly headers: ServiceError['headers'];
  readonly reason: string;
  readonly claimed: Claimed;

  constructor(reason: string, claimed: Claimed = {}, { message, header }: Challenge = CLIENT_TOKEN) {
    super(message);
    this.headers = { 'WWW-Authenticate': header };
    this.reason = reason;
    this.claimed = claimed;
  }
}

/** More calls than this caller may make; the window is a minute. */
export class RateLimited extends ServiceError {
  readonly code = 'rate-limited';
  readonly status = 429;
  readonly issue = 'throttled';
  override readonly headers = { 'Retry-After': '60' };
}

/** The caller may not have this. */
export class Forbidden extends ServiceError {
  readonly code = 'forbidden';
  readonly status = 403;
  readonly issue = 'forbidden';
}

/** No service with this id. */
export class UnknownService extends ServiceError {
  readonly code = 'unknown-service';
  readonly status = 404;
  readonly issue = 'not-found';
}

/** No such page. */
export class NotFound extends ServiceError {
  readonly code = 'not-found';
  readonly status = 404;
  readonly issue = 'not-found';
}

/** A known URL, called with a method it does not have. */
export class MethodNotAllowed extends ServiceError {
  readonly code = 'method-not-allowed';
  readonly status = 405;
  readonly issue = 'not-supported';
}

/** CDS Hooks: required data neither prefetched nor readable SHALL be answered with 412. https://cds-hooks.hl7.org/#prefetch-template */
export class ChartIncomplete extends ServiceError {
  readonly code = 'chart-incomplete';
  readonly status = 412;
  readonly issue = 'incomplete';
}

/** The body, sent or decompressed, is larger than this service takes. */
export class TooLarge extends ServiceError {
  readonly code = 'too-large';
  readonly status = 413;
  readonly issue = 'too-long';
}

/** The body is not declared as JSON, or in an encoding this service does not read. */
export class UnsupportedMediaType extends ServiceError {
  readonly code = 'unsupported-media-type';
  readonly status = 415;
  readonly issue = 'not-supported';
}

/** Something this answer depends on is not there at the moment; trying again later is right. */
export class Unavailable extends ServiceError {
  readonly code = 'unavailable';
  readonly status = 503;
  readonly issue = 'transient';
  override readonly headers = { 'Retry-After': '5' };
}

/** This process has more to do than it can answer in time. */
export class Overloaded extends ServiceError {
  readonly code = 'overloaded';
  readonly status = 503;
  readonly issue = 'throttled';
  override readonly headers = { 'Retry-After': '2' };
}

/** A fault of ours, of which the caller learns nothing more. */
export class Unexpected extends ServiceError {
  readonly code = 'unexpected';
  readonly status = 500;
  readonly issue = 'exception';

  constructor() {
    super('This service failed. The fault is not in the request.');
  }
}
