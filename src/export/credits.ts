import type { Extension, RelatedArtifact } from 'fhir/r4.js';
import type { CitedSource, SourceAttributes } from '../knowledge/types.ts';
import { canonical } from './names.ts';

const ATTRIBUTE = canonical('StructureDefinition', 'source-attribute');

/**
 * Who publishes, and since when, as the source attributes of a card declare it. It is experimental whatever its status: whether a site has
 * signed the pack stands in none of its files.
 */
export const publishedBy = (
  attributes: SourceAttributes | undefined,
): { experimental: true; publisher: string; date?: string } => ({
  experimental: true,
  ...(attributes === undefined
    ? { publisher: 'not declared' }
    : { publisher: attributes.developer, date: attributes.revised ?? attributes.released }),
});

/** Funding, dates and the use of data about people, each as an extension that names it: 45 CFR 170.315(b)(11)(iv)(A). */
export function attributeExtensions(attributes: SourceAttributes | undefined): { extension?: Extension[] } {
  if (attributes === undefined) return {};
  const { developer, funding, released, revised, uses } = attributes;
  const pairs: [string, string][] = [
    ['developer', developer],
    ['funding', funding],
    ['released', released],
    ...(revised === undefined ? [] : [['revised', revised] as [string, string]]),
    ...Object.entries(uses).map(([name, use]): [string, string] => [`uses-${name}`, use === false ? 'not used' : use]),
  ];
  return {
    extension: pairs.map(([name, valueString]) => ({
      url: ATTRIBUTE,
      extension: [
        { url: 'name', valueCode: name },
        { url: 'value', valueString },
      ],
    })),
  };
}

/** Each source once. */
export const citationsOf = (sources: readonly CitedSource[]): RelatedArtifact[] =>
  [...new Map(sources.map((source) => [source.id, source])).values()].map(citation);

const citation = ({ label, url, says, grade }: CitedSource): RelatedArtifact => ({
  type: 'citation',
  label,
  citation: [`${label}.`, says, ...(grade === undefined ? [] : [`Grade: ${grade}.`])].join(' '),
  ...(url !== undefined && { url }),
});
