import { describe, expect, test } from 'vitest';
import { considerCall } from '../../../src/answer.ts';
import type { HookRequest } from '../../../src/cds-hooks/types.ts';
import { inLanguage } from '../../../src/knowledge/language.ts';
import { VERIFIED } from '../../../src/knowledge/link/terms.ts';
import { KnowledgeProblems } from '../../../src/knowledge/problem.ts';
import { DECLARED_DATA, type Knowledge } from '../../../src/knowledge/types.ts';
import { aContext, aDraft } from '../../support/builders.ts';
import { type Change, load, PACK, swap } from './pack.ts';

/** Every text of the small pack that people read, but for the headings. */
const SPANISH: Readonly<Record<string, string>> = {
  'knee arthroscopy': 'artroscopia de rodilla',
  patient: 'paciente',
  visits: 'visitas',
  conditions: 'diagnósticos',
  results: 'resultados',
  temperature: 'temperatura',
  'Visits: {{fact visits.all contacts (visit|visits)}}.': 'Visitas: {{fact visits.all contacts (visita|visitas)}}.',
  Remove: 'Retirar',
  'I disagree': 'No estoy de acuerdo',
  'Exercise before arthroscopy': 'Ejercicio antes de la artroscopia',
  Arthroscopies: 'Artroscopias',
  'exercise is as good': 'el ejercicio es igual de bueno',
  'do exercise first': 'primero ejercicio',
  'how far back': 'hasta cuándo hacia atrás',
  'how many': 'cuántas',
  'enough exercise': 'ejercicio suficiente',
  fever: 'fiebre',
  'Go on': 'Siga',
  'Try {{text plan}}: {{number $contacts (visit|visits)}}':
    'Pruebe {{text plan}}: {{number $contacts (visita|visitas)}}',
  'twelve weeks of exercise': 'doce semanas de ejercicio',
  'Of {{figure trial.patients}} patients ({{cite trial}}).': 'De {{figure trial.patients}} pacientes ({{cite trial}}).',
};
const UNVERIFIED = JSON.stringify([{ url: VERIFIED, valueBoolean: false }]);
const headings = [...(PACK['wording.yaml'] ?? '').matchAll(/^ {2}(\w+): \w+$/gm)].map(([, name = '']) => name);
const pairs = (texts: Readonly<Record<string, string>>): string =>
  Object.entries({ ...texts, ...Object.fromEntries(headings.map((name) => [name, `${name} (es)`])) })
    .map(([en, es]) => `- { en: ${JSON.stringify(en)}, es: ${JSON.stringify(es)} }\n`)
    .join('');
const inSpanish = (texts = SPANISH): Record<string, Change> => ({ 'text/es.yaml': pairs(texts) });
const problemsOf = (changes: Record<string, Change>): readonly string[] => {
  try {
    load(changes);
  } catch (error) {
    if (error instanceof KnowledgeProblems) return error.problems.map(({ file, message }) => `${file}: ${message}`);
    throw error;
  }
  return [];
};
const without = (text: string) => Object.fromEntries(Object.entries(SPANISH).filter(([en]) => en !== text));

describe('a pack in another language', () => {
  const request: HookRequest = {
    hook: 'order-select',
    hookInstance: '00000000-0000-4000-8000-000000000000',
    context: { ...aContext([aDraft('o1', 'cpt|29881')]), selections: ['ServiceRequest/o1'] },
    prefetch: { patient: { resourceType: 'Patient', id: 'p1' }, visits: null },
  };
  const answer = async (languages: readonly string[], figures = 'patients: 140') => {
    const written = load({ ...inSpanish(), 'sources.yaml': swap('patients: 140', figures) });
    const knowledge = inLanguage(written, languages);
    const clock = () => new Date('2026-11-24T12:00:00Z');
    const deps = { knowledge, timeZone: 'UTC', clock, openReader: () => undefined };
    return (await considerCall('knee-select', request, deps)).response.cards[0];
  };

  test('says everything a doctor reads in it, and is the same card', async () => {
    const [english, spanish] = [await answer(['en']), await answer(['es'])];
    expect(english?.summary).toBe('Try twelve weeks of exercise: 6 visits');
    expect(spanish?.summary).toBe('Pruebe doce semanas de ejercicio: 6 visitas');
    expect(spanish?.detail).toContain('De 140 pacientes');
    expect(spanish?.detail).toContain('evidence (es)');
    expect(spanish?.suggestions?.map(({ label, actions }) => [label, actions[0]?.description])).toEqual([
      ['Retirar', 'Retirar'],
    ]);
    expect(spanish?.overrideReasons).toEqual([{ ...english?.overrideReasons?.[0], display: 'No estoy de acuerdo' }]);
    expect(spanish?.uuid).toBe(english?.uuid);
    expect(spanish?.extension).toEqual(english?.extension);
  });

  test("writes figures in the language's form", async () => {
    expect((await answer(['en'], 'patients: 1.5'))?.detail).toContain('Of 1.5 patients');
    expect((await answer(['es'], 'patients: 1.5'))?.detail).toContain('De 1,5 pacientes');
  });

  test.each([
    [['es'], 'es'],
    [['ES-mx'], 'es'],
    [['de', 'es'], 'es'],
    [['en', 'es'], 'en'],
    [['en-US', 'es'], 'en'],
    [['est'], 'en'],
    [['*'], 'en'],
    [[], 'en'],
  ])('asked for %j it is said in %s', (wanted, locale) => {
    expect(inLanguage(load(inSpanish()), wanted).locale).toBe(locale);
  });
});

