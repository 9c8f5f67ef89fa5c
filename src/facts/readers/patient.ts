import { parseFhirDate, yearsBetween } from '../../clinical/dates.ts';
import { string } from '../../logic/json.ts';
import { exactly } from '../../logic/range.ts';
import type { Reader } from '../reader.ts';
import type { Reading } from '../reading.ts';

/** Age in whole years (a partial birth date gives a range) and administrative gender of the patient. */
export const patient: Reader = {
  name: 'patient',
  does: "reads the patient's age and administrative gender",
  arguments: {
    slices: { kind: 'slices', required: true },
    property: { kind: 'choice', of: ['age', 'gender'], required: true },
  },
  measures: { years: 'years' },
  givesNames: true,
  // FHIR R4 administrative-gender.
  names: ({ property }) => (property === 'gender' ? ['male', 'female', 'other', 'unknown'] : []),
  days: [],
  slices: ({ slices = [] }) => slices,
  read: ({ slices = [], property }, { chart, today }): Reading => {
    const unread = slices.filter((slice) => chart.slice(slice).state !== 'complete');
    const body = slices
      .flatMap((slice) => chart.resources(slice))
      .find(({ resourceType }) => resourceType === 'Patient');
    const born = parseFhirDate(body?.birthDate);
    const gender = string(body?.gender);
    const isThere = property === 'age' ? born !== undefined : gender !== undefined;
    return {
      count: isThere ? exactly(1) : { min: 0, max: unread.length > 0 ? 1 : 0 },
      measures: property === 'age' && born !== undefined ? { years: yearsBetween(born, today) } : {},
      names: {
        certain: property === 'gender' && gender !== undefined ? [gender] : [],
        open: property === 'gender' && gender === undefined,
      },
      evidence: body === undefined ? [] : [{ reference: `Patient/${string(body.id) ?? '?'}` }],
      unread,
    };
  },
};
