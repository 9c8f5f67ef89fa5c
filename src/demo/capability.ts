import type { CapabilityStatement, Resource } from '@medplum/fhirtypes';
import { searchParameters } from './search-parameters.ts';

/** What the demo EHR says of itself: the types it holds, and those of them that can be written. http://hl7.org/fhir/R4/capabilitystatement.html */
export function describeServer(
  held: readonly string[],
  written: readonly string[],
  base: string,
  now: Date,
): CapabilityStatement {
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: now.toISOString(),
    kind: 'instance',
    software: { name: 'Rehab First demo EHR' },
    implementation: { description: 'Synthetic patients, whose stories take place today; nothing is kept', url: base },
    fhirVersion: '4.0.1',
    format: ['json'],
    rest: [
      {
        mode: 'server',
        security: { cors: true },
        resource: held.map((type) => {
          const parameters = searchParameters(type);
          const codes = ['read', 'search-type', ...(written.includes(type) ? ['create', 'update', 'delete'] : [])];
          return {
            type: type as Resource['resourceType'],
            interaction: codes.map((code) => ({ code: code as 'read' })),
            ...(written.includes(type) && { updateCreate: true }),
            searchInclude: parameters.filter((one) => one.type === 'reference').map(({ code }) => `${type}:${code}`),
            searchParam: parameters.map(({ code, type: kind, url }) => ({
              name: code,
              type: kind,
              ...(url !== undefined && { definition: url }),
            })),
          };
        }),
      },
    ],
  };
}
