import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadKnowledge } from '../../../src/knowledge/load.ts';
import { didYouMean, KnowledgeProblems, printProblem } from '../../../src/knowledge/problem.ts';
import { add, faults, load, PACK, problemsOf, swap } from './pack.ts';

const CPT = 'http://www.ama-assn.org/go/cpt';
const card = 'knee/scope.yaml';
const facts = 'facts/all.yaml';
const criteria = 'criteria/all.yaml';
const parameters = 'parameters/all.yaml';
const concepts = 'concepts/all.yaml';
const valueSet = 'value-sets/scopes.json';

test('the small pack is sound', () => {
  expect(faults()).toEqual([]);
});

describe('a name that is not there is told, with its place and the nearest right word', () => {
  test.each([
    [
      'a fact',
      card,
      swap('fact: visits.all, is: present', 'fact: visit.all, is: present'),
      '/outcomes/0/when/fact',
      'unknown fact "visit.all"; did you mean "visits.all"?',
    ],
    [
      'a criterion',
      card,
      swap('criterion: enough', 'criterion: enoug'),
      '/silence/0/criterion',
      'unknown criterion "enoug"; did you mean "enough"?',
    ],
    [
      'a parameter in a test',
      criteria,
      swap('value: fever.limit', 'value: fever.limits'),
      '/fever/when/value',
      'unknown parameter "fever.limits"; did you mean "fever.limit"?',
    ],
    [
      'a parameter given by a card',
      card,
      swap('contacts: knee.contacts', 'contacts: knee.contact'),
      '',
      'unknown name "knee.contact"; did you mean "knee.contacts"?',
    ],
    [
      'a concept',
      facts,
      swap('concept: exercise', 'concept: exercises'),
      '/visits.all/concept',
      'unknown concept "exercises"; did you mean "exercise"?',
    ],
    [
      'a slice',
      facts,
      swap('slices: visits', 'slices: visit'),
      '/visits.all/slices',
      'unknown slice "visit"; did you mean "visits"?',
    ],
    [
      'a reader',
      facts,
      swap('reader: course', 'reader: courses'),
      '/visits.all/reader',
      'unknown reader "courses"; did you mean "course"?',
    ],
    [
      'a source',
      card,
      swap('source: trial', 'source: trials'),
      '/source',
      'unknown source "trials"; did you mean "trial"?',
    ],
    [
      'a source of a number',
      parameters,
      swap('cites: [guide]', 'cites: [gide]'),
      '/knee.look-back/cites/0',
      'unknown source "gide"; did you mean "guide"?',
    ],
    [
      'a link',
      card,
      swap('links: [guide]', 'links: [guid]'),
      '/links/0',
      'unknown source "guid"; did you mean "guide"?',
    ],
    [
      'an order class',
      card,
      swap('class: knee-scope', 'class: knee-scop'),
      '/class',
      'unknown order class "knee-scop"; did you mean "knee-scope"?',
    ],
    [
      'a suggestion',
      card,
      swap('suggestions: [remove]', 'suggestions: [remov]'),
      '/suggestions/0',
      'unknown suggestion "remov"; did you mean "remove"?',
    ],
    [
      'an override reason that is mapped',
      'override-reasons.yaml',
      add('standard: { system: urn:x, codes: { disagre: no } }\n'),
      '/standard/codes/disagre',
      'unknown override reason "disagre"; did you mean "disagree"?',
    ],
    [
      'an override reason',
      card,
      swap('[disagree]', '[disagre]'),
      '/overrideReasons/0',
      'unknown override reason "disagre"; did you mean "disagree"?',
    ],
    [
      'a shared line',
      card,
      swap('line: visits-line', 'line: visit-line'),
      '/chart/0/line',
      'unknown line "visit-line"; did you mean "visits-line"?',
    ],
    [
      'a value set',
      concepts,
      swap('valueSets: [scopes]', 'valueSets: [scope]'),
      '/arthroscopy/valueSets/0',
      'unknown value set "scope"; did you mean "scopes"?',
    ],
    [
      'a region',
      'order-classes.yaml',
      swap('regions: [knee]', 'regions: [kne]'),
      '/knee-scope/regions/0',
      'unknown region "kne"; did you mean "knee"?',
    ],
    [
      'a region beside',
      'order-classes.yaml',
      swap('regions: [knee]', 'regions: [knee]\n  beside: [kne]'),
      '/knee-scope/beside/0',
      'unknown region "kne"; did you mean "knee"?',
    ],
    [
      'what a drug says',
      'order-classes.yaml',
      swap('regions: [knee]', 'regions: [knee]\n  drug: { product: exercise, route: exercise, says: exercises }'),
      '/knee-scope/drug/says',
      'unknown concept "exercises"; did you mean "exercise"?',
    ],
    [
      'on the ladder, order class',
      'ladder.yaml',
      (_: string) => 'rung: { title: A rung, orders: [nowhere] }\n',
      '/rung/orders/0',
      'unknown order class "nowhere"',
    ],
    [
      'on the ladder, fact',
      'ladder.yaml',
      (_: string) => 'rung: { title: A rung, facts: [nowhere] }\n',
      '/rung/facts/0',
      'unknown fact "nowhere"',
    ],
    [
      'on the ladder, criterion',
      'ladder.yaml',
      (_: string) => 'rung: { title: A rung, done: [nowhere] }\n',
      '/rung/done/0',
      'unknown criterion "nowhere"',
    ],
    [
      'on the ladder, suggestion',
      'ladder.yaml',
      (_: string) => 'rung: { title: A rung, suggestions: [nowhere] }\n',
      '/rung/suggestions/0',
      'unknown suggestion "nowhere"',
    ],
    [
      'on the ladder, silence',
      'ladder.yaml',
      (_: string) => 'rung: { title: A rung, next: [nowhere] }\n',
      '/rung/next/0',
      'unknown criterion "nowhere"',
    ],
    [
      'on the ladder, source',
      'ladder.yaml',
      (_: string) => 'rung: { title: A rung, sources: [nowhere] }\n',
      '/rung/sources/0',
      'unknown fact "nowhere"',
    ],
    [
      'on the ladder, source that hangs on a card',
      'ladder.yaml',
      (_: string) => 'rung: { title: A rung, sources: [visits.all] }\n',
      '/rung/sources/0',
      '"visits.all" hangs on what a card gives, and here is no card',
    ],
    [
      'on the ladder, concept',
      'ladder.yaml',
      (_: string) => 'rung: { title: A rung, shows: [nowhere] }\n',
      '/rung/shows/0',
      'unknown concept "nowhere"',
    ],
    [
      'a folder of cards',
      'services/knee.yaml',
      swap('cards: [knee]', 'cards: [kne]'),
      '/cards/0',
      'unknown folder of cards "kne"; did you mean "knee"?',
    ],
    [
      'a published slice',
      'services/knee.yaml',
      swap('prefetch: [patient]', 'prefetch: [patients]'),
      '/prefetch/0',
      'unknown slice "patients"; did you mean "patient"?',
    ],
    [
      'a quiet period',
      'services/knee.yaml',
      (text: string) => `${text}quietPeriod: fever.limits\n`,
      '/quietPeriod',
      'unknown parameter "fever.limits"; did you mean "fever.limit"?',
    ],
    [
      'a quiet period in another unit',
      'services/knee.yaml',
      (text: string) => `${text}quietPeriod: knee.look-back\n`,
      '/quietPeriod',
      '"knee.look-back" is in weeks, and a quiet period is in days',
    ],
    [
      'a figure',
      card,
      swap('trial.patients', 'trial.patient'),
      '/evidence/0',
      'unknown figure of "trial" "patient"; did you mean "patients"?',
    ],
    [
      'a text of the card',
      card,
      swap('{{text plan}}', '{{text plane}}'),
      '/outcomes/1/summary',
      'unknown entry of the card\'s texts "plane"; did you mean "plan"?',
    ],
    [
      'nothing near',
      card,
      swap('criterion: enough', 'criterion: zebra'),
      '/silence/0/criterion',
      'unknown criterion "zebra"',
    ],
  ])('%s', (_, file, change, pointer, message) => {
    expect(problemsOf({ [file]: change })).toContainEqual(
      expect.objectContaining({ message, ...(pointer !== '' && { file: `pack/${file}`, pointer }) }),
    );
  });
});

