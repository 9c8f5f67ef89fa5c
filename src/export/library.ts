import type { ActivityDefinition, Library, ParameterDefinition, ValueSet } from 'fhir/r4.js';
import type { Knowledge } from '../knowledge/types.ts';
import { signOffDocument } from '../sign-off/document.ts';
import { citationsOf, publishedBy } from './credits.ts';
import { canonical, LIBRARY } from './names.ts';
import type { planNamed } from './plan.ts';

/** What the FHIRPath of the plans is said of. */
const PARAMETERS: readonly ParameterDefinition[] = [
  {
    name: 'order',
    use: 'in',
    min: 1,
    max: '1',
    type: 'Resource',
    documentation: 'The draft order that is judged: a ServiceRequest or a MedicationRequest.',
  },
  { name: 'patient', use: 'in', min: 1, max: '1', type: 'Patient', documentation: 'Whom the order is for.' },
  {
    name: 'encounter',
    use: 'in',
    min: 0,
    max: '1',
    type: 'Encounter',
    documentation: 'The encounter that the order is made in; empty where the call names none.',
  },
];

/** What belongs to a Library. */
export type Part = ReturnType<typeof planNamed> | ActivityDefinition | (ValueSet & { readonly url: string });

/** The Library that holds a pack together, with the whole of it as a document to read and sign. */
export function libraryOf(knowledge: Knowledge, parts: readonly Part[]): Library {
  const [attributes] = knowledge.attributes.values();
  const [service] = knowledge.services;
  return {
    resourceType: 'Library',
    id: LIBRARY,
    url: canonical('Library', LIBRARY),
    version: knowledge.revision.replace('sha256:', '').slice(0, 16),
    name: 'RehabFirstPack',
    title: service?.title ?? 'Rehab First',
    status: 'active',
    ...publishedBy(attributes),
    type: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/library-type', code: 'asset-collection' }],
    },
    description: `${service?.description ?? ''} Revision ${knowledge.revision}.`.trim(),
    relatedArtifact: [
      ...parts.map(({ resourceType, id = '', url = canonical(resourceType, id), version }) => ({
        type: 'composed-of' as const,
        resource: version === undefined ? url : `${url}|${version}`,
      })),
      ...citationsOf([...knowledge.sources.values()]),
    ],
    parameter: [...PARAMETERS],
    content: [
      {
        contentType: 'text/markdown',
        title: 'The whole pack, to be read and signed',
        data: Buffer.from(signOffDocument(knowledge)).toString('base64'),
      },
    ],
  };
}
