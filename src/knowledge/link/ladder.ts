import type { Rung } from '../types.ts';
import { inside, type Named, type Tables } from './tables.ts';

/** The rungs of the ladder, in their order. A pack may have none. */
export function linkLadder(tables: Tables): Rung[] {
  const rungOf = new Map<string, string>();
  return [...tables.ladder.values()].map((named) => {
    const {
      title,
      orders = [],
      facts = [],
      done,
      shows = [],
    } = named.value as unknown as Omit<Partial<Rung>, 'title'> & { title: string };
    known(named, 'orders', orders, tables.orderClasses, 'order class', tables);
    known(named, 'facts', facts, tables.facts, 'fact', tables);
    known(named, 'done', done ?? [], tables.criteria, 'criterion', tables);
    known(named, 'shows', shows, tables.concepts, 'concept', tables);
    for (const [index, order] of orders.entries()) {
      const other = rungOf.get(order);
      if (other !== undefined) tables.report(inside(named, 'orders', index), `"${order}" stands on "${other}" already`);
      rungOf.set(order, named.name);
    }
    const said = tables.language.say(title, inside(named, 'title'));
    return { name: named.name, title: said, orders, facts, shows, ...(done !== undefined && { done }) };
  });
}

function known(
  named: Named,
  key: string,
  names: readonly string[],
  table: ReadonlyMap<string, Named>,
  what: string,
  tables: Tables,
) {
  for (const [index, name] of names.entries()) tables.find(table, name, what, inside(named, key, index));
}
