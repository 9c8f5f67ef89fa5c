import type { Knowledge, Rung } from '../knowledge/types.ts';
import type { OrderClass } from '../orders/scope.ts';
import { SYSTEMS } from '../terminology/systems.ts';
import type { Terminology } from '../terminology/terminology.ts';
import type { CodedText, LadderOrder, RungChoice } from './explanation.ts';

const CODED_IN: readonly (string | undefined)[] = [SYSTEMS.cpt, SYSTEMS.hcpcs, SYSTEMS.snomed];

/** The ladder of a pack and the kinds of order on each rung; those on none come last. */
export function rungsOf(knowledge: Knowledge): RungChoice[] {
  const {
    services: [service],
    ladder,
  } = knowledge;
  const classes = [...(service?.orderClasses ?? [])].sort((a, b) => a.rank - b.rank || (a.title < b.title ? -1 : 1));
  const choices = (wanted: (orderClass: OrderClass) => boolean) =>
    classes.filter(wanted).map((one) => choiceOf(one, knowledge));
  const rungs = ladder.map((rung) => ({
    name: rung.name,
    title: rung.title,
    orders: choices(({ name }) => rung.orders.includes(name)),
  }));
  const others = choices((one) => rungFor(one, ladder) === undefined);
  return others.length === 0 ? rungs : [...rungs, { orders: others }];
}

/** The rung that a kind of order stands on. */
export const rungFor = ({ name }: OrderClass, ladder: readonly Rung[]): Rung | undefined =>
  ladder.find(({ orders }) => orders.includes(name));

/** A kind of order with a code or words by which it is known. */
function choiceOf({ name, title, procedure, regions }: OrderClass, { terminology, words }: Knowledge): LadderOrder {
  const site = [...regions].flatMap((region) => terminology.concepts.get(region)?.title ?? [])[0] ?? '';
  return { name, title, what: { text: title, ...codeOf(procedure, terminology) }, site: words.get(site) ?? site };
}

/** The first confirmed code of the procedure. */
function codeOf(procedure: string, { concepts }: Terminology): Omit<CodedText, 'text'> {
  const keys = (concepts.get(procedure)?.valueSets ?? []).flatMap(({ codes }) =>
    [...codes].flatMap(([key, { verified }]) => (verified ? [key] : [])),
  );
  const key = CODED_IN.flatMap((system) => keys.filter((one) => one.startsWith(`${system}|`)))[0];
  if (key === undefined) return {};
  const bar = key.lastIndexOf('|');
  return { system: key.slice(0, bar), code: key.slice(bar + 1) };
}
