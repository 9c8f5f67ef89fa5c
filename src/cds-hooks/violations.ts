import type { ErrorObject, SchemaObject, ValidateFunction } from 'ajv/dist/2020.js';
import { ownSchemas } from '../documents/schema.ts';
import type { Diagnostic } from '../errors.ts';

/** How many faults of one body are listed; a body of nothing but faults must not make a larger answer. */
export const MAX_DIAGNOSTICS = 100;

/** Compiles a schema once, so that every fault of a value is reported and only own members count. */
export function compileSchema(schema: SchemaObject): ValidateFunction {
  return ownSchemas({ allErrors: true, verbose: true, ownProperties: true }).compile(schema);
}

/** What the last run of `validate` found wrong, one diagnostic per JSON pointer, below the pointer `base`. */
export function listViolations(validate: ValidateFunction, base = ''): Diagnostic[] {
  const byPointer = new Map<string, string>();
  for (const error of validate.errors ?? []) {
    // faults of a branch: the branching keyword, or the branch itself, has the message
    if (error.keyword === 'if' || error.schemaPath.includes('/anyOf/')) continue;
    const [pointer, message] = describeViolation(error);
    if (!byPointer.has(base + pointer)) byPointer.set(base + pointer, message);
  }
  return [...byPointer].map(([pointer, message]) => ({ pointer, message }));
}

/** Longest name of a member that an answer repeats; names of the standard and of slices are shorter. */
const MOST_CHARACTERS = 100;

/** One reference token of a JSON pointer, escaped, and cut where it is long: an answer must not be larger than what it answers. RFC 6901 section 3. */
export function escapePointer(token: string): string {
  const name = token.length > MOST_CHARACTERS ? `${token.slice(0, MOST_CHARACTERS)}...` : token;
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function describeViolation(error: ErrorObject): [pointer: string, message: string] {
  const described = error.parentSchema?.description;
  if (error.keyword === 'required') {
    return [`${error.instancePath}/${escapePointer(String(error.params.missingProperty))}`, 'is missing'];
  }
  return [error.instancePath, typeof described === 'string' ? described : (error.message ?? 'is not valid')];
}
