import type { SchemaObject } from 'ajv/dist/2020.js';

// `description` is what the author is told when a value breaks the schema it stands on.

const name = (most: number, description: string) => ({
  type: 'string',
  minLength: 1,
  maxLength: most,
  pattern: '^[\\x21-\\x7e]+$',
  description,
});
const url = name(2000, 'must be a URL of at most 2000 characters, without spaces');
const list = (items: object) => ({ type: 'array', items, uniqueItems: true, description: 'must not name one twice' });

const text = { type: 'string', minLength: 1 };

/** JSON Schema of what is read of a ConceptMap. */
export const codeMapSchema: SchemaObject = {
  type: 'object',
  required: ['resourceType', 'group'],
  properties: {
    resourceType: { const: 'ConceptMap' },
    group: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['source', 'target', 'element'],
        properties: {
          source: text,
          target: text,
          element: {
            type: 'array',
            items: {
              type: 'object',
              required: ['code'],
              properties: {
                code: text,
                target: {
                  type: 'array',
                  items: { type: 'object', required: ['equivalence'], properties: { code: text, equivalence: text } },
                },
              },
            },
          },
        },
      },
    },
  },
};

/** JSON Schema of the clients file. What a URL, a key or a language tag has to be like is checked in code. */
export const clientsSchema: SchemaObject = {
  type: 'object',
  required: ['clients'],
  additionalProperties: false,
  properties: {
    clients: {
      type: 'array',
      minItems: 1,
      description: 'must be a list of at least one client',
      items: {
        type: 'object',
        required: ['id', 'issuer'],
        additionalProperties: false,
        properties: {
          id: {
            type: 'string',
            pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$',
            description: 'must be 1 to 64 letters, digits, dots, hyphens or underscores, the first a letter or a digit',
          },
          issuer: name(2000, 'must be the iss of its tokens: 1 to 2000 characters, without spaces'),
          jwksUrl: url,
          jwks: {
            type: 'object',
            required: ['keys'],
            properties: { keys: { type: 'array', minItems: 1, items: { type: 'object' }, description: 'is empty' } },
          },
          fhirServers: list(url),
          origins: list(url),
          mode: { enum: ['live', 'silent'] },
          locale: name(100, 'must be a BCP 47 language tag such as en-US'),
          budgetMs: {
            type: 'integer',
            minimum: 50,
            maximum: 60_000,
            description: 'must be a whole number from 50 to 60000',
          },
          tenants: list({
            type: 'string',
            pattern: '^[\\x20-\\x7e]{1,255}$',
            description: 'must be 1 to 255 printable ASCII characters, as in its tokens',
          }),
          supports: list({ enum: ['actionSelectionBehavior', 'pamaRating', 'knowledgePages'] }),
          codeMap: name(1000, 'must be the path of a FHIR ConceptMap, seen from this file'),
        },
      },
    },
  },
};
