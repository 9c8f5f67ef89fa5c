import { code, type Json, text } from '../logic/json.ts';

/**
 * How things stand with an entry, whatever its type calls it: `done` happened; `active` is so now; `planned` is not yet; `over` was so;
 * `unconfirmed` is a diagnosis not confirmed; `void` was never so (refuted, cancelled, entered in error); `unstated` has no status.
 */
export type Standing = 'done' | 'active' | 'planned' | 'over' | 'unconfirmed' | 'unstated' | 'void';

export const statuses = (path: string, map: Readonly<Record<string, Standing>>) => (resource: Json) => {
  const status = code(resource, path);
  return status !== undefined && Object.hasOwn(map, status) ? (map[status] ?? 'unstated') : 'unstated';
};

/** FHIR R4 clinicalStatus and verificationStatus, for Condition and AllergyIntolerance. */
export function clinicalStanding(resource: Json): Standing {
  const verification = code(resource, 'verificationStatus');
  if (verification === 'refuted' || verification === 'entered-in-error') return 'void';
  const clinical = code(resource, 'clinicalStatus') ?? text(resource, 'clinicalStatus.text')?.toLowerCase();
  if (clinical === 'inactive' || clinical === 'remission' || clinical === 'resolved') return 'over';
  const isAbated = () => Object.keys(resource).some((name) => name.startsWith('abatement') && resource[name] !== false);
  if (clinical === undefined && isAbated()) return 'over';
  if (verification === 'unconfirmed' || verification === 'provisional' || verification === 'differential')
    return 'unconfirmed';
  return 'active';
}

export const REQUEST = statuses('status', {
  active: 'active',
  'on-hold': 'active',
  completed: 'done',
  draft: 'planned',
  stopped: 'over',
  ended: 'over',
  revoked: 'void',
  cancelled: 'void',
  'entered-in-error': 'void',
});

/** A plan is never done: its activities are. */
export const PLAN = statuses('status', {
  active: 'active',
  'on-hold': 'active',
  draft: 'planned',
  completed: 'over',
  revoked: 'void',
  'entered-in-error': 'void',
});

export const EVENT = statuses('status', {
  completed: 'done',
  finished: 'done',
  discharged: 'done',
  'in-progress': 'active',
  arrived: 'active',
  triaged: 'active',
  onleave: 'active',
  preparation: 'planned',
  planned: 'planned',
  'on-hold': 'planned',
  intended: 'planned',
  active: 'active',
  'not-done': 'void',
  'not-taken': 'void',
  cancelled: 'void',
  stopped: 'void',
  declined: 'void',
  'entered-in-error': 'void',
});

export const RESULT = statuses('status', {
  final: 'done',
  amended: 'done',
  corrected: 'done',
  appended: 'done',
  preliminary: 'done',
  partial: 'done',
  registered: 'planned',
  cancelled: 'void',
  'entered-in-error': 'void',
});

const CLAIM_STATUS = statuses('status', {
  active: 'done',
  draft: 'void',
  cancelled: 'void',
  'entered-in-error': 'void',
});

/** FHIR R4 claim-use: what is asked for beforehand, a preauthorization or predetermination, was not done. */
export function CLAIM(resource: Json): Standing {
  const standing = CLAIM_STATUS(resource);
  const use = code(resource, 'use');
  return standing === 'done' && use !== undefined && use !== 'claim' ? 'planned' : standing;
}

export const APPOINTMENT = statuses('status', {
  fulfilled: 'done',
  booked: 'planned',
  pending: 'planned',
  proposed: 'planned',
  waitlist: 'planned',
  arrived: 'planned',
  'checked-in': 'planned',
  cancelled: 'void',
  noshow: 'void',
  'entered-in-error': 'void',
});

/** An activity in progress has begun: its instruction took place. */
export const ACTIVITY = statuses('status', {
  completed: 'done',
  'in-progress': 'done',
  scheduled: 'planned',
  'not-started': 'planned',
  'on-hold': 'planned',
  stopped: 'over',
  cancelled: 'void',
  'entered-in-error': 'void',
});

export const orderStanding = (resource: Json): Standing =>
  resource.doNotPerform === true ? 'void' : REQUEST(resource);
