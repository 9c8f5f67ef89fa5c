/** Charts as the demo holds them: collection Bundles of one patient. */

export interface Resource {
  readonly resourceType: string;
  readonly id?: string;
  readonly [member: string]: unknown;
}

export interface Chart {
  readonly entry?: readonly { readonly resource?: Resource }[];
}

export const resourcesOf = ({ entry = [] }: Chart): Resource[] => entry.flatMap(({ resource }) => resource ?? []);

/** A chart with more in it. */
export const addTo = (chart: Chart, more: readonly Resource[]): Chart => ({
  ...chart,
  entry: [...(chart.entry ?? []), ...more.map((resource) => ({ resource }))],
});

/** The encounter under way, which the hook's context names. */
export const currentEncounter = (chart: Chart): string | undefined =>
  resourcesOf(chart).find(({ resourceType, status }) => resourceType === 'Encounter' && status === 'in-progress')?.id;
