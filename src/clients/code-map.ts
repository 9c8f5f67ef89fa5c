import { readFileSync } from 'node:fs';
import type { HookRequest } from '../cds-hooks/types.ts';
import { ownSchemas } from '../documents/schema.ts';
import { isObject, list, member } from '../logic/json.ts';
import { codeMapSchema } from './schema.ts';

/** Standard codings by local code, as `system|code`. */
export type CodeMap = ReadonlyMap<string, readonly Coding[]>;

interface Coding {
  readonly system: string;
  readonly code: string;
}

/** A FHIR R4 ConceptMap, as far as it is read. http://hl7.org/fhir/R4/conceptmap.html */
interface ConceptMap {
  readonly group: readonly {
    readonly source: string;
    readonly target: string;
    readonly element: readonly {
      readonly code: string;
      readonly target?: readonly { readonly code?: string; readonly equivalence: string }[];
    }[];
  }[];
}

/** What the local code means is what the target means, or a kind of it. A narrower or merely related target may be something else. */
const MEANS_IT = new Set(['equal', 'equivalent', 'wider', 'subsumes']);

const validate = ownSchemas({ allErrors: false }).compile<ConceptMap>(codeMapSchema);

/** The ConceptMap in a file. @throws Error with a sentence that says what is wrong with it */
export function readCodeMap(path: string): CodeMap {
  const value = readJson(path);
  if (!validate(value)) {
    const [error] = validate.errors ?? [];
    throw new Error(
      `is no FHIR ConceptMap that can be used: ${error?.instancePath ?? ''} ${error?.message ?? ''}`.trim(),
    );
  }
  const map = new Map<string, Coding[]>();
  for (const { source, target: system, element } of value.group) {
    for (const { code, target = [] } of element) {
      const meant = target.flatMap((one) =>
        one.code !== undefined && MEANS_IT.has(one.equivalence) ? [{ system, code: one.code }] : [],
      );
      map.set(`${source}|${code}`, [...(map.get(`${source}|${code}`) ?? []), ...meant]);
    }
  }
  return map;
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Error(error instanceof SyntaxError ? 'is not JSON' : 'cannot be read', { cause: error });
  }
}

/** The request with the standard codes of its draft orders beside the client's own. */
export function mapCodes(request: HookRequest, map: CodeMap): HookRequest {
  const { context } = request;
  const entry = list(context.draftOrders.entry).map((one) => {
    const resource = member(one, 'resource');
    return isObject(one) && isObject(resource) ? { ...one, resource: mapOrder(resource, map) } : one;
  });
  return { ...request, context: { ...context, draftOrders: { ...context.draftOrders, entry } } };
}

function mapOrder(order: Readonly<Record<string, unknown>>, map: CodeMap): object {
  const mapped = ['code', 'medicationCodeableConcept'].flatMap((name) => {
    const concept = order[name];
    if (!isObject(concept)) return [];
    const codings = list(concept.coding);
    const added = codings.flatMap((one) => map.get(`${member(one, 'system')}|${member(one, 'code')}`) ?? []);
    return added.length === 0 ? [] : [[name, { ...concept, coding: [...codings, ...added] }] as const];
  });
  return mapped.length === 0 ? order : { ...order, ...Object.fromEntries(mapped) };
}
