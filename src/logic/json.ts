/** Ways into JSON of unknown shape. A chart is taken as it comes: what has the wrong type reads as not there, and nothing throws. */

export type Json = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The member `name` of an object, own members only. */
export const member = (value: unknown, name: string): unknown =>
  isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;

/** A non-empty string. */
export const string = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** A list as a list, one thing as a list of one (some clients send an object where FHIR has a list), nothing as an empty list. */
export function list(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return value === undefined || value === null ? [] : [value];
}

/** Dotted paths, split; there are as many as the readers and shapes of this project name. */
const steps = new Map<string, readonly string[]>();

function stepsOf(path: string): readonly string[] {
  let names = steps.get(path);
  if (names === undefined) {
    names = path.split('.');
    steps.set(path, names);
  }
  return names;
}

/** Everything at a dotted path, lists flattened on the way. @param path one of the few that code names, never what a request says */
export function at(value: unknown, path: string): readonly unknown[] {
  const [first = '', ...others] = stepsOf(path);
  let found = list(member(value, first));
  for (const name of others) {
    if (found.length === 0) return found;
    found = found.flatMap((one) => list(member(one, name)));
  }
  return found;
}

/** The first non-empty string at a dotted path. */
export const text = (value: unknown, path: string): string | undefined =>
  at(value, path)
    .map(string)
    .find((one) => one !== undefined);

/** The first code of the CodeableConcepts at a path, or the path's own value when it is a plain code. */
export function code(value: unknown, path: string): string | undefined {
  for (const found of at(value, path)) {
    if (typeof found === 'string') return found;
    const coded = text(found, 'coding.code') ?? text(found, 'code');
    if (coded !== undefined) return coded;
  }
  return undefined;
}
