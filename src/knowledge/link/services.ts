import { factsOf } from '../facts-of.ts';
import type { KnowledgeFile } from '../files.ts';
import type { CardDefinition, Parameter, ServiceDefinition } from '../types.ts';
import type { CardLinker } from './cards.ts';
import { inside, type Place, type Tables } from './tables.ts';

interface Linkers {
  readonly linker: CardLinker;
  readonly tables: Tables;
  readonly parameters: ReadonlyMap<string, Parameter>;
}

/** The services of one file, one for each hook it names. */
export function linkServices(
  file: KnowledgeFile,
  all: readonly CardDefinition[],
  cardFolders: readonly string[],
  { linker, tables, parameters }: Linkers,
): ServiceDefinition[] {
  const written = file.value as {
    title: string;
    description: string;
    usageRequirements?: string;
    hooks: Readonly<Partial<Record<ServiceDefinition['hook'], string>>>;
    cards: readonly string[];
    prefetch: readonly string[];
    quietPeriod?: string;
    silence?: readonly unknown[];
    caps?: readonly unknown[];
  };
  const top = { file, path: [] };
  const folders = new Map(cardFolders.map((folder) => [folder, folder]));
  for (const [index, folder] of written.cards.entries())
    tables.find(folders, folder, 'folder of cards', inside(top, 'cards', index));
  for (const [index, slice] of written.prefetch.entries())
    tables.find(tables.slices, slice, 'slice', inside(top, 'prefetch', index));
  const silence = linker.criteria(written.silence, {}, inside(top, 'silence'));
  const caps = linker.criteria(written.caps, {}, inside(top, 'caps'));
  const cards = all.filter(({ folder, status }) => written.cards.includes(folder) && status !== 'retired');
  const required = [...tables.slices.values()].filter(({ value }) => value.required === true).map(({ name }) => name);
  const shared = [...silence, ...caps].flatMap(factsOf).flatMap((fact) => fact.slices);
  const quietPeriod = quietPeriodOf(written.quietPeriod, inside(top, 'quietPeriod'), tables, parameters);
  const { title, description, usageRequirements, prefetch } = written;
  return (Object.entries(written.hooks) as [ServiceDefinition['hook'], string][]).map(([hook, id]) => ({
    id,
    hook,
    title,
    description,
    ...(usageRequirements !== undefined && { usageRequirements }),
    published: prefetch,
    cards,
    silence,
    caps,
    slices: new Set([...required, ...shared]),
    orderClasses: [...new Set(cards.map(({ orderClass }) => orderClass))],
    ...(quietPeriod !== undefined && { quietPeriod }),
  }));
}

function quietPeriodOf(
  name: string | undefined,
  place: Place,
  tables: Tables,
  parameters: ReadonlyMap<string, Parameter>,
): Parameter | undefined {
  if (name === undefined) return undefined;
  const parameter = tables.find(parameters, name, 'parameter', place);
  if (parameter !== undefined && parameter.unit !== 'days')
    tables.report(place, `"${name}" is in ${parameter.unit}, and a quiet period is in days`);
  return parameter;
}

/** The standard lets one id serve several hooks, never one hook twice. */
export function checkServiceIds(files: readonly KnowledgeFile[], tables: Tables): void {
  const seen = new Set<string>();
  for (const file of files) {
    for (const [hook, id] of Object.entries((file.value as { hooks: Record<string, string> }).hooks)) {
      if (seen.has(`${hook} ${id}`)) tables.report({ file, path: ['hooks', hook] }, `"${id}" already serves ${hook}`);
      seen.add(`${hook} ${id}`);
    }
  }
}
