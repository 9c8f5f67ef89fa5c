import type { SliceDefinition } from '../chart/slice.ts';
import type { OrderClass } from '../orders/scope.ts';
import type { Knowledge, ServiceDefinition } from './types.ts';

/** By the names of order classes. */
const slicesByClasses = new WeakMap<ServiceDefinition, Map<string, readonly SliceDefinition[]>>();
const MOST_KEPT = 1000;

/** The slices that the cards of these order classes may need, and no others. Found once for each choice of classes. */
export function neededSlices(
  classes: ReadonlySet<OrderClass>,
  service: ServiceDefinition,
  { slices }: Pick<Knowledge, 'slices'>,
): readonly SliceDefinition[] {
  const known = slicesByClasses.get(service) ?? new Map<string, readonly SliceDefinition[]>();
  slicesByClasses.set(service, known);
  const key = [...classes].map(({ name }) => name).join(' ');
  let definitions = known.get(key);
  if (definitions === undefined) {
    const cards = service.cards.filter(({ orderClass }) => classes.has(orderClass));
    const wanted = new Set([...service.slices, ...cards.flatMap((card) => [...card.slices])]);
    definitions = [...slices.values()]
      .filter(({ name }) => wanted.has(name))
      // A site that publishes a source says that it has it.
      .map(({ isExtra, ...one }) => (isExtra && !service.published.includes(one.name) ? { ...one, isExtra } : one));
    if (known.size < MOST_KEPT) known.set(key, definitions);
  }
  return definitions;
}
