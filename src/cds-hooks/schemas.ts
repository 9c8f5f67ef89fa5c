import type { SchemaObject } from 'ajv/dist/2020.js';
import type { Hook } from './types.ts';

// `description` is what the caller is told when a value breaks the schema it stands on.

/** 8-4-4-4-12 hexadecimal digits in any letter case, of any UUID version and variant. */
const uuid = {
  type: 'string',
  pattern: '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$',
  description: 'must be a UUID (8-4-4-4-12 hexadecimal digits)',
};

/** A bare FHIR id, a little wider than R4's (underscore, 128 characters). It goes into URLs, so never dots alone. */
const bareId = {
  type: 'string',
  pattern: '^(?!\\.+$)[A-Za-z0-9\\-._]{1,128}$',
  description: 'must be a bare FHIR id: 1 to 128 letters, digits, "-", "." or "_", and not dots alone',
};

const extension = { type: 'object', description: 'must be an object' };

const draftOrders = {
  type: 'object',
  description: 'must be a Bundle',
  properties: {
    resourceType: { const: 'Bundle', description: 'must be "Bundle"' },
    entry: { type: 'array', description: 'must be an array' },
  },
};

const contextProperties = {
  userId: { type: 'string', minLength: 1, description: 'must be a non-empty string' },
  patientId: bareId,
  encounterId: bareId,
  draftOrders,
  extension,
};

const contexts: Readonly<Record<Hook, object>> = {
  'order-sign': {
    type: 'object',
    description: 'must be an object',
    required: ['userId', 'patientId', 'draftOrders'],
    properties: contextProperties,
  },
  'order-select': {
    type: 'object',
    description: 'must be an object',
    required: ['userId', 'patientId', 'selections', 'draftOrders'],
    properties: { ...contextProperties, selections: { type: 'array', description: 'must be an array' } },
  },
};

/**
 * JSON Schema of a hook call: the envelope and the context of `hook`, without anything whose number of members is the
 * caller's choice (values of `prefetch`, members of `selections`). https://cds-hooks.hl7.org/#calling-a-cds-service
 */
export function describeRequest(hook: Hook): SchemaObject {
  return {
    type: 'object',
    description: 'must be a JSON object',
    required: ['hook', 'hookInstance', 'context'],
    properties: {
      hook: { type: 'string', description: 'must be a string' },
      hookInstance: uuid,
      context: contexts[hook],
      fhirServer: { type: 'string', description: 'must be an absolute http or https URL' },
      fhirAuthorization: { type: 'object', description: 'must be an object' },
      prefetch: { type: 'object', description: 'must be an object' },
      extension,
    },
  };
}

const nonEmpty = {
  type: 'string',
  minLength: 1,
  maxLength: 255,
  description: 'must be a string of 1 to 255 characters',
};

const acceptedSuggestions = {
  type: 'array',
  minItems: 1,
  maxItems: 100,
  description: 'must be an array of 1 to 100 objects with an id',
  // the members of an over-long list are not looked at: each would add a fault of its own
  if: { type: 'array', maxItems: 100 },
  // biome-ignore lint/suspicious/noThenProperty: a JSON Schema keyword
  then: {
    type: 'array',
    items: {
      type: 'object',
      description: 'must be an object with an id',
      required: ['id'],
      properties: { id: nonEmpty },
    },
  },
};

const overrideReason = {
  type: 'object',
  description: 'must be an object with reason, userComment or both',
  anyOf: [{ required: ['reason'] }, { required: ['userComment'] }],
  properties: {
    reason: {
      type: 'object',
      description: 'must be a Coding',
      required: ['code'],
      properties: { code: nonEmpty, system: nonEmpty },
    },
    userComment: {
      type: 'string',
      maxLength: 10_000,
      description: 'must be a string of at most 10,000 characters',
    },
  },
};

/**
 * JSON Schema of one item of a feedback call. Whether its time stamp is a real date is checked in code.
 * https://cds-hooks.hl7.org/#feedback
 */
export const feedbackItemSchema: SchemaObject = {
  type: 'object',
  description: 'must be an object',
  required: ['card', 'outcome', 'outcomeTimestamp'],
  properties: {
    card: nonEmpty,
    outcome: { enum: ['accepted', 'overridden'], description: 'must be "accepted" or "overridden"' },
    acceptedSuggestions,
    overrideReason,
    outcomeTimestamp: { type: 'string', description: 'must be a UTC time as in RFC 3339' },
    extension,
  },
  if: { type: 'object', required: ['outcome'], properties: { outcome: { const: 'accepted' } } },
  // biome-ignore lint/suspicious/noThenProperty: a JSON Schema keyword
  then: { type: 'object', required: ['acceptedSuggestions'], properties: { acceptedSuggestions: true } },
};
