import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Bundle } from 'fhir/r4.js';
import { search } from './fhir-search.ts';

/** What a real FHIR server on loopback was asked. */
export interface Asked {
  readonly path: string;
  readonly method: string;
  readonly authorization: string | undefined;
  readonly traceparent: string | undefined;
  readonly tracestate: string | undefined;
}

export interface FhirServer {
  /** Base URL. */
  readonly url: string;
  readonly asked: Asked[];
  readonly close: () => Promise<void>;
}

/** A FHIR server on loopback that answers from one chart; `fault` may answer a path instead, with a status. */
export async function startFhirServer(
  chart: Bundle,
  fault: (path: string) => number | undefined = () => undefined,
): Promise<FhirServer> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent((request.url ?? '').replace(/^\/fhir\//, ''));
    const { authorization, traceparent, tracestate } = request.headers;
    asked.push({
      path,
      method: request.method ?? '',
      authorization,
      traceparent: traceparent?.toString(),
      tracestate: tracestate?.toString(),
    });
    const status = fault(path);
    const found = status === undefined ? search(chart, path) : undefined;
    response.writeHead(status ?? (found === undefined ? 404 : 200), { 'content-type': 'application/fhir+json' });
    response.end(
      JSON.stringify(found ?? { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'not-found' }] }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
