import { describe, expect, test } from 'vitest';
import { fillTemplate, isRead } from '../../../src/cds-hooks/prefetch.ts';

const context = { userId: 'Practitioner/1', patientId: 'pat015', draftOrders: {} };

describe('fillTemplate', () => {
  test.each([
    ['Patient/{{context.patientId}}', 'Patient/pat015'],
    ['Patient/{{ context.patientId }}', 'Patient/pat015'],
    ['Condition?patient={{context.patientId}}&_count=50', 'Condition?patient=pat015&_count=50'],
    ['A?x={{context.patientId}}&y={{context.patientId}}', 'A?x=pat015&y=pat015'],
    ['Patient', 'Patient'],
  ])('%s', (template, expected) => {
    expect(fillTemplate(template, context)).toBe(expected);
  });

  test.each([
    'Encounter/{{context.encounterId}}',
    'X?a={{context.patientId}}&b={{userPatientId}}',
    'X/{{constructor}}',
  ])('%s lacks a value', (template) => {
    expect(fillTemplate(template, context)).toBeUndefined();
  });

  test('percent-encodes ids and takes $ as it is', () => {
    expect(fillTemplate('Patient/{{context.patientId}}', { ...context, patientId: "a/b?$&$'" })).toBe(
      "Patient/a%2Fb%3F%24%26%24'",
    );
    expect(fillTemplate('Encounter/{{context.encounterId}}', { ...context, encounterId: 'e1' })).toBe('Encounter/e1');
  });
});

test('isRead tells a read from a search', () => {
  expect(isRead('Patient/{{context.patientId}}')).toBe(true);
  expect(isRead('Condition?patient={{context.patientId}}')).toBe(false);
});
