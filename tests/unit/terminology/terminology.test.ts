import { describe, expect, test } from 'vitest';
import { wordsOf } from '../../../src/terminology/words.ts';
import { aTerminology, codeable } from '../../support/builders.ts';

const terminology = aTerminology({
  back: { codes: ['icd10cm|M54.50'], unverified: ['icd10cm|M54.59'], words: 'back pain', region: 'lumbar' },
  hip: { codes: ['icd10cm|M70.61'], words: 'hip pain', displays: { 'icd10cm|M70.61': 'trochanteric bursitis, right' } },
  cancer: {
    kind: 'red-flag',
    codes: ['icd10cm|C50'],
    unverified: ['icd10cm|D49.9'],
    stems: ['icd10cm|C8'],
    words: 'tumour',
  },
  skin: { codes: ['icd10cm|C44'] },
  epidural: { kind: 'procedure', codes: ['cpt|62323'], unverified: ['cpt|99999'], words: 'epidural', region: 'lumbar' },
  route: { kind: 'words', words: 'inject' },
  lumbar: { kind: 'region', codes: ['snomed|122496007'], words: 'lumbar' },
  knee: { kind: 'region', words: '\\bknee' },
  left: { kind: 'side', sides: ['left'], words: '\\bleft\\b' },
  right: { kind: 'side', sides: ['right'], words: '\\bright\\b' },
  both: { kind: 'side', sides: ['left', 'right'], words: 'bilateral' },
});
const called = (...parts: string[]) => wordsOf(parts.map((part) => codeable(part)));

describe('whether words bear a concept', () => {
  test.each([
    ['a code of it', ['icd10cm|M54.50'], 'back', 'holds'],
    ['its code, written without the dot', ['icd10cm|m5450'], 'back', 'holds'],
    ['its code under an OID', ['urn:oid:2.16.840.1.113883.6.90|M5450'], 'back', 'holds'],
    ['its code in another system', ['snomed|M54.50'], 'back', 'fails'],
    ['words of it', ['low back pain'], 'back', 'holds'],
    ['words of it, negated', ['no back pain'], 'back', 'fails'],
    ['words of it, suspected', ['suspected back pain'], 'back', 'fails'],
    ['nothing of it', ['headache'], 'back', 'fails'],
    ['an unverified code', ['icd10cm|M54.59'], 'back', 'unknown'],
    ['an unverified code that text agrees with', ['icd10cm|M54.59', 'back pain'], 'back', 'holds'],
    ['an unverified code that other text stands beside', ['icd10cm|M54.59', 'something'], 'back', 'unknown'],
    ['a code of something else beside its words', ['icd10cm|M70.61', 'back pain'], 'back', 'fails'],
    ['a code nobody knows beside its words', ['urn:local|77', 'back pain'], 'back', 'holds'],
    ['a concept nobody knows', ['back pain'], 'nonsense', 'fails'],
    ['a red flag beside a code of something else', ['icd10cm|M54.50', 'tumour'], 'cancer', 'holds'],
    ['a red flag by an unverified code', ['icd10cm|D49.9'], 'cancer', 'holds'],
    ['a red flag that is suspected', ['rule out tumour'], 'cancer', 'holds'],
    ['a red flag that is negated', ['no tumour'], 'cancer', 'fails'],
    ['a red flag by a stem', ['icd10cm|C81.90'], 'cancer', 'holds'],
    ['a stem in another system', ['snomed|C81'], 'cancer', 'fails'],
    ['a code the stem does not reach', ['icd10cm|C44'], 'cancer', 'fails'],
    ['words that always count beside a code', ['cpt|62323', 'inject'], 'route', 'holds'],
  ])('%s', (_, parts, concept, expected) => {
    expect(terminology.bears(called(...parts), concept)).toBe(expected);
  });

  test.each([
    ['words in capitals, accents too', 'glúteo', 'GLÚTEO MEDIO', 'holds'],
    ['words of which accents differ', 'glúteo', 'gluteo', 'fails'],
    ['letters of any script', '\\p{L}+itis\\b', 'Trocantéritis', 'holds'],
    ['letters by number', 'g\\u{fa}teo', 'gúteo', 'holds'],
    ['a character beyond the first 65,536', '^🦴{2}$', '🦴🦴', 'holds'],
  ])('%s', (_, words, text, expected) => {
    expect(aTerminology({ it: { words } }).bears(called(text), 'it')).toBe(expected);
  });

  test.each([[['icd10cm|C44', 'icd10cm|M54.50']], [['icd10cm|M54.50', 'icd10cm|C44']]])(
    'every code counts, in whatever order: %j',
    (parts) => {
      expect([terminology.bears(called(...parts), 'back'), terminology.bears(called(...parts), 'skin')]).toEqual([
        'holds',
        'holds',
      ]);
    },
  );

  test('asking twice gives the same answer', () => {
    const words = called('icd10cm|M54.59', 'back pain');
    expect([
      terminology.bears(words, 'back'),
      terminology.bears(words, 'hip'),
      terminology.bears(words, 'back'),
    ]).toEqual(['holds', 'fails', 'holds']);
  });
});

describe('regions of the body', () => {
  test.each([
    ['a site code', ['snomed|122496007'], ['lumbar']],
    ['words', ['lumbar spine'], ['lumbar']],
    ['a condition of the region', ['icd10cm|M54.50'], ['lumbar']],
    ['words of a condition of the region', ['back pain'], ['lumbar']],
    ['a condition that only may be', ['icd10cm|M54.59'], []],
    ['a procedure by its code', ['cpt|62323'], ['lumbar']],
    ['a procedure by its words alone', ['epidural'], []],
    ['a procedure by an unverified code and words', ['cpt|99999', 'epidural'], []],
    ['two regions', ['lumbar and knee'], ['lumbar', 'knee']],
    ['a negated region', ['no knee problem'], []],
    ['examples in brackets', ['large joint (eg, knee, lumbar)'], []],
    ['examples in brackets, in Spanish', ['articulación (p. ej. knee)'], []],
    ['other brackets', ['large joint (right knee)'], ['knee']],
    ['none', ['headache'], []],
  ])('%s', (_, parts, expected) => {
    expect([...terminology.regions(called(...parts))].sort()).toEqual([...expected].sort());
  });
});

describe('sides of the body', () => {
  test.each([
    ['words', ['left hip'], ['left']],
    ['both', ['bilateral'], ['left', 'right']],
    ['left and right', ['left and right'], ['left', 'right']],
    ['the meaning of a code', ['icd10cm|M70.61'], ['right']],
    ['none', ['hip pain'], []],
    ['a word that only contains it', ['bright cleft'], []],
  ])('%s', (_, parts, expected) => {
    expect([...terminology.sides(called(...parts))].sort()).toEqual(expected);
  });
});

test('a code has the short wording of the pack', () => {
  expect(terminology.display('http://hl7.org/fhir/sid/icd-10-cm|M70.61')).toBe('trochanteric bursitis, right');
  expect(terminology.display('http://hl7.org/fhir/sid/icd-10-cm|X')).toBeUndefined();
});
