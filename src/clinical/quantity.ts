/**
 * Factors between the few units that charts really mix, by UCUM code or the words laboratories print. Anything else is refused
 * rather than guessed. Sources: UCUM; degrees by definition.
 */
const SAME: Readonly<Record<string, readonly string[]>> = {
  Cel: ['cel', '°c', 'c', 'degc', 'deg c', 'celsius', 'degrees celsius', 'degrees c', 'degree c', 'grados celsius'],
  '[degF]': ['[degf]', '°f', 'f', 'degf', 'deg f', 'fahrenheit', 'degrees fahrenheit', 'degrees f', 'degree f'],
  'mg/L': ['mg/l'],
  'mg/dL': ['mg/dl'],
  'mm/h': ['mm/h', 'mm/hr', 'mm/hour'],
  '%': ['%', 'percent'],
  '{score}': [
    '{score}',
    '1',
    '',
    'score',
    '{ratio}',
    '{inr}',
    'inr',
    'points',
    '/10',
    '{points}',
    '(score)',
    'mrc',
    'grade',
    'nrs',
  ],
  '10*3/uL': [
    '10*3/ul',
    '10*9/l',
    'k/ul',
    'x10e3/ul',
    '10^3/ul',
    '10^9/l',
    'thousand/ul',
    '10*3/mm3',
    'x10*9/l',
    'g/l{platelets}',
  ],
  'mL/min/{1.73_m2}': [
    'ml/min/{1.73_m2}',
    'ml/min/1.73m2',
    'ml/min/1.73 m2',
    'ml/min/1.73m^2',
    'ml/min',
    'ml/min/{1.73m2}',
  ],
  'mmol/mol': ['mmol/mol'],
  'm[IU]/mL': ['m[iu]/ml', 'miu/ml', 'iu/l', '[iu]/l'],
};

const canonical = new Map(Object.entries(SAME).flatMap(([unit, names]) => names.map((name) => [name, unit] as const)));

/** A UCUM unit as people write it, which no line breaks in two: `mL/min/{1.73_m2}` is mL/min/1.73 m². */
export const unitText = (unit: string): string =>
  unit
    .replaceAll(/[{}[\]]/g, '')
    .replaceAll('_', '\u00a0')
    .replaceAll(/\bm2\b/g, 'm²')
    .replaceAll('10*', '10^')
    .replaceAll(/\bCel\b/g, '°C');

/** `value` given in `from`, in `to`; undefined when this service does not know how, which must read as "not known". */
export function convert(value: number, from: string, to: string): number | undefined {
  const source = canonical.get(from.trim().toLowerCase());
  if (source === to) return value;
  if (to === 'Cel' && from.trim() === '') return bareTemperature(value);
  if (source === '[degF]' && to === 'Cel') return ((value - 32) * 5) / 9;
  if (source === 'mg/dL' && to === 'mg/L') return value * 10;
  // NGSP master equation, https://ngsp.org/ifccngsp.asp
  if (source === 'mmol/mol' && to === '%') return value * 0.09148 + 2.152;
  return undefined;
}

/** A body temperature without a unit says by its size which one is meant; between the two scales nothing is understood. */
function bareTemperature(value: number): number | undefined {
  if (value >= 30 && value <= 45) return value;
  return value >= 86 && value <= 113 ? ((value - 32) * 5) / 9 : undefined;
}

/** Whether `unit` is one that readings can be given in. */
export const isKnownUnit = (unit: string): boolean => Object.hasOwn(SAME, unit);
