import type { SearchParameter } from '@medplum/fhirtypes';
import { parseFhirDate } from '../clinical/dates.ts';
import { Refusal } from './refusal.ts';
import { searchParameter } from './search-parameters.ts';

const DEFAULT_COUNT = 100;
const MAX_COUNT = 1000;
const JSON_FORMATS: ReadonlySet<string> = new Set([
  'json',
  'application/json',
  'application/fhir+json',
  'application/json+fhir',
]);
const PREFIX = /^(?:eq|ne|gt|lt|ge|le|sa|eb|ap)(?=\d)/;

/** A search as Medplum takes it. */
export interface Query {
  readonly parameters: Record<string, string[]>;
  readonly count: number;
  readonly offset: number;
}

/**
 * Checks a search and completes it: references by bare id get the types they may have. Medplum lets a parameter it does not know
 * match nothing, which an EHR engineer would take for an empty chart; here it is refused.
 *
 * @throws Refusal with what is wrong
 */
export function checkQuery(type: string, given: Iterable<readonly [string, string]>, base: string): Query {
  const parameters: Record<string, string[]> = Object.create(null);
  let [count, offset] = [DEFAULT_COUNT, 0];
  for (const [name, value] of given) {
    if (value === '') throw invalid(`${name} has no value`);
    switch (name) {
      case '_count':
        count = Math.min(readNumber(name, value), MAX_COUNT);
        break;
      case '_summary':
        if (value !== 'count' && value !== 'false') throw unsupported('_summary is count or false here');
        if (value === 'count') count = 0;
        break;
      case '_offset':
        offset = readNumber(name, value);
        break;
      case '_format':
        if (!JSON_FORMATS.has(value.replace(' ', '+'))) throw unsupported('only JSON is answered here');
        break;
      case '_total':
      case '_pretty':
        break;
      default:
        parameters[name] = [...(parameters[name] ?? []), checkParameter(type, name, value, base)];
    }
  }
  return { parameters: { ...parameters, _count: [String(count)], _offset: [String(offset)] }, count, offset };
}

function checkParameter(type: string, name: string, value: string, base: string): string {
  if (name === '_sort') return checkSort(type, value);
  if (name === '_include') return checkInclude(type, value);
  const [code = '', modifier, ...more] = name.split(':');
  const parameter = searchParameter(type, code);
  if (parameter === undefined || more.length > 0) {
    throw unsupported(`${type} has no search parameter "${name}" here; GET metadata lists those it has`);
  }
  if (modifier === 'missing') {
    if (value !== 'true' && value !== 'false') throw invalid(`${name} must be true or false`);
    return value;
  }
  switch (parameter.type) {
    case 'reference':
      return completeReferences(parameter, modifier, value, base);
    case 'date':
      if (modifier !== undefined) throw unsupportedModifier(name);
      if (parseFhirDate(value.replace(PREFIX, '')) === undefined) throw invalid(`${name} must be one FHIR date`);
      return value;
    case 'token':
      if (modifier !== undefined && modifier !== 'not') throw unsupportedModifier(name);
      return value;
    default:
      if (modifier !== undefined && modifier !== 'contains') throw unsupportedModifier(name);
      return value;
  }
}

function completeReferences(
  { code, target = [] }: SearchParameter,
  modifier: string | undefined,
  value: string,
  base: string,
): string {
  const types: readonly string[] = modifier === undefined ? target : target.filter((type) => type === modifier);
  if (types.length === 0) throw unsupportedModifier(`${code}:${modifier}`);
  return value
    .split(',')
    .map((one) => (one.startsWith(`${base}/`) ? one.slice(base.length + 1) : one))
    .flatMap((one) => (one.includes('/') ? one : types.map((type) => `${type}/${one}`)))
    .join(',');
}

function checkSort(type: string, value: string): string {
  for (const key of value.split(',')) {
    if (searchParameter(type, key.replace(/^-/, '')) === undefined)
      throw unsupported(`${type} cannot be sorted by "${key}"`);
  }
  return value;
}

function checkInclude(type: string, value: string): string {
  const [from, code = '', ...target] = value.split(':');
  if (from !== type || target.length > 1 || searchParameter(type, code)?.type !== 'reference') {
    throw unsupported(`_include must be ${type}:<reference parameter>, with a target type if need be`);
  }
  return value;
}

function readNumber(name: string, value: string): number {
  if (!/^\d+$/.test(value)) throw invalid(`${name} must be a whole number`);
  return Math.min(Number(value), Number.MAX_SAFE_INTEGER);
}

const invalid = (reason: string): Refusal => new Refusal(400, 'invalid', reason);
const unsupported = (reason: string): Refusal => new Refusal(400, 'not-supported', reason);
const unsupportedModifier = (name: string): Refusal => unsupported(`the modifier in "${name}" is not known here`);