describe('what has the wrong shape is told', () => {
  test.each([
    [
      'a misspelt key of a card',
      card,
      swap('status: active', 'staus: active'),
      /"staus" is not known here; did you mean "status"/,
    ],
    ['a missing key', card, swap('status: active\n', ''), /"status" is missing/],
    ['a misspelt test', card, swap('is: present', 'is: presen'), /"presen" must be one of .*; did you mean "present"/],
    [
      'a wrong indicator',
      card,
      swap('indicator: info', 'indicator: critical'),
      /"critical" must be one of info, warning/,
    ],
    ['a bare number in a test', criteria, swap('value: fever.limit', 'value: 38'), /38 is a bare number/],
    [
      'a number in a wrong unit',
      criteria,
      swap('value: fever.limit', 'value: knee.contacts'),
      /"knee.contacts" is in contacts, but what it is compared with is in Cel/,
    ],
    [
      'a length of time that is none',
      facts,
      swap('within: $look-back', 'within: fever.limit'),
      /"fever.limit" is in Cel; a length of time is in days, weeks, months or years/,
    ],
    [
      'a unit nobody converts to',
      facts,
      swap('unit: Cel', 'unit: furlong'),
      /"furlong" is not a unit this service converts to/,
    ],
    [
      'an argument a reader does not take',
      facts,
      swap('within: $look-back', 'withn: $look-back'),
      /the reader "course" takes no "withn"; did you mean "within"/,
    ],
    ['an argument a reader needs', facts, swap('  unit: Cel\n', ''), /the reader "observation" needs "unit"/],
    [
      'a measure a fact does not have',
      criteria,
      swap('of: contacts', 'of: contact'),
      /"visits.all" has no "contact"; did you mean "contacts"/,
    ],
    ['a comparison without a value', criteria, swap(', value: fever.limit', ''), /"is: at-least" needs "value"/],
    [
      'a value where none is compared',
      card,
      swap('is: present', 'is: present, value: fever.limit'),
      /"is: present" does not take "value"/,
    ],
    [
      'names asked of a reader that gives none',
      card,
      swap('is: present', 'is: one-of, values: [a]'),
      /the reader "course" gives no names/,
    ],
    [
      'an argument the card does not give',
      card,
      swap('contacts: knee.contacts', 'contact: knee.contacts'),
      /"\$contacts" is not given by the card's "with"; did you mean "contact"/,
    ],
    [
      'a criterion that leads back to itself',
      criteria,
      add('a: { title: a, when: { criterion: b } }\nb: { title: b, when: { any: [{ criterion: a }] } }\n'),
      /leads back to itself: a -> b -> a|leads back to itself: b -> a -> b/,
    ],
    [
      'a criterion that is itself',
      criteria,
      add('a: { title: a, when: { criterion: a } }\n'),
      /"a" leads back to itself: a -> a/,
    ],
    [
      'a pattern that is none',
      concepts,
      swap('words: [knee]', "words: ['kne(e']"),
      /"kne\(e" is not a regular expression/,
    ],
    [
      'a concept of nothing',
      concepts,
      swap('exercise: { title: exercise, words: [exercise] }', 'exercise: { title: exercise }'),
      /a concept has value sets, words, or both/,
    ],
    [
      'a region that is none',
      'order-classes.yaml',
      swap('regions: [knee]', 'regions: [exercise]'),
      /"exercise" is not a region/,
    ],
    [
      'a region beside that is none',
      'order-classes.yaml',
      swap('regions: [knee]', 'regions: [knee]\n  beside: [exercise]'),
      /"exercise" is not a region/,
    ],
    [
      'a condition on the last outcome',
      card,
      swap('id: none, indicator', 'id: none, when: { criterion: enough }, indicator'),
      /the last outcome must have no condition/,
    ],
    [
      'no condition on an earlier outcome',
      card,
      swap(', when: { fact: visits.all, is: present }', ''),
      /only the last outcome has no condition/,
    ],
    ['an outcome without a summary', card, swap(", summary: 'Go on'", ''), /"summary" is missing/],
    [
      'a placeholder of no kind',
      card,
      swap('{{number', '{{numbr'),
      /"\{\{numbr .*does not start with .*; did you mean "number"/,
    ],
    [
      'a placeholder of a fact that has no such thing',
      'wording.yaml',
      swap('visits.all contacts', 'visits.all contact'),
      /"visits.all" has no "contact"; did you mean "contacts"/,
    ],
    [
      'a day so many visits ahead',
      card,
      swap('Try {{text plan}}', 'Try {{day knee.contacts}}'),
      /"knee.contacts" is in contacts; a length of time is in days/,
    ],
    ['a placeholder left open', card, swap('{{text plan}}', '{{text plan'), /a placeholder is opened and not closed/],
    [
      'a placeholder closed twice',
      card,
      swap('({{cite trial}})', '({{cite trial}}}})'),
      /a placeholder is opened and not closed, or closed and not opened/,
    ],
    [
      'a reason that is none',
      'override-reasons.yaml',
      add('chartLacks: [disagrees]\n'),
      /unknown override reason "disagrees"; did you mean "disagree"/,
    ],
    [
      'a template with an unknown token',
      'slices.yaml',
      swap('Encounter?patient={{context.patientId}}', 'Encounter?patient={{context.userId}}'),
      /"\{\{context.userId\}\}" is not one of/,
    ],
    [
      'a template with a parameter twice',
      'slices.yaml',
      swap('&code=8310-5', '&code=8310-5&code=8331-1'),
      /"code" is given twice/,
    ],
    [
      'a template with an include',
      'slices.yaml',
      swap('&code=8310-5', '&_include=Observation:encounter'),
      /"_include" is outside the query subset/,
    ],
    [
      'a template with a chain',
      'slices.yaml',
      swap('&code=8310-5', '&encounter.type=x'),
      /"encounter.type" is outside the query subset/,
    ],
    [
      'a template of a type nobody reads',
      'slices.yaml',
      swap('Encounter?', 'Encountr?'),
      /"Encountr" cannot be read; did you mean "Encounter"/,
    ],
    ['a sourced number without a source', parameters, swap(', cites: [guide]', ''), /"cites" is missing/],
    [
      'a vignette of no card',
      'knee/scope.vignettes.yaml',
      () => "card: knee\ntoday: '2026-11-24'\norder: { code: 'cpt|29881' }\nvignettes: [{ name: a, expect: fails }]\n",
      /unknown card "knee"/,
    ],
  ])('%s', (_, file, change, message) => {
    expect(faults({ [file]: change })).toContainEqual(expect.stringMatching(message));
  });

  test('each once, however many cards lead to it', () => {
    const second = swap('id: knee-scope-first', 'id: another')(PACK[card] ?? '');
    expect(
      faults({ [criteria]: swap('value: fever.limit', 'value: nonsense'), 'knee/another.yaml': second }),
    ).toHaveLength(1);
  });
});

