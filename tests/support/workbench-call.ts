import type { HookRequest } from '../../src/cds-hooks/types.ts';
import { type Chart, currentEncounter } from '../../src/pages/workbench/chart.ts';
import { draftOf, referenceOf } from '../../src/pages/workbench/order.ts';
import { fillPrefetch } from '../../src/pages/workbench/prefetch.ts';
import type { OrderChoice } from '../../src/workbench/explanation.ts';
import { readPatient, templates } from './fixtures.ts';

const TEMPLATES = templates();

/** The call that the workbench makes for a synthetic patient and an order, with the whole chart. */
export function workbenchCall(patientId: string, order: OrderChoice, today: string): HookRequest {
  const chart = readPatient(patientId) as unknown as Chart;
  const encounterId = currentEncounter(chart);
  const draft = draftOf(order, patientId, today);
  const context = {
    userId: 'Practitioner/example',
    patientId,
    ...(encounterId !== undefined && { encounterId }),
    selections: [referenceOf(draft)],
    draftOrders: { resourceType: 'Bundle', type: 'collection', entry: [{ resource: draft }] },
  };
  const prefetch = fillPrefetch(TEMPLATES, chart, context);
  const call = { hook: 'order-select', hookInstance: '11111111-1111-4111-8111-111111111111', context, prefetch };
  return call as unknown as HookRequest;
}
