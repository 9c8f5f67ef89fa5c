import { Ajv2020, type Options } from 'ajv/dist/2020.js';

/**
 * Compiles schemas of this package. That they are schemas is held by `tests/unit/documents/schema.test.ts`: to look at it here would compile
 * the schemas of JSON Schema itself, at every start.
 */
export const ownSchemas = (options: Options): Ajv2020 => new Ajv2020({ ...options, validateSchema: false });
