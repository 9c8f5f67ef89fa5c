import { describe, expect, test } from 'vitest';
import { says } from '../../../src/terminology/language.ts';

const PAIN = /\b(?:back pain|weakness|relief|physio|dolor|debilidad)\b/giu;
const claims = (text: string, inDoubt = false): boolean => says(text, PAIN, inDoubt);

describe('what a text says', () => {
  test.each([
    'back pain',
    'Back Pain',
    'severe back pain for weeks',
    'back pain, no fever',
    'no fever, back pain',
    'no fever. Back pain',
    'no fever; back pain',
    'no fever and back pain',
    'no fever but back pain',
    'no fever with back pain',
    'no fever\nback pain',
    'fever: none; back pain: yes',
    'no more than one two three back pain',
    'without one two three four five back pain',
    'no improvement of back pain',
    'no longer sleeps for back pain',
    'no change in back pain',
    'no relief of back pain',
    'no better back pain',
    'nodding with back pain',
    'know back pain',
    'sin mejoría del dolor',
    'sin cambios del dolor',
    'no hay fiebre pero dolor',
    'sin fiebre y dolor',
    'sin fiebre con dolor',
    'back pain, no weakness',
  ])('"%s" says it', (text) => {
    expect(claims(text)).toBe(true);
  });

  test.each([
    'no back pain',
    'No back pain',
    'no known back pain',
    'no one two three four back pain',
    'without back pain',
    'without any radiating back pain',
    'negative for back pain',
    'denies back pain',
    'patient denies any weakness',
    'no fever or weakness',
    'walks without weakness, no back pain',
    'sin dolor',
    'niega dolor',
    'negativo para debilidad',
    'negativa para dolor',
    'no presenta dolor',
    'fever',
    '',
  ])('"%s" does not', (text) => {
    expect(claims(text)).toBe(false);
  });

  test.each([
    'suspected weakness',
    'rule out weakness',
    'ruled out weakness',
    'r/o weakness',
    'R/O weakness',
    'weakness?',
    'suspicion of weakness',
    'descartar debilidad',
    'sospecha de debilidad',
  ])('"%s" is only suspected: it counts in doubt alone', (text) => {
    expect([claims(text, false), claims(text, true)]).toEqual([false, true]);
  });

  test.each([
    'suspected fracture, weakness',
    'suspected fracture. Weakness',
    'weakness; rule out fracture',
    'fever? Yes. Weakness',
  ])('in "%s" another clause is suspected', (text) => {
    expect(claims(text, false)).toBe(true);
  });

  test.each(['no weakness', 'without weakness', 'negative for weakness'])('in doubt, "%s" is still a "no"', (text) => {
    expect(claims(text, true)).toBe(false);
  });

  test('one mention that is not negated is enough', () => {
    expect(claims('no back pain last year, back pain now')).toBe(true);
    expect(claims('back pain now, no back pain last year')).toBe(true);
  });

  test('asking twice gives the same answer', () => {
    expect([claims('back pain'), claims('back pain'), claims('no back pain'), claims('back pain')]).toEqual([
      true,
      true,
      false,
      true,
    ]);
  });

  test('a very long text is read from its beginning only', () => {
    expect(claims(`back pain ${'x'.repeat(20_000)}`)).toBe(true);
    expect(claims(`${'x '.repeat(10_000)} back pain`)).toBe(false);
  });
});