describe('what stands twice is told', () => {
  const more = (line: string) => ({ [line.split('#')[0] ?? '']: line.split('#')[1] ?? '' });
  test.each([
    [
      'a parameter',
      more('parameters/b.yaml#knee.contacts: { value: 1, unit: contacts, says: x, standing: project-choice }\n'),
      /"knee.contacts" is already defined in pack\/parameters\/all.yaml/,
    ],
    [
      'a fact',
      more('facts/b.yaml#temperature.now: { label: x, reader: rows, slices: visits }\n'),
      /"temperature.now" is already defined in pack\/facts\/all.yaml/,
    ],
    [
      'a criterion',
      more('criteria/b.yaml#fever: { title: x, when: { fact: temperature.now, is: present } }\n'),
      /"fever" is already defined/,
    ],
    ['a concept', more('concepts/b.yaml#knee: { title: x, words: [x] }\n'), /"knee" is already defined/],
    ['a value set', { 'value-sets/b.json': PACK[valueSet] }, /value set "scopes" is already defined/],
    ['the id of a card', { 'knee/b.yaml': PACK[card] }, /the id "knee-scope-first" is already used/],
    [
      'a service for one hook',
      { 'services/b.yaml': PACK['services/knee.yaml'] },
      /"knee-select" already serves order-select/,
    ],
    [
      'a key in one file',
      { [parameters]: add('fever.limit: { value: 1, unit: Cel, says: x, standing: project-choice }\n') },
      /pack\/parameters\/all.yaml:4:1 .*unique/,
    ],
  ])('%s', (_, changes, message) => {
    expect(faults(changes)).toContainEqual(expect.stringMatching(message));
  });

  test('one id may serve two hooks', () => {
    const both = swap('order-select: knee-select', 'order-select: knee, order-sign: knee');
    expect(load({ 'services/knee.yaml': both }).services.map(({ hook, id }) => [hook, id])).toEqual([
      ['order-select', 'knee'],
      ['order-sign', 'knee'],
    ]);
  });
});

