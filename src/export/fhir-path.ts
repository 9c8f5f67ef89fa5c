import type { Condition, Test } from '../knowledge/types.ts';

/**
 * A condition as FHIRPath, where that comes to exactly what the engine decides: conditions over the patient, the order's priority and the
 * encounter. Undefined for all others, which rest on words, unverified codes, windows or charts read in part.
 *
 * `true`, `false` and empty stand for holds, fails and unknown; `and`, `or` and `not()` combine them as the engine does. `%order` is the order
 * that is judged, `%patient` the patient, `%encounter` the encounter of the call, empty where it names none. http://hl7.org/fhirpath/N1/
 */
export function fhirPathOf(condition: Condition): string | undefined {
  switch (condition.kind) {
    case 'test':
      return testPath(condition);
    case 'criterion':
      return fhirPathOf(condition.body);
    case 'group': {
      const parts = condition.parts.map(fhirPathOf);
      if (parts.includes(undefined)) return undefined;
      const joined = parts.map((part) => `(${part})`).join(condition.op === 'all' ? ' and ' : ' or ');
      return condition.op === 'none' ? `(${joined}).not()` : joined;
    }
  }
}

/** Whether a condition is not known to hold. */
export const notKnown = (path: string): string => `(${path}).anyTrue().not()`;

function testPath(test: Test): string | undefined {
  const path = bare(test);
  if (path === undefined || test.unknownAs === undefined) return path;
  // of nothing, `allTrue` is true and `anyTrue` is false
  return `(${path}).${test.unknownAs === 'holds' ? 'allTrue' : 'anyTrue'}()`;
}

function bare(test: Test): string | undefined {
  const { fact, is, values = [] } = test;
  const property = `${fact.reader.name} ${fact.args.property}`;
  if (property === 'patient age') return agePath(test);
  if (is !== 'one-of') return undefined;
  const named = `(${values.map((value) => `'${value}'`).join(' | ')})`;
  switch (property) {
    // what is not said is routine, so a condition that asks for routine orders is left as text
    case 'order priority':
      return values.includes('routine') ? undefined : `%order.priority.where($this in ${named}).exists()`;
    case 'encounter class':
      return values.includes('none') ? undefined : `%encounter.exists() and (%encounter.class.code in ${named})`;
    case 'encounter priority':
      return values.includes('R') || values.includes('none')
        ? undefined
        : `%encounter.priority.coding.code.first().where($this in ${named}).exists()`;
    default:
      return undefined;
  }
}

function agePath({ is, of, limit }: Test): string | undefined {
  if (is === 'present') return '%patient.birthDate.exists()';
  if (is === 'missing') return '%patient.birthDate.empty()';
  if (of !== 'years' || limit === undefined) return undefined;
  // ages are whole years
  const from = { below: limit.value, 'at-least': limit.value, above: limit.value + 1, 'at-most': limit.value + 1 };
  switch (is) {
    case 'below':
    case 'at-most':
      return youngerThan(Math[is === 'below' ? 'ceil' : 'floor'](from[is]));
    case 'at-least':
    case 'above':
      return `(${youngerThan(Math[is === 'at-least' ? 'ceil' : 'floor'](from[is]))}).not()`;
    default:
      return undefined;
  }
}

/**
 * A birth date of which only the year or the month is told compares to nothing when the limit lies in it. The second comparison decides
 * where all days of it lie on one side of the limit all the same.
 */
function youngerThan(years: number): string {
  const limit = `today() - ${years} years`;
  return `iif(%patient.birthDate > ${limit}, true, %patient.birthDate >= ${limit} + 1 day)`;
}
