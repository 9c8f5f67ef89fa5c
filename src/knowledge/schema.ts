import { readFileSync } from 'node:fs';
import type { Ajv2020, ValidateFunction } from 'ajv/dist/2020.js';
import type { Problem } from '../documents/problem.ts';
import { ownSchemas } from '../documents/schema.ts';
import { checkShape } from '../documents/shape.ts';
import type { FileKind, KnowledgeFile } from './files.ts';

const FOLDER = new URL('../../cards/schemas/', import.meta.url);
const KINDS: readonly (FileKind | 'condition' | 'line')[] = [
  'condition',
  'line',
  'value-set',
  'concepts',
  'facts',
  'criteria',
  'parameters',
  'order-classes',
  'ladder',
  'slices',
  'sources',
  'wording',
  'suggestions',
  'override-reasons',
  'attributes',
  'text',
  'service',
  'card',
  'vignettes',
  'site-parameters',
];

let compiled: Ajv2020 | undefined;

/** The package's own schemas, whichever folder the knowledge comes from. */
function schemas(): Ajv2020 {
  if (compiled === undefined) {
    compiled = ownSchemas({ allErrors: true, verbose: true, strict: true, strictTypes: false, strictRequired: false });
    for (const kind of KINDS) {
      compiled.addSchema(JSON.parse(readFileSync(new URL(`${kind}.schema.json`, FOLDER), 'utf8')), kind);
    }
  }
  return compiled;
}

/** What in a file does not have the shape its kind asks for. */
export function checkKind(file: KnowledgeFile): Problem[] {
  const validate = schemas().getSchema(file.kind);
  return validate === undefined ? [] : checkShape(file, validate as ValidateFunction);
}
