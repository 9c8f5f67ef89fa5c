import { describe, expect, test } from 'vitest';
import { canonicalCode, canonicalSystem, SYSTEMS } from '../../../src/terminology/systems.ts';
import { joinWords, NO_WORDS, wordsOf } from '../../../src/terminology/words.ts';

const ICD = 'http://hl7.org/fhir/sid/icd-10-cm';

describe('code systems', () => {
  test.each([
    ['urn:oid:2.16.840.1.113883.6.96', 'snomed'],
    ['urn:oid:2.16.840.1.113883.6.90', 'icd10cm'],
    ['urn:oid:2.16.840.1.113883.6.4', 'icd10pcs'],
    ['http://hl7.org/fhir/sid/icd-10-pcs', 'icd10pcs'],
    ['urn:oid:2.16.840.1.113883.6.12', 'cpt'],
    ['urn:oid:2.16.840.1.113883.6.88', 'rxnorm'],
    ['urn:oid:2.16.840.1.113883.6.1', 'loinc'],
    ['urn:oid:2.16.840.1.113883.6.285', 'hcpcs'],
  ])('%s is %s', (alias, name) => {
    expect(canonicalSystem(alias)).toBe(SYSTEMS[name]);
  });

  test('a system nobody knows stays as it is', () => {
    expect(canonicalSystem('urn:local')).toBe('urn:local');
  });

  test.each([
    ['M54.5', 'M54.5'],
    ['M545', 'M54.5'],
    ['m7061', 'M70.61'],
    [' M70.61 ', 'M70.61'],
    ['C44', 'C44'],
    ['Z3A.20', 'Z3A.20'],
    ['s72001a', 'S72.001A'],
  ])('the ICD-10-CM code %s is written %s', (code, expected) => {
    expect(canonicalCode(ICD, code)).toBe(expected);
  });

  test('codes of other systems are left alone', () => {
    expect(canonicalCode('http://www.ama-assn.org/go/cpt', '20610')).toBe('20610');
  });
});

describe('what something is called', () => {
  test.each([
    ['plain words', ['hip pain'], [], ['hip pain']],
    ['an empty string', [''], [], []],
    ['text of a concept', [{ text: 'hip pain' }], [], ['hip pain']],
    [
      'a coding with display',
      [{ coding: [{ system: ICD, code: 'm7061', display: 'GTPS' }] }],
      [`${ICD}|M70.61`],
      ['GTPS'],
    ],
    ['a bare Coding', [{ system: ICD, code: 'C44' }], [`${ICD}|C44`], []],
    ['a coding that is no list', [{ coding: { system: ICD, code: 'C44' } }], [`${ICD}|C44`], []],
    ['a coding without system', [{ coding: [{ code: 'x1' }] }], ['|x1'], []],
    ['a reference with display', [{ reference: 'Condition/1', display: 'sciatica' }], [], ['sciatica']],
    ['the same words twice', ['a', { text: 'a' }, { coding: [{ display: 'a' }] }], [], ['a']],
    ['junk', [null, undefined, 7, [], { coding: [null, 5, 'x'] }, { text: 5 }, { coding: 'x' }], [], []],
  ])('%s', (_, values, codes, texts) => {
    expect(wordsOf(values)).toMatchObject({ codes, texts });
  });

  test('the display of a code is known as its title', () => {
    expect(wordsOf([{ text: 'x', coding: [{ system: ICD, code: 'm7061', display: 'GTPS' }] }]).titles).toEqual([
      { text: 'GTPS', code: `${ICD}|M70.61` },
    ]);
  });

  test('nothing gives no words', () => {
    expect(wordsOf([])).toBe(NO_WORDS);
  });

  test('words are put together', () => {
    expect(joinWords({ codes: ['a'], texts: ['b'] }, NO_WORDS, { codes: ['c'], texts: [] })).toMatchObject({
      codes: ['a', 'c'],
      texts: ['b'],
    });
  });
});

describe('what is named alike is one object, and nothing else is', () => {
  const named = (text: string, ...codings: object[]) => wordsOf([{ text, coding: codings }]);

  test('the same codes and names, from two charts', () => {
    const coding = { system: ICD, code: 'M70.61', display: 'GTPS' };
    expect(named('hip', { ...coding })).toBe(named('hip', { ...coding }));
  });

  test.each([
    ['a text that looks like a coding', named('a/1:b', { code: 'c' }), named('a', { code: 'b/1:c' })],
    ['text and display changed over', named('a', { code: 'c', display: 'b' }), named('b', { code: 'c', display: 'a' })],
    ['system and code run together', named('', { system: 'x', code: 'yz' }), named('', { system: 'xy', code: 'z' })],
    ['a display that another code has', named('', { code: 'a', display: 'b' }), named('', { code: 'b', display: 'a' })],
  ])('%s is something else', (_, one, other) => {
    expect(one).not.toEqual(other);
  });

  test("somebody's own words are read anew each time", () => {
    expect(wordsOf([{ text: 'fell off a ladder' }])).not.toBe(wordsOf([{ text: 'fell off a ladder' }]));
    expect(wordsOf(['fell'])).not.toBe(wordsOf(['fell']));
  });

  test('however many there are, each is read as it is', () => {
    const codes = Array.from({ length: 45_000 }, (_, index) => `c${index}`);
    for (const code of codes) expect(wordsOf([{ coding: [{ system: ICD, code }] }]).codes).toHaveLength(1);
    expect(wordsOf([{ coding: [{ system: 's', code: 'c7' }] }]).codes).toEqual(['s|c7']);
  });
});
