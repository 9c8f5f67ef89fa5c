import { allows, boundsOf, boundsText } from '../bounds.ts';
import type { KnowledgeFile } from '../files.ts';
import type { CitedSource, Parameter } from '../types.ts';
import { inside, type Named, type Place, type Tables } from './tables.ts';

/** A source with its address. What it says and is worth is said in the language, and so is a choice of the pack's own; what a publication is called may be. */
export function linkSource(named: Named, { language }: Tables): CitedSource {
  const { name, value } = named;
  const {
    label,
    url,
    doi,
    figures = {},
    ...rest
  } = value as unknown as Omit<CitedSource, 'id' | 'figures'> & { doi?: string; figures?: CitedSource['figures'] };
  const said = rest.read === 'project' ? language.say(label, inside(named, 'label')) : language.label(label);
  const address = url ?? (doi === undefined ? undefined : `https://doi.org/${doi}`);
  return {
    id: name,
    label: said,
    ...rest,
    says: language.say(rest.says, inside(named, 'says')),
    ...(rest.grade !== undefined && { grade: language.say(rest.grade, inside(named, 'grade')) }),
    figures,
    ...(address !== undefined && { url: address }),
  };
}

/** Every number of the folder, as a site changes it. */
export function linkParameters(
  tables: Tables,
  sources: ReadonlyMap<string, CitedSource>,
  site: KnowledgeFile | undefined,
): Map<string, Parameter> {
  const parameters = new Map<string, Parameter>();
  for (const named of tables.parameters.values()) {
    const { cites = [], least, most, ...rest } = named.value as unknown as ParameterContent;
    for (const [index, source] of cites.entries())
      tables.find(sources, source, 'source', inside(named, 'cites', index));
    const bounds = boundsOf(named.value as unknown as ParameterContent);
    const says = tables.language.say(rest.says, inside(named, 'says'));
    const parameter: Parameter = { name: named.name, ...rest, says, cites, bounds };
    refuseBeyond(parameter, tables, inside(named, 'value'));
    parameters.set(named.name, parameter);
  }
  for (const [name, value] of Object.entries((site?.value ?? {}) as Record<string, number>)) {
    if (site === undefined) break;
    const place = { file: site, path: [name] };
    const known = tables.find(parameters, name, 'parameter', place);
    if (known === undefined) continue;
    const { value: before, standing, cites } = known;
    const changed: Parameter = {
      ...known,
      value,
      standing: 'site-choice',
      cites: [],
      replaces: { value: before, standing, cites },
    };
    refuseBeyond(changed, tables, place);
    parameters.set(name, changed);
  }
  return parameters;
}

type ParameterContent = Pick<Parameter, 'value' | 'unit' | 'says' | 'standing'> & {
  readonly cites?: readonly string[];
  readonly least?: number;
  readonly most?: number;
};

function refuseBeyond(parameter: Parameter, tables: Tables, place: Place): void {
  const { name, value, bounds } = parameter;
  if (!allows(bounds, value)) tables.report(place, `"${name}" must be ${boundsText(parameter)}; ${value} is not`);
}
