import type { ServiceDefinition } from '../knowledge/types.ts';
import type { OrderClass } from '../orders/scope.ts';
import { SYSTEMS } from '../terminology/systems.ts';
import type { Terminology } from '../terminology/terminology.ts';
import type { CodedText, LadderOrder } from './explanation.ts';

/** Ranks of `cards/order-classes.yaml` from which an order is an operation, and below which it is no treatment. */
const OPERATION = 73;
const TREATMENT = 20;
const CODED_IN: readonly (string | undefined)[] = [SYSTEMS.cpt, SYSTEMS.hcpcs, SYSTEMS.snomed];
const SITES: Readonly<Record<string, string>> = {
  lumbar: 'lumbar spine',
  gluteal: 'hip',
  hip: 'hip',
  'deep-gluteal-region': 'piriformis',
};

/** The kinds of order of a service, least invasive first, each with a code or words by which it is known. */
export function ladderOf({ orderClasses }: ServiceDefinition, terminology: Terminology): LadderOrder[] {
  return [...orderClasses]
    .sort((a, b) => a.rank - b.rank || (a.title < b.title ? -1 : 1))
    .map((orderClass) => ({
      name: orderClass.name,
      title: orderClass.title,
      step: stepOf(orderClass),
      what: { text: orderClass.title, ...codeOf(orderClass, terminology) },
      site: [...orderClass.regions].flatMap((region) => SITES[region] ?? [])[0] ?? '',
    }));
}

/** The rung that an order stands on. */
export function stepOf({ rank, procedure }: OrderClass): LadderOrder['step'] {
  if (rank < TREATMENT) return 'imaging';
  if (rank >= OPERATION) return 'surgery';
  return procedure === 'prp-injection' ? 'plasma' : 'infiltration';
}

/** The first confirmed code of the procedure. */
function codeOf({ procedure }: OrderClass, { concepts }: Terminology): Omit<CodedText, 'text'> {
  const keys = (concepts.get(procedure)?.valueSets ?? []).flatMap(({ codes }) =>
    [...codes].flatMap(([key, { verified }]) => (verified ? [key] : [])),
  );
  const key = CODED_IN.flatMap((system) => keys.filter((one) => one.startsWith(`${system}|`)))[0];
  if (key === undefined) return {};
  const bar = key.lastIndexOf('|');
  return { system: key.slice(0, bar), code: key.slice(bar + 1) };
}
