import { code, string } from '../../logic/json.ts';
import { exactly } from '../../logic/range.ts';
import type { Reader } from '../reader.ts';
import type { Reading } from '../reading.ts';

/**
 * The class, or the priority, of the encounter the order is made in. A call without `encounterId` is not in a hospital bed as far as
 * anybody said: `none`. An encounter without a priority is routine.
 */
export const encounter: Reader = {
  name: 'encounter',
  does: "gives the class (AMB, EMER, IMP, ...) or the priority of the call's encounter, or `none` when the call names no encounter",
  arguments: {
    slices: { kind: 'slices', required: true },
    property: { kind: 'choice', of: ['class', 'priority'], required: true },
  },
  measures: {},
  givesNames: true,
  days: [],
  slices: ({ slices = [] }) => slices,
  read: ({ slices = [], property = 'class' }, { chart, context }): Reading => {
    if (context.encounterId === undefined) {
      return { count: exactly(1), measures: {}, names: { certain: ['none'], open: false }, evidence: [], unread: [] };
    }
    const body = slices
      .flatMap((slice) => chart.resources(slice))
      .find(({ resourceType }) => resourceType === 'Encounter');
    const name = code(body, property) ?? (property === 'priority' && body !== undefined ? 'R' : undefined);
    const isKnown = name !== undefined;
    return {
      count: { min: isKnown ? 1 : 0, max: 1 },
      measures: {},
      names: { certain: isKnown ? [name] : [], open: !isKnown },
      evidence: body === undefined ? [] : [{ reference: `Encounter/${string(body.id) ?? '?'}` }],
      unread: isKnown ? [] : slices,
    };
  },
};
