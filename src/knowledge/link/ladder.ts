import type { FactInstance, Rung } from '../types.ts';
import type { ConditionLinker } from './conditions.ts';
import { inside, type Named, type Tables } from './tables.ts';

type Names = readonly string[];
type Written = { readonly title: string; readonly done?: Names } & {
  readonly [key in 'orders' | 'facts' | 'sources' | 'suggestions' | 'next' | 'shows']?: Names;
};

/** The rungs of the ladder, in their order. A pack may have none. */
export function linkLadder(tables: Tables, conditions: ConditionLinker): Rung[] {
  const rungOf = new Map<string, string>();
  return [...tables.ladder.values()].map((named) => {
    const written = named.value as unknown as Written;
    const { title, orders = [], facts = [], sources = [], done, suggestions = [], next = [], shows = [] } = written;
    known(named, 'orders', orders, tables.orderClasses, 'order class', tables);
    known(named, 'done', done ?? [], tables.criteria, 'criterion', tables);
    known(named, 'suggestions', suggestions, tables.suggestions, 'suggestion', tables);
    known(named, 'next', next, tables.criteria, 'criterion', tables);
    known(named, 'shows', shows, tables.concepts, 'concept', tables);
    for (const [index, order] of orders.entries()) {
      const other = rungOf.get(order);
      if (other !== undefined) tables.report(inside(named, 'orders', index), `"${order}" stands on "${other}" already`);
      rungOf.set(order, named.name);
    }
    const factsIn = (key: string, names: Names): FactInstance[] =>
      names.flatMap((name, index) => conditions.fact(name, undefined, inside(named, key, index)) ?? []);
    const linked = { facts, free: factsIn('facts', facts), sources: factsIn('sources', sources) };
    for (const [index, name] of sources.entries())
      if (tables.facts.has(name) && !linked.sources.some((fact) => fact.name === name))
        tables.report(inside(named, 'sources', index), `"${name}" hangs on what a card gives, and here is no card`);
    const said = tables.language.say(title, inside(named, 'title'));
    const rung = { name: named.name, title: said, orders, ...linked, suggestions, next, shows };
    return { ...rung, ...(done !== undefined && { done }) };
  });
}

function known(
  named: Named,
  key: string,
  names: Names,
  table: ReadonlyMap<string, Named>,
  what: string,
  tables: Tables,
) {
  for (const [index, name] of names.entries()) tables.find(table, name, what, inside(named, key, index));
}
