import { describe, expect, test } from 'vitest';
import { convert, isKnownUnit, unitText } from '../../../src/clinical/quantity.ts';

test.each([
  ['mL/min/{1.73_m2}', 'mL/min/1.73\u00a0m²'],
  ['m[IU]/mL', 'mIU/mL'],
  ['10*3/uL', '10^3/uL'],
  ['Cel', '°C'],
  ['weeks', 'weeks'],
])('%s is written %s for people', (unit, written) => {
  expect(unitText(unit)).toBe(written);
});

describe('a value in another unit', () => {
  test.each([
    [38, 'Cel', 'Cel', 38],
    [38, '°C', 'Cel', 38],
    [38, ' C ', 'Cel', 38],
    [212, '[degF]', 'Cel', 100],
    [32, '°F', 'Cel', 0],
    [2, 'mg/dL', 'mg/L', 20],
    [20, 'MG/L', 'mg/L', 20],
    [50, 'mm/hr', 'mm/h', 50],
    [7, '%', '%', 7],
    [7, 'percent', '%', 7],
    [53, 'mmol/mol', '%', 7.00044],
    [7, '{score}', '{score}', 7],
    [7, '', '{score}', 7],
    [7, '1', '{score}', 7],
    [7, '/10', '{score}', 7],
    [1.5, 'INR', '{score}', 1.5],
    [150, '10*9/L', '10*3/uL', 150],
    [150, 'K/uL', '10*3/uL', 150],
    [60, 'mL/min/1.73m2', 'mL/min/{1.73_m2}', 60],
    [5, 'mIU/mL', 'm[IU]/mL', 5],
    [5, 'IU/L', 'm[IU]/mL', 5],
  ])('%d %s in %s is %d', (value, from, to, expected) => {
    expect(convert(value, from, to)).toBeCloseTo(expected, 6);
  });

  test.each([
    ['mg/L', 'mg/dL'],
    ['g/L', 'mg/L'],
    ['Cel', '[degF]'],
    ['mmol/L', '%'],
    ['', 'Cel'],
    ['', 'mg/L'],
    ['K', 'Cel'],
    ['%', '{score}'],
    ['/uL', '10*3/uL'],
    ['toString', 'Cel'],
    ['furlong', 'furlong'],
  ])('%s in %s is refused rather than guessed', (from, to) => {
    expect(convert(1, from, to)).toBeUndefined();
  });

  test.each([
    ['Cel', true],
    ['{score}', true],
    ['10*3/uL', true],
    ['10*9/L', false],
    ['degC', false],
    ['toString', false],
    ['', false],
  ])('%j as a unit for readings: %s', (unit, expected) => {
    expect(isKnownUnit(unit)).toBe(expected);
  });
});
