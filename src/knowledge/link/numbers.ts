import type { KnowledgeFile } from '../files.ts';
import type { CitedSource, Parameter } from '../types.ts';
import { inside, type Named, type Tables } from './tables.ts';

/** A source with its address. Names of publications are the same in every language; a choice of the pack's own is said in it. */
export function linkSource(named: Named, { language }: Tables): CitedSource {
  const { name, value } = named;
  const {
    label,
    url,
    doi,
    figures = {},
    ...rest
  } = value as unknown as Omit<CitedSource, 'id' | 'figures'> & { doi?: string; figures?: CitedSource['figures'] };
  const said = rest.read === 'project' ? language.say(label, inside(named, 'label')) : label;
  const address = url ?? (doi === undefined ? undefined : `https://doi.org/${doi}`);
  return { id: name, label: said, ...rest, figures, ...(address !== undefined && { url: address }) };
}

/** Every number of the folder, as a site changes it. */
export function linkParameters(
  tables: Tables,
  sources: ReadonlyMap<string, CitedSource>,
  site: KnowledgeFile | undefined,
): Map<string, Parameter> {
  const parameters = new Map<string, Parameter>();
  for (const named of tables.parameters.values()) {
    const { cites = [], ...rest } = named.value as unknown as Omit<Parameter, 'name' | 'cites'> & {
      cites?: readonly string[];
    };
    for (const [index, source] of cites.entries())
      tables.find(sources, source, 'source', inside(named, 'cites', index));
    parameters.set(named.name, { name: named.name, ...rest, cites });
  }
  for (const [name, value] of Object.entries((site?.value ?? {}) as Record<string, number>)) {
    if (site === undefined) break;
    const known = tables.find(parameters, name, 'parameter', { file: site, path: [name] });
    if (known !== undefined) parameters.set(name, { ...known, value, standing: 'site-choice', cites: [] });
  }
  return parameters;
}
