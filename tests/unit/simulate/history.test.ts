import { describe, expect, test } from 'vitest';
import type { RawResource } from '../../../src/cds-hooks/types.ts';
import { historyOf } from '../../../src/simulate/history.ts';
import { aResource } from '../../support/builders.ts';

const code = (value: string) => ({ coding: [{ system: 'http://www.ama-assn.org/go/cpt', code: value }] });
const request = (more: object) =>
  aResource('ServiceRequest', 'order', { status: 'completed', intent: 'order', code: code('20611'), ...more });
const procedure = (more: object) =>
  aResource('Procedure', 'done', {
    status: 'completed',
    code: code('20611'),
    performedDateTime: '2026-03-20',
    ...more,
  });

const ordersIn = (...resources: readonly RawResource[]) =>
  historyOf((type) => resources.filter(({ resourceType }) => resourceType === type));
const references = (...resources: readonly RawResource[]) =>
  ordersIn(...resources).orders.map(({ reference }) => reference);

describe('a procedure is taken as an order', () => {
  test.each([
    ['when there is no order', []],
    ['when it was only planned', [request({ authoredOn: '2026-03-05', intent: 'plan' })]],
    ['when its order was a mistake', [request({ authoredOn: '2026-03-05', status: 'entered-in-error' })]],
    ['when an order was for something else', [request({ authoredOn: '2026-03-05', code: code('85025') })]],
  ])('%s', (_, others) => {
    expect(references(procedure({}), ...others)).toContain('Procedure/done');
  });

  test.each([
    ['when the order is more than a year older', '2025-03-01', {}],
    ['when the order came later', '2026-03-21', {}],
    [
      'when it names an order that is not there',
      '2025-03-01',
      { basedOn: [{ reference: 'ServiceRequest/elsewhere' }] },
    ],
  ])('%s', (_, authoredOn, more) => {
    expect(references(request({ authoredOn }), procedure(more))).toContain('Procedure/done');
  });

  test.each([
    ['for the same code', '2026-03-05', {}],
    ['on the same day', '2026-03-20T16:00:00Z', {}],
    [
      'that it names, whatever the code',
      '2024-01-05',
      { code: code('20610'), basedOn: [{ reference: 'ServiceRequest/order' }] },
    ],
  ])('but not beside an order %s', (_, authoredOn, more) => {
    expect(references(request({ authoredOn }), procedure(more))).toEqual(['ServiceRequest/order']);
  });
});

test('a clinician is who ordered; an organisation, a patient and nobody are none', () => {
  const clinicianOf = (reference?: string) =>
    ordersIn(request({ authoredOn: '2026-03-05', ...(reference && { requester: { reference } }) })).orders[0]
      ?.clinician;
  expect(clinicianOf('https://ehr.example.org/fhir/Practitioner/a')).toBe('Practitioner/a');
  expect(clinicianOf('PractitionerRole/b/_history/2')).toBe('PractitionerRole/b');
  for (const other of ['Organization/c', 'Patient/d', undefined]) expect(clinicianOf(other)).toBeUndefined();
});