describe('files that cannot be read', () => {
  test.each([
    ['an anchor', { [parameters]: swap('says: fever', 'says: &a fever') }, /anchors are not used here/],
    [
      'an alias',
      {
        [parameters]: (text: string) =>
          swap('says: how many', 'says: *a')(swap('says: how far back', 'says: &a far')(text)),
      },
      /aliases are not used here/,
    ],
    ['a tag', { [parameters]: swap('says: fever', 'says: !x fever') }, /tags are not used here|Unresolved tag/],
    ['broken YAML', { [parameters]: add('a: [1\n') }, /pack\/parameters\/all.yaml:\d+:\d+/],
    ['an empty file', { [parameters]: '' }, /pack\/parameters\/all.yaml/],
    ['a value set that is no JSON', { [valueSet]: '{ "id": "scopes", ' }, /pack\/value-sets\/scopes.json:\d+:\d+/],
    ['a value set that is something else', { [valueSet]: '[]' }, /pack\/value-sets\/scopes.json/],
    ['a value set named .yaml', { 'value-sets/b.yaml': 'a: 1\n' }, /files in value-sets\/ end in .json/],
    ['a fact named .yml', { 'facts/b.yml': 'a: 1\n' }, /files in facts\/ end in .yaml/],
    ['a file without a place', { 'more.yaml': 'a: 1\n' }, /no file of this name has a place here/],
    ['no order classes', { 'order-classes.yaml': undefined }, /there is no order-classes/],
    ['no service', { 'services/knee.yaml': undefined }, /there is no file in services\//],
    ['no wording', { 'wording.yaml': undefined }, /there is no wording/],
  ])('%s', (_, changes, message) => {
    expect(faults(changes)).toContainEqual(expect.stringMatching(message));
  });

  test('no folder at all', () => {
    expect(() => loadKnowledge({ dir: '/nonexistent/pack' })).toThrow(KnowledgeProblems);
    expect(() => loadKnowledge({ dir: '/nonexistent/pack' })).toThrow(/this folder cannot be read/);
  });

  test('no file of site parameters', () => {
    expect(faults({}, { siteParameters: '/nonexistent/site.yaml' })).toEqual([
      expect.stringMatching(/this file of site parameters cannot be read/),
    ]);
  });
});

describe('every fault is listed at once', () => {
  const broken = {
    [criteria]: swap('value: fever.limit', 'value: fever.limits'),
    [facts]: swap('unit: Cel', 'unit: furlong'),
    [card]: (text: string) =>
      swap('criterion: enough', 'criterion: enoug')(swap('source: trial', 'source: trials')(text)),
    [concepts]: swap('words: [knee]', "words: ['kne(e']"),
  };

  test('with file, line, column and pointer, in the order of the files', () => {
    expect(problemsOf(broken).map(({ file, line, column, pointer }) => [`${file}:${line}:${column}`, pointer])).toEqual(
      [
        ['pack/concepts/all.yaml:3:44', '/knee/words/0'],
        ['pack/criteria/all.yaml:6:66', '/fever/when/value'],
        ['pack/facts/all.yaml:12:9', '/temperature.now/unit'],
        ['pack/knee/scope.yaml:9:24', '/silence/0/criterion'],
        ['pack/knee/scope.yaml:10:9', '/source'],
      ],
    );
  });

  test('and in one message', () => {
    expect(() => load(broken)).toThrow(/The knowledge folder has 5 problems:\npack\/concepts/);
  });

  test('a misshapen file, an unreadable one and a wrong name together', () => {
    const all = faults({
      [card]: swap('status: active', 'staus: active'),
      [parameters]: add('a: [1\n'),
      'slices.yaml': swap('&code=8310-5', '&code=8310-5&code=8331-1'),
    });
    expect(all.map((line) => line.split(':')[0])).toEqual(
      expect.arrayContaining(['pack/knee/scope.yaml', 'pack/parameters/all.yaml', 'pack/slices.yaml']),
    );
  });

  test('a name that a misshapen file would have given is no second fault', () => {
    expect(faults({ [parameters]: swap('unit: Cel', 'unt: Cel') }).filter((line) => line.includes('unknown'))).toEqual(
      [],
    );
  });
});

describe('site parameters', () => {
  test('replace a value, which then is the choice of the site', () => {
    const { parameters: all } = load({}, { site: 'knee.look-back: 52\n' });
    expect(all.get('knee.look-back')).toMatchObject({ value: 52, unit: 'weeks', standing: 'site-choice' });
    expect(all.get('knee.contacts')?.value).toBe(6);
  });

  test('reach the tests that use them', () => {
    const limits = load({}, { site: 'fever.limit: 39\n' }).services[0]?.silence.map(({ body }) => body);
    expect(limits).toMatchObject([{ limit: { value: 39 } }]);
  });

  test.each([
    [
      'an unknown name',
      'knee.lookback: 52\n',
      /site\/site.yaml:1:\d+ {2}\/knee.lookback {2}unknown parameter "knee.lookback"; did you mean "knee.look-back"/,
    ],
    ['a value that is no number', "knee.look-back: '52'\n", /site\/site.yaml/],
    ['a list', '- 1\n', /site\/site.yaml/],
    [
      'less than nothing',
      'knee.look-back: 52\nknee.contacts: -3\n',
      /site\/site.yaml:2:\d+ {2}\/knee.contacts {2}"knee.contacts" must be a whole number at least 0 contacts; -3 is not/,
    ],
    [
      'half a contact',
      'knee.contacts: 2.5\n',
      /"knee.contacts" must be a whole number at least 0 contacts; 2.5 is not/,
    ],
    ['half a week', 'knee.look-back: 2.5\n', /"knee.look-back" must be a whole number at least 0 weeks; 2.5 is not/],
  ])('with %s are refused', (_, site, message) => {
    expect(faults({}, { site })).toContainEqual(expect.stringMatching(message));
  });
});

describe('what values a number may have', () => {
  const bounded = (from: string, more: string) => ({ [parameters]: swap(from, `${from}, ${more}`) });
  const FEVER = 'value: 38, unit: Cel';

  test.each([
    [
      'above',
      'fever.limit: 100\n',
      /site.yaml:1:\d+ {2}\/fever.limit {2}"fever.limit" must be from 37 to 39 Cel; 100 is not/,
    ],
    ['below', 'fever.limit: 36.9\n', /"fever.limit" must be from 37 to 39 Cel; 36.9 is not/],
  ])('a site goes not %s what the pack allows', (_, site, message) => {
    expect(faults(bounded(FEVER, 'least: 37, most: 39'), { site })).toEqual([expect.stringMatching(message)]);
  });

  test.each([37, 38.5, 39])('%s lies within', (value) => {
    const { parameters: all } = load(bounded(FEVER, 'least: 37, most: 39'), { site: `fever.limit: ${value}\n` });
    expect(all.get('fever.limit')).toMatchObject({ value, bounds: { least: 37, most: 39, isWhole: false } });
  });

  test('one of its bounds is enough, and two that are one leave no choice', () => {
    expect(faults(bounded(FEVER, 'least: 37'), { site: 'fever.limit: 30\n' })).toEqual([
      expect.stringContaining('must be at least 37 Cel; 30 is not'),
    ]);
    expect(faults(bounded('value: 6, unit: contacts', 'least: 6, most: 6'), { site: 'knee.contacts: 7\n' })).toEqual([
      expect.stringContaining('must be 6 contacts; 7 is not'),
    ]);
  });

  test.each([
    [
      'below nothing',
      swap('value: 6', 'value: -6'),
      /all.yaml:2:\d+ {2}\/knee.contacts\/value {2}"knee.contacts" must be/,
    ],
    [
      'beyond its own bounds',
      swap(FEVER, `${FEVER}, most: 37`),
      /\/fever.limit\/value {2}.* from 0 to 37 Cel; 38 is not/,
    ],
  ])("the pack's own value is held to them: %s", (_, change, message) => {
    expect(faults({ [parameters]: change })).toEqual([expect.stringMatching(message)]);
  });

  test('a count may be a fraction where the pack has one', () => {
    const half = { [parameters]: swap('value: 6', 'value: 6.5') };
    expect(load(half, { site: 'knee.contacts: 2.5\n' }).parameters.get('knee.contacts')?.value).toBe(2.5);
  });

  test('what a site replaces is kept', () => {
    const { parameters: all } = load({}, { site: 'knee.look-back: 52\n' });
    expect(all.get('knee.look-back')?.replaces).toEqual({ value: 26, standing: 'sourced', cites: ['guide'] });
    expect(all.get('knee.contacts')).not.toHaveProperty('replaces');
  });

  test('every number of the pack of this project has both', () => {
    for (const { name, bounds } of loadKnowledge({ dir: 'cards' }).parameters.values())
      expect(bounds.most, name).toBeDefined();
  });

  test.each([
    ['trochanteric.weeks', -3],
    ['trochanteric.contacts', 2.5],
    ['red-flags.temperature', 100],
    ['red-flags.power', 0],
    ['red-flags.crp', 0.5],
    ['red-flags.cauda-equina-window', 3],
    ['nsaid.egfr-never', 0.5],
    ['nsaid.dose', 2000],
    ['bleeding.platelets', 100_000],
    ['steroid.hba1c', 53],
    ['injections.epidural-relief', 0.5],
    ['pain.scale', 100],
    ['quiet.days', 0],
    ['age.adult', 216],
  ])('%s is never %s', (name, value) => {
    const dir = mkdtempSync(join(tmpdir(), 'rehab-first-site-'));
    writeFileSync(join(dir, 'site.yaml'), `${name}: ${value}\n`);
    const read = () => loadKnowledge({ dir: 'cards', siteParameters: join(dir, 'site.yaml'), skipsVignettes: true });
    expect(read).toThrow(new RegExp(`site/site.yaml:1:\\d+ {2}/${name} {2}"${name}" must be .*; ${value} is not`));
    rmSync(dir, { recursive: true });
  });
});

describe('code systems that are switched off', () => {
  const codes = (systemsOff: string[]) =>
    [...load({}, { systemsOff }).terminology.concepts.values()].flatMap(({ valueSets }) =>
      valueSets.flatMap((set) => [...set.codes.keys()]),
    );

  test('leave no code behind', () => {
    expect(codes([])).toEqual([`${CPT}|29881`]);
    expect(codes([CPT])).toEqual([]);
  });

  test('leave no code of the pack of this project behind', () => {
    const { terminology } = loadKnowledge({ dir: 'cards', systemsOff: [CPT] });
    const keys = [...terminology.concepts.values()].flatMap(({ valueSets }) =>
      valueSets.flatMap((set) => [...set.codes.keys()]),
    );
    expect(keys.filter((key) => key.startsWith(CPT))).toEqual([]);
    expect(keys.length).toBeGreaterThan(100);
  });
});

test('vignettes may be left out, and count for the revision all the same', () => {
  const vignettes = {
    'knee/scope.vignettes.yaml':
      'card: knee-scope-first\ntoday: 2026-11-24\norder: { code: cpt|29881 }\nvignettes: [{ name: one, expect: unknown }]\n',
  };
  const [whole, bare] = [load(vignettes), load(vignettes, { skipsVignettes: true })];
  expect([whole.vignettes.length, bare.vignettes.length]).toEqual([1, 0]);
  expect(bare.revision).toBe(whole.revision);
  expect(load({}, { skipsVignettes: true }).revision).not.toBe(whole.revision);
});

describe('the revision', () => {
  const revision = (...input: Parameters<typeof load>) => load(...input).revision;

  test('is the same for the same content, wherever it lies', () => {
    expect(revision()).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(revision()).toBe(revision());
  });

  test.each([
    ['a number', { [parameters]: swap('value: 26', 'value: 27') }, {}],
    ['a comment', { [card]: add('# a comment\n') }, {}],
    ['the name of a file', { [facts]: undefined, 'facts/other.yaml': PACK[facts] }, {}],
    ['a code', { [valueSet]: swap('29881', '29880') }, {}],
    ['what the site says', {}, { site: 'fever.limit: 39\n' }],
  ])('changes with %s', (_, changes, options) => {
    expect(revision(changes, options)).not.toBe(revision());
  });

  test('does not change with a README', () => {
    expect(revision({ 'README.md': '# Hello\n' })).toBe(revision());
  });
});

describe('what was loaded', () => {
  test('is frozen', () => {
    const knowledge = load();
    const one = knowledge.cards[0];
    for (const part of [
      knowledge,
      knowledge.services,
      knowledge.services[0],
      knowledge.cards,
      one,
      one?.outcomes,
      one?.outcomes[0],
      one?.when,
      knowledge.headings,
    ]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
    expect(() => Object.assign(knowledge, { revision: 'mine' })).toThrow(TypeError);
    expect(() => Object.assign(one?.outcomes[0] ?? {}, { indicator: 'info' })).toThrow(TypeError);
  });

  test('reads as it was written', () => {
    const { cards, services, slices } = load();
    expect(cards).toMatchObject([
      {
        id: 'knee-scope-first',
        folder: 'knee',
        precedence: 100,
        orderClass: { name: 'knee-scope', family: 'knee-scope' },
        silence: [{ name: 'enough', title: 'enough exercise' }],
        outcomes: [
          { id: 'some', indicator: 'info' },
          { id: 'none', indicator: 'warning' },
        ],
      },
    ]);
    expect(services).toMatchObject([
      { id: 'knee-select', hook: 'order-select', published: ['patient'], silence: [{ name: 'fever' }] },
    ]);
    expect(slices.get('patient')).toMatchObject({ type: 'Patient', required: true });
    expect(slices.get('visits')).toMatchObject({ type: 'Encounter', required: false });
  });

  test('asks for no slice that nothing needs', () => {
    const { cards, services } = load();
    expect([...(cards[0]?.slices ?? [])].sort()).toEqual(['visits']);
    expect([...(services[0]?.slices ?? [])].sort()).toEqual(['patient', 'results']);
  });

  test('takes no card that is retired, and keeps drafts', () => {
    const status = (one: string) =>
      load({ [card]: swap('status: active', `status: ${one}`) }).services[0]?.cards.length;
    expect([status('retired'), status('draft')]).toEqual([0, 1]);
  });
});

test.each([
  [
    'a fault at a place',
    { file: 'a.yaml', line: 3, column: 5, pointer: '/x/0', message: 'is wrong' },
    'a.yaml:3:5  /x/0  is wrong',
  ],
  [
    'a fault of the file',
    { file: 'a.yaml', line: 0, column: 0, pointer: '', message: 'is wrong' },
    'a.yaml  /  is wrong',
  ],
])('%s is printed', (_, problem, expected) => {
  expect(printProblem(problem)).toBe(expected);
});

test.each([
  ['egfr.latst', ['egfr.latest', 'order'], '; did you mean "egfr.latest"?'],
  ['is', ['at', 'of'], '; did you mean "at"?'],
  ['zebra', ['egfr.latest'], ''],
  ['x', [], ''],
])('for "%s" among %j: %s', (word, known, expected) => {
  expect(didYouMean(word, known)).toBe(expected);
});

test('the pack of this project is sound', () => {
  const { cards, services, revision } = loadKnowledge({ dir: 'cards' });
  expect(cards.length).toBeGreaterThan(0);
  expect(services.length).toBeGreaterThan(0);
  expect(revision).toMatch(/^sha256:/);
});
