import type { ValidateFunction } from 'ajv/dist/2020.js';
import { type Diagnostic, InvalidRequest } from '../errors.ts';
import { describeRequest } from './schemas.ts';
import type { FhirAuthorization, Hook, HookRequest, OrderContext, RawResource } from './types.ts';
import { compileSchema, escapePointer, listViolations, MAX_DIAGNOSTICS } from './violations.ts';

const validators: Readonly<Record<Hook, ValidateFunction>> = {
  'order-select': compileSchema(describeRequest('order-select')),
  'order-sign': compileSchema(describeRequest('order-sign')),
};

/** The members of a body that passed its schema. */
interface CheckedBody {
  readonly hook: Hook;
  readonly hookInstance: string;
  readonly context: OrderContext;
  readonly fhirServer?: string;
  readonly fhirAuthorization?: object;
  readonly prefetch?: Readonly<Record<string, RawResource | null>>;
}

/**
 * The call in a request body: a fresh object with the known members only. Envelope and context are checked to the
 * letter, what lies inside draft orders and prefetched resources is not looked at. `hooks` are those of the service.
 * https://cds-hooks.hl7.org/#calling-a-cds-service
 *
 * @throws InvalidRequest with a diagnostic for each thing wrong
 */
export function parseHookRequest(body: unknown, hooks: readonly Hook[]): HookRequest {
  const validate = validators[own(body, 'hook') === 'order-select' ? 'order-select' : 'order-sign'];
  const problems = validate(body) ? [] : listViolations(validate);
  problems.push(
    ...checkHook(own(body, 'hook'), hooks),
    ...checkSelections(body),
    ...checkFhirServer(body),
    ...checkPrefetch(own(body, 'prefetch')),
    ...checkDepth(own(body, 'context')),
  );
  if (problems.length > 0) {
    throw new InvalidRequest('The request does not follow CDS Hooks', problems.slice(0, MAX_DIAGNOSTICS));
  }
  return copyKnownMembers(body as CheckedBody);
}

function checkHook(hook: unknown, hooks: readonly Hook[]): Diagnostic[] {
  if (typeof hook !== 'string' || hooks.some((served) => served === hook)) return [];
  return [{ pointer: '/hook', message: `must be a hook of this service: ${hooks.join(', ')}` }];
}

function checkSelections(body: unknown): Diagnostic[] {
  const selections = own(own(body, 'context'), 'selections');
  if (own(body, 'hook') !== 'order-select' || !Array.isArray(selections)) return [];
  return selections
    .flatMap((selection, index) => (typeof selection === 'string' ? [] : [index]))
    .slice(0, MAX_DIAGNOSTICS)
    .map((index) => ({ pointer: `/context/selections/${index}`, message: 'must be a string' }));
}

const MAX_DEPTH = 200;

/** Parts of draft orders come back in suggestions; what nobody could read, nobody should have to write. Prefetched data are only looked at. */
const checkDepth = (context: unknown): Diagnostic[] =>
  isAsDeepAs(MAX_DEPTH, context) ? [{ pointer: '/context', message: `is nested deeper than ${MAX_DEPTH} levels` }] : [];

/** By hand, as every call goes through it: lists of children would take as long as the rest of the checks. */
function isAsDeepAs(levels: number, value: unknown): boolean {
  if (levels === 0) return true;
  if (typeof value !== 'object' || value === null) return false;
  for (const name in value) if (isAsDeepAs(levels - 1, (value as Record<string, unknown>)[name])) return true;
  return false;
}

function checkFhirServer(body: unknown): Diagnostic[] {
  const server = own(body, 'fhirServer');
  if (server === undefined) {
    return own(body, 'fhirAuthorization') === undefined
      ? []
      : [{ pointer: '/fhirServer', message: 'is missing, although there is a fhirAuthorization' }];
  }
  if (typeof server !== 'string' || parseBaseUrl(server) !== undefined) return [];
  const message = 'must be an absolute http or https URL without user, query and fragment';
  return [{ pointer: '/fhirServer', message }];
}

function checkPrefetch(prefetch: unknown): Diagnostic[] {
  if (!isObject(prefetch)) return [];
  const problems: Diagnostic[] = [];
  for (const [key, value] of Object.entries(prefetch)) {
    if (value === null || typeof own(value, 'resourceType') === 'string') continue;
    const message = 'must be null or a FHIR resource with a resourceType';
    problems.push({ pointer: `/prefetch/${escapePointer(key)}`, message });
    if (problems.length === MAX_DIAGNOSTICS) break;
  }
  return problems;
}

function copyKnownMembers(body: CheckedBody): HookRequest {
  const fhirServer = own(body, 'fhirServer') === undefined ? undefined : parseBaseUrl(String(body.fhirServer));
  const fhirAuthorization = readAuthorization(own(body, 'fhirAuthorization'), body.context.patientId);
  const prefetch = own(body, 'prefetch');
  return {
    hook: body.hook,
    hookInstance: body.hookInstance,
    context: copyContext(body.context, body.hook),
    ...(fhirServer !== undefined && { fhirServer }),
    ...(fhirAuthorization !== undefined && { fhirAuthorization }),
    // fromEntries defines members: a key named __proto__ stays a key
    ...(isObject(prefetch) && {
      prefetch: Object.fromEntries(Object.entries(prefetch)) as NonNullable<HookRequest['prefetch']>,
    }),
  };
}

function copyContext(context: OrderContext, hook: Hook): OrderContext {
  const encounterId = own(context, 'encounterId');
  const entry = own(context.draftOrders, 'entry');
  return {
    userId: context.userId,
    patientId: context.patientId,
    ...(typeof encounterId === 'string' && { encounterId }),
    ...(hook === 'order-select' && { selections: [...(context.selections ?? [])] }),
    draftOrders: Array.isArray(entry) ? { entry: [...entry] } : {},
  };
}

/**
 * A token that cannot be sent as a bearer header is as good as none (RFC 6750 section 2.1), and so is one that is tied to another patient: what it
 * does not find would be taken for not there. https://cds-hooks.hl7.org/#passing-the-access-token-to-the-cds-service
 */
function readAuthorization(value: unknown, patientId: string): FhirAuthorization | undefined {
  const token = own(value, 'access_token');
  const type = own(value, 'token_type');
  const patient = own(value, 'patient');
  if (typeof patient === 'string' && patient !== patientId && patient !== `Patient/${patientId}`) return undefined;
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) return undefined;
  if (type !== undefined && (typeof type !== 'string' || type.toLowerCase() !== 'bearer')) return undefined;
  return { access_token: token };
}

/** The URL without trailing slashes, or nothing when it cannot serve as the base of FHIR URLs. */
function parseBaseUrl(text: string): string | undefined {
  if (!/^https?:\/\/[^/?#@\s]+[^?#\s]*$/i.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return undefined;
  return url.href.replace(/\/+$/, '');
}

function own(value: unknown, member: string): unknown {
  return isObject(value) && Object.hasOwn(value, member) ? value[member] : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
