import { Ajv2020 } from 'ajv/dist/2020.js';

const text = { type: 'string', minLength: 1 } as const;
const coding = {
  type: 'object',
  required: ['code', 'system'],
  additionalProperties: false,
  properties: { code: text, system: text, display: text },
} as const;
const url = { type: 'string', pattern: '^https?://\\S+$' } as const;
const action = {
  type: 'object',
  required: ['type', 'description'],
  additionalProperties: false,
  properties: {
    type: { enum: ['create', 'update', 'delete'] },
    description: text,
    resource: { type: 'object', required: ['resourceType'] },
    resourceId: { type: 'string', pattern: '^[A-Za-z]+/[A-Za-z0-9.-]+$' },
  },
  oneOf: [
    { properties: { type: { const: 'delete' } }, required: ['resourceId'], not: { required: ['resource'] } },
    { properties: { type: { const: 'create' } }, required: ['resource'], not: { required: ['resourceId'] } },
    { properties: { type: { const: 'update' } }, required: ['resource'] },
  ],
} as const;

/**
 * A 200 answer as CDS Hooks 2.0.1 has it, and as this service narrows it: at most one card, never `critical`, every card and suggestion
 * with a uuid. Our own reading of the standard's logical models; nothing else may stand in an answer outside `extension`. System actions are for clients that ask for them.
 */
const response = {
  type: 'object',
  required: ['cards'],
  additionalProperties: false,
  properties: {
    cards: {
      type: 'array',
      maxItems: 1,
      items: {
        type: 'object',
        required: ['uuid', 'summary', 'detail', 'indicator', 'source'],
        additionalProperties: false,
        properties: {
          uuid: { type: 'string', pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$' },
          summary: { type: 'string', minLength: 1, maxLength: 139 },
          detail: text,
          indicator: { enum: ['info', 'warning'] },
          source: {
            type: 'object',
            required: ['label'],
            additionalProperties: false,
            properties: { label: text, url, topic: coding },
          },
          suggestions: {
            type: 'array',
            minItems: 1,
            items: {
              type: 'object',
              required: ['label', 'uuid', 'actions'],
              additionalProperties: false,
              properties: {
                label: text,
                uuid: text,
                isRecommended: { const: true },
                actions: { type: 'array', minItems: 1, items: action },
              },
            },
          },
          selectionBehavior: { enum: ['at-most-one', 'any'] },
          overrideReasons: {
            type: 'array',
            minItems: 1,
            items: { ...coding, required: ['code', 'system', 'display'] },
          },
          links: {
            type: 'array',
            minItems: 1,
            items: {
              type: 'object',
              required: ['label', 'url', 'type'],
              additionalProperties: false,
              properties: { label: text, url, type: { const: 'absolute' } },
            },
          },
          extension: { type: 'object', propertyNames: { pattern: '^[a-z]+\\.[a-z0-9-]+\\.[a-z0-9.-]+$' } },
        },
        dependentRequired: { suggestions: ['selectionBehavior'] },
      },
    },
    systemActions: { type: 'array', minItems: 1, items: action },
    extension: { type: 'object', properties: { systemActions: { type: 'array', minItems: 1, items: action } } },
  },
} as const;

const validate = new Ajv2020({ allErrors: true, strictRequired: false }).compile(response);

/** What is wrong with an answer's body; empty when nothing is. Nulls, empty strings, lists and objects are wrong anywhere but in `cards`. */
export function problemsOf(body: unknown): string[] {
  const misshapen = validate(body)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  return [...misshapen, ...emptiesIn(body, '')];
}

function emptiesIn(value: unknown, path: string): string[] {
  if (value === null || value === '') return [`${path} is empty`];
  if (typeof value !== 'object') return [];
  const entries = Object.entries(value);
  if (entries.length === 0 && path !== '/cards') return [`${path} is empty`];
  return entries.flatMap(([key, item]) => emptiesIn(item, `${path}/${key}`));
}
