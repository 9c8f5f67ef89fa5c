import { type Filter, Operator, splitSearchOnComma } from '@medplum/core';
import type { Resource } from '@medplum/fhirtypes';
import { isObject, list, member } from '../logic/json.ts';
import { searchParameter, valuesOf } from './search-parameters.ts';

/** What a name or an address is found by. http://hl7.org/fhir/R4/search.html#string */
const WORDS = 'text family given prefix suffix line city district state postalCode country'.split(' ');
const OPERATORS: ReadonlySet<string> = new Set([Operator.EQUALS, Operator.NOT, Operator.CONTAINS]);

interface Token {
  /** Empty when there is none. */
  readonly system: string;
  readonly code: string;
}

/** Whether a filter is judged here: it is about strings or tokens, of which Medplum misses names, addresses, identifiers and contacts. */
export function isJudgedHere(type: string, { code, operator }: Filter): boolean {
  const kind = searchParameter(type, code)?.type;
  return OPERATORS.has(operator) && (kind === 'string' || kind === 'token');
}

/** Whether a resource has one of the values that a filter names; with `:not`, whether it has none of them. */
export function matchesFilter(resource: Resource, { code, operator, value }: Filter): boolean {
  const parameter = searchParameter(resource.resourceType, code);
  if (parameter === undefined) return false;
  const values = valuesOf(parameter, resource).map((typed): unknown => typed.value);
  const wanted = splitSearchOnComma(value).filter((one) => one !== '');
  if (parameter.type === 'token') {
    const tokens = values.flatMap(tokensOf);
    return wanted.some((one) => tokens.some((token) => isToken(token, one))) !== (operator === Operator.NOT);
  }
  const words = values.flatMap(wordsOf);
  const isIn = operator === Operator.CONTAINS ? 'includes' : 'startsWith';
  return wanted.some((one) => words.some((word) => word[isIn](plain(one))));
}

const wordsOf = (value: unknown): string[] =>
  (isObject(value) ? WORDS.flatMap((name) => list(member(value, name))) : [value]).map(plain);

/** A coding, an identifier or a contact by its system and code; a plain value has no system. http://hl7.org/fhir/R4/search.html#token */
const tokensOf = (value: unknown): Token[] =>
  isObject(value)
    ? list(member(value, 'coding') ?? value).map((one) => ({
        system: plain(member(one, 'system')),
        code: plain(member(one, 'code') ?? member(one, 'value')),
      }))
    : [{ system: '', code: plain(value) }];

/** `code`, `system|code`, `system|` with any code, or `|code` without a system. */
function isToken({ system, code }: Token, wanted: string): boolean {
  const [first = '', second] = plain(wanted).split('|');
  if (second === undefined) return code === first;
  return system === first && (second === '' ? first !== '' : code === second);
}

/** Without case and accents, which a search does not tell apart; empty when it is no plain value. */
const plain = (value: unknown): string =>
  typeof value === 'object'
    ? ''
    : String(value ?? '')
        .normalize('NFD')
        .replace(/\p{M}/gu, '')
        .toLowerCase();
