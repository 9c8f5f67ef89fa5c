import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import { didYouMean, type Problem } from './problem.ts';
import type { Document } from './yaml.ts';

/** What in a document does not have the shape that `validate` asks for, each fault once. */
export function checkShape({ value, problem }: Document, validate: ValidateFunction): Problem[] {
  if (validate(value)) return [];
  const errors = (validate.errors ?? []).filter(({ keyword }) => keyword !== 'if' && keyword !== 'anyOf');
  const seen = new Set<string>();
  return errors.flatMap((error) => {
    const found = problem(pathOf(error), wordingOf(error));
    const key = `${found.pointer} ${found.message}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return [found];
  });
}

function pathOf({ instancePath, keyword, params }: ErrorObject): (string | number)[] {
  const path = instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  if (keyword === 'additionalProperties') return [...path, params.additionalProperty as string];
  return keyword === 'propertyNames' ? [...path, params.propertyName as string] : path;
}

function wordingOf({ keyword, params, message, data, parentSchema }: ErrorObject): string {
  if (keyword === 'additionalProperties') {
    const known = Object.keys((parentSchema?.properties as object | undefined) ?? {});
    return `"${params.additionalProperty}" is not known here${didYouMean(String(params.additionalProperty), known)}${known.length > 0 ? ` (known: ${known.join(', ')})` : ''}`;
  }
  if (keyword === 'enum') {
    const allowed = (params.allowedValues as unknown[]).map(String);
    return `${JSON.stringify(data)} must be one of ${allowed.join(', ')}${didYouMean(String(data), allowed)}`;
  }
  if (keyword === 'required') return `"${params.missingProperty}" is missing`;
  const said = (parentSchema as { description?: string } | undefined)?.description;
  if (said !== undefined && keyword !== 'type')
    return `${typeof data === 'object' ? '' : `${JSON.stringify(data)}: `}${said}`;
  if (keyword === 'type' && params.type === 'object' && data === null) return 'is empty';
  if (keyword === 'type' && params.type === 'array') return `must be a list: [${String(data)}]`;
  if (keyword === 'pattern') return `${JSON.stringify(data)} ${message ?? 'has the wrong form'}`;
  if (keyword === 'propertyNames')
    return `"${params.propertyName}" is not a name: small letters, digits and hyphens, parts joined by dots`;
  return message ?? 'has the wrong shape';
}
