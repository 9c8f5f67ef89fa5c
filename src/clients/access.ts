import { resolveUnderBase } from '../chart/fhir-url.ts';
import type { Client } from './client.ts';

/**
 * The registered FHIR server that a request's `fhirServer` is or lies under; undefined when there is none, and then nothing is read. The
 * request names the host: without this we would fetch whatever a caller wishes.
 */
export function registeredServer({ fhirServers }: Client, fhirServer: string): string | undefined {
  return fhirServers.find((base) => resolveUnderBase(base, fhirServer) !== undefined);
}
