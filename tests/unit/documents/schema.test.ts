import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020, type SchemaObject } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { describeRequest, feedbackItemSchema } from '../../../src/cds-hooks/schemas.ts';
import { clientsSchema, codeMapSchema } from '../../../src/clients/schema.ts';

const ofKnowledge = readdirSync('cards/schemas').map(
  (name) => [name, JSON.parse(readFileSync(`cards/schemas/${name}`, 'utf8')) as SchemaObject] as const,
);
const ajv = new Ajv2020();

test.each([
  ...ofKnowledge,
  ['order-select', describeRequest('order-select')] as const,
  ['order-sign', describeRequest('order-sign')] as const,
  ['feedback', feedbackItemSchema] as const,
  ['clients', clientsSchema] as const,
  ['code map', codeMapSchema] as const,
])('%s is a JSON Schema', (_, schema) => {
  expect(ajv.validateSchema(schema), JSON.stringify(ajv.errors)).toBe(true);
});

test('what is none is seen', () => {
  expect(ajv.validateSchema({ type: 'object', required: 'a' })).toBe(false);
});
