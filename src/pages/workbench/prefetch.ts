import { type Chart, type Resource, resourcesOf } from './chart.ts';

type Context = Readonly<Record<string, unknown>>;
type Coded = { readonly coding?: readonly { readonly code?: string }[] };

/**
 * Runs prefetch templates over one patient's chart, as an EHR does: a key is left out when its context is missing or its read finds nothing. Of
 * search parameters it knows `category` and `code`; a chart is one patient's and fits into one page.
 */
export function fillPrefetch(
  templates: Readonly<Record<string, string>>,
  chart: Chart,
  context: Context,
): Record<string, object> {
  const all = resourcesOf(chart);
  return Object.fromEntries(
    Object.entries(templates).flatMap(([key, template]) => {
      const query = fill(template, context);
      const found = query === undefined ? undefined : ask(query, all);
      return found === undefined ? [] : [[key, found]];
    }),
  );
}

function fill(template: string, context: Context): string | undefined {
  const names = [...template.matchAll(/\{\{context\.(\w+)\}\}/g)].map(([, name = '']) => name);
  if (names.some((name) => typeof context[name] !== 'string')) return undefined;
  return template.replaceAll(/\{\{context\.(\w+)\}\}/g, (_, name: string) => String(context[name]));
}

function ask(query: string, all: readonly Resource[]): object | undefined {
  const [path = '', search] = query.split('?');
  if (search === undefined) {
    const [type, id] = path.split('/');
    return all.find((one) => one.resourceType === type && one.id === id);
  }
  const parameters = new URLSearchParams(search);
  const entry = all
    .filter((one) => one.resourceType === path)
    .filter((one) => ['category', 'code'].every((name) => matches(one[name], parameters.get(name))))
    .map((resource) => ({ resource }));
  return { resourceType: 'Bundle', type: 'searchset', total: entry.length, entry };
}

function matches(value: unknown, wanted: string | null): boolean {
  if (wanted === null) return true;
  const concepts = (Array.isArray(value) ? value : [value]) as (Coded | undefined)[];
  const codes = new Set(concepts.flatMap((one) => one?.coding ?? []).map(({ code }) => code));
  return wanted.split(',').some((token) => codes.has(token.slice(token.lastIndexOf('|') + 1)));
}