describe('what is wrong with a translation stops the start', () => {
  test.each(Object.keys(SPANISH))('"%s" is missing', (text) => {
    expect(problemsOf(inSpanish(without(text)))).toContainEqual(expect.stringMatching(/no translation into es of: /));
  });

  test('a heading is missing', () => {
    const text = pairs(SPANISH).replace(/.*"why".*\n/, '');
    expect(problemsOf({ 'text/es.yaml': text })).toEqual(['pack/wording.yaml: no translation into es of: why']);
  });

  const attributes = `developer: Us
funding: None
released: '2026-11-24'
uses: { ${DECLARED_DATA.map((name) => `${name}: ${name === 'sex' ? 'Other limits' : false}`).join(', ')} }
cards: { knee-scope-first: { uses: { race: For nothing } } }
`;
  const region = 'order.region: { label: region, reader: order, property: region }\n';
  test.each([
    ['a grade', { 'sources.yaml': swap('doi: 10', 'grade: randomised trial, doi: 10') }, ['randomised trial']],
    ['a source attribute', { 'attributes.yaml': attributes }, ['Us', 'None', 'Other limits', 'For nothing']],
    ['a region', { 'facts/all.yaml': (text: string) => text + region }, ['knee', 'region']],
    [
      'a code that is not verified',
      { 'value-sets/scopes.json': swap('"meniscectomy"', `"meniscectomy", "extension": ${UNVERIFIED}`) },
      ['meniscectomy'],
    ],
  ])('%s without one', (_, change, lacking) => {
    const problems = problemsOf({ ...inSpanish(), ...change }).map((problem) => problem.replace(/^.*: /, ''));
    expect(problems.sort()).toEqual([...lacking].sort());
  });

  test.each([
    [
      'another placeholder',
      { ...SPANISH, 'Go on': 'Siga {{number fever.limit}}' },
      'pack/text/es.yaml: the placeholders are not those of: Go on',
    ],
    [
      'a placeholder left out',
      { ...SPANISH, 'Of {{figure trial.patients}} patients ({{cite trial}}).': 'De pacientes ({{cite trial}}).' },
      'pack/text/es.yaml: the placeholders are not those of: Of {{figure trial.patients}} patients ({{cite trial}}).',
    ],
    ['of what nothing says', { ...SPANISH, Hello: 'Hola' }, 'pack/text/es.yaml: translates what nothing says: Hello'],
  ])('%s', (_, texts, problem) => {
    expect(problemsOf(inSpanish(texts))).toEqual([problem]);
  });

  test('what a verified code is called may have one, or stay as it is written', () => {
    const texts = { ...SPANISH, meniscectomy: 'meniscectomía' };
    const said = (knowledge: Knowledge) => knowledge.translations.get('es')?.words.get('meniscectomy');
    expect([said(load(inSpanish(texts))), said(load(inSpanish()))]).toEqual(['meniscectomía', undefined]);
    expect(problemsOf({ ...inSpanish(texts), 'value-sets/scopes.json': swap('meniscectomy', 'knee scope') })).toEqual([
      'pack/text/es.yaml: translates what nothing says: meniscectomy',
    ]);
  });

  test('what a source is called may have one, or stay as it is written', () => {
    const label = /label: (.*?)[,\n}]/.exec(PACK['sources.yaml'] ?? '')?.[1] ?? '';
    const said = (knowledge: Knowledge) => knowledge.translations.get('es')?.sources.get('trial')?.label;
    expect([said(load(inSpanish({ ...SPANISH, [label]: 'Ensayo' }))), said(load(inSpanish()))]).toEqual([
      'Ensayo',
      label,
    ]);
  });

  test('one that stands twice, and one into another language', () => {
    const text = `${pairs(SPANISH)}- { en: Go on, es: Sigue }\n- { en: Stop, de: Halt }\n`;
    expect(problemsOf({ 'text/es.yaml': text })).toEqual([
      'pack/text/es.yaml: is translated twice: Go on',
      'pack/text/es.yaml: has no "es"',
    ]);
  });
});
