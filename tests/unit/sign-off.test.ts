import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { READERS } from '../../src/facts/catalogue.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { DECLARED_DATA, type Knowledge } from '../../src/knowledge/types.ts';
import { readPack } from '../../src/pages/knowledge/pack.ts';
import { signOffDocument } from '../../src/sign-off/document.ts';
import { Glossary } from '../../src/sign-off/glossary.ts';
import { load, swap } from './knowledge/pack.ts';

const small = (...changes: Parameters<typeof load>) => signOffDocument(load(...changes));

test('the small pack, as its author would read it', () => {
  const document = small();
  for (const part of [
    '# Knowledge for sign-off',
    '](#knee-scope-first) `knee-scope-first` | 1.0.0 | active | knee arthroscopy | some (info), none (warning) |',
    '| `knee.look-back` | 26 weeks | a whole number at least 0 weeks | how far back | sourced | [A guideline](https://guide.example) |',
    '## Override reasons\n\n| reason | says | standard code | the chart lacks something |\n| --- | --- | --- | --- |\n| `disagree` | I disagree |  |  |',
    '### knee-select (order-select)',
    'Silences the whole call:\n\n- [fever](#fever)',
    'Applies when:\n\n- visits `visits.all` (within 26 weeks) could be looked up',
    'Silent when:\n\n- [enough exercise](#enough)',
    '**some** (info)\n\n- when visits `visits.all` (within 26 weeks)\n- says: “Go on” (A trial)',
    'known: “Visits: ‹visits: contacts›.”',
    'evidence: “Of 140 patients (A trial).”',
    'suggests: “Remove”',
    'override: I disagree',
    '**none** (warning)\n\n- otherwise\n- says: “Try twelve weeks of exercise: 6 visits” (A trial)\n- in the chart: as in some',
    '### enough\n\n**enough exercise**\n\n- visits `visits.all` (within 26 weeks): at least 6 contacts (`knee.contacts`)',
    '- temperature `temperature.now`: at least 38 °C (`fever.limit`)',
    '| [A trial](https://doi.org/10.1000/1) | exercise is as good |  |  |',
    '### concept-arthroscopy\n\n**arthroscopy**\n\n- codes: [Arthroscopies](#value-set-scopes)\n- words: `arthroscop`\n',
    '### value-set-scopes\n\n**Arthroscopies**\n\n| code | says | system | standing |\n| --- | --- | --- | --- |\n| `29881` | meniscectomy | CPT | verified |\n',
    '### Numbers quoted and not confirmed in a source\n\nNone.',
    '- `knee.contacts`: how many',
  ])
    expect(document).toContain(part);
});

test.each([
  ['en', ' is gluteal tendinopathy `gluteal-tendinopathy`', 'is its code `code`', '| 30 mL/min/1.73\u00a0m² |'],
  ['es', ' es tendinopatía glútea `gluteal-tendinopathy`', 'es su código `code`', '| 30 mL/min/1,73\u00a0m² |'],
  [
    'en',
    'emergency `EMER`, inpatient `IMP`, acute inpatient `ACUTE`',
    'no injection into a muscle `order.muscle-injection`',
    'duration: less than 12 weeks (`decompression.symptoms`) (counts as not so when it cannot be judged)',
  ],
  [
    'es',
    'urgencias `EMER`, ingreso `IMP`, ingreso de agudos `ACUTE`',
    'sin infiltración en un músculo `order.muscle-injection`',
    'duración: menos de 12 semanas (`decompression.symptoms`) (si no se puede saber, cuenta como no cumplido)',
  ],
  [
    'en',
    'home programme `care.home-programme` (within 26 weeks, at least 8 weeks ago)',
    'time since the last: less than 91 days',
    'is the body site `site`',
  ],
  [
    'es',
    'programa domiciliario `care.home-programme` (hace como máximo 26 semanas, hace al menos 8 semanas)',
    'tiempo desde la última vez: menos de 91 días',
    'con acceso a procedimientos y visitas `care.sources`',
  ],
])('concepts, other values and units stand in the words of %s', (locale, ...said) => {
  const knowledge = loadKnowledge({ dir: 'cards' });
  const document = signOffDocument(knowledge.translations.get(locale) ?? knowledge);
  for (const part of said) expect(document).toContain(part);
  expect(document).not.toMatch(/\{1[.,]73| (?:is|es) gluteal-tendinopathy/);
});

/** What a document says: neither ids, codes and addresses, nor what sources are called in its language. */
const prose = (document: string, { sources }: Pick<Knowledge, 'sources'>): string =>
  [...sources.values()]
    .reduce((text, { label }) => text.replaceAll(label, ''), document)
    .replaceAll(/`[^`]*`|\]\([^)]*\)/g, '')
    .replaceAll(/^#+ .*|^\*\*[a-z-]+\*\*.*|\([a-z-]+\)$/gm, '');

test('in Spanish the whole pack says nothing in English', () => {
  const english = loadKnowledge({ dir: 'cards' });
  const spanish = english.translations.get('es') ?? english;
  const said = prose(signOffDocument(spanish), spanish);
  const pairs = parse(readFileSync('cards/text/es.yaml', 'utf8')) as { en: string; es: string }[];
  const written = new Set(pairs.filter(({ en, es }) => !es.includes(en)).map(({ en }) => en));
  const units = [...english.parameters.values()].map(({ unit }) => unit).filter((unit) => /^[a-z ]{4,}$/.test(unit));
  for (const text of [...units, ...DECLARED_DATA, 'project-choice', 'warning', 'full text']) written.add(text);
  const measures = [...READERS.values()].flatMap((reader) => [...Object.keys(reader.measures), ...reader.days]);
  const isSaid = (text: string) =>
    new RegExp(`(?<![\\p{L}-])${text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\p{L}-])`, 'u').test(said);
  expect(written.size).toBeGreaterThan(1000);
  expect([...written].filter(isSaid)).toEqual([]);
  expect(said).not.toMatch(new RegExp(`(?:, |: )(?:${measures.join('|')})[:›]`));
});

test.each([...READERS.values()])('the names that $name gives have words in Spanish', (reader) => {
  const { measures, days, arguments: given, names } = reader;
  const { words } = new Glossary(load().translations.get('es') ?? { ...load(), locale: 'es' });
  const numbers = Object.keys(given).filter((name) => /^(?:duration|scale)$/.test(given[name]?.kind ?? ''));
  const { property } = given;
  const choices = property?.kind === 'choice' ? property.of : [''];
  const values = choices
    .map((one) => names?.({ property: one }) ?? [])
    .flatMap((some) => (some === 'regions' ? [] : some));
  expect(Object.keys(words.measures)).toEqual(expect.arrayContaining([...Object.keys(measures), ...days]));
  expect(Object.keys(words.arguments)).toEqual(expect.arrayContaining(numbers));
  expect(Object.keys(words.values)).toEqual(expect.arrayContaining(values.filter((name) => /^[a-z-]+$/.test(name))));
});

test('source attributes: one table for the cards that declare the same, and none where the pack has none', () => {
  expect(small()).toContain('## Source attributes\n\nNone declared.');
  const document = signOffDocument(loadKnowledge({ dir: 'cards' }));
  expect(document).toContain('| use of race | not used |');
  expect(document).toContain('| use of date of birth | Cards are silent for patients who are not of age');
  expect(document.match(/; the citations are those of each card\./g)).toHaveLength(1);
});

/** Parentheses, as addresses have them within a link. */
const encoded = (one: string): string => (one === '(' ? '%28' : '%29');

const attributes = readFileSync('cards/attributes.yaml', 'utf8');

test('all that codes and concepts are called has its Spanish', () => {
  const { terminology, translations } = loadKnowledge({ dir: 'cards' });
  const said = translations.get('es')?.words;
  const concepts = [...terminology.concepts.values()];
  const displays = concepts.flatMap(({ valueSets }) => valueSets.flatMap(({ codes }) => [...codes.values()]));
  const called = [...concepts.map(({ title }) => title), ...displays.map(({ display }) => display)];
  expect(called.length).toBeGreaterThan(500);
  expect(called.filter((text) => /\p{L}/u.test(text) && !said?.has(text))).toEqual([]);
});

test('a card may differ in its attributes', () => {
  const own = `${attributes}cards: { knee-scope-first: { uses: { sex: Other limits for women } } }\n`;
  const document = small({ 'attributes.yaml': own });
  expect(document).toContain('| use of sex | Other limits for women |');
  expect(document).toContain('| use of race | not used |');
});

test('a card that is not there cannot differ in its attributes', () => {
  const own = `${attributes}cards: { knee-scope: { released: '2026-01-01' } }\n`;
  expect(() => load({ 'attributes.yaml': own })).toThrow(/unknown card "knee-scope"/);
});

test('a site shows by its numbers, in the table, in the conditions and in the wording', () => {
  const document = small({}, { site: 'knee.contacts: 9\n' });
  expect(document).toContain(
    '| `knee.contacts` | 9 contacts (pack: 6 contacts, **projectChoice**) | a whole number at least 0 contacts | how many | **siteChoice** |  |',
  );
  expect(document).toContain('at least 9 contacts');
  expect(document).toContain('Try twelve weeks of exercise: 9 visits');
  expect(document).toContain('### Numbers that this site has set\n\n- `knee.contacts`: how many');
});

test('what a site replaces is told with its source', () => {
  const document = small({}, { site: 'knee.look-back: 52\n' });
  expect(document).toContain('| `knee.look-back` | 52 weeks (pack: 26 weeks, [A guideline](https://guide.example)) |');
});

test('pieces that print nothing leave no spaces behind', () => {
  const evidence = "'Of {{figure trial.patients}} {{mark knee.look-back}} patients {{mark knee.look-back}}, or more.'";
  const change = { 'knee/scope.yaml': swap("'Of {{figure trial.patients}} patients ({{cite trial}}).'", evidence) };
  expect(small(change)).toContain('evidence: “Of 140 patients, or more.”');
  const whole = signOffDocument(loadKnowledge({ dir: 'cards' }));
  expect([...whole.matchAll(/“[^”\n]*(?: {2}| [,.;])[^”\n]*”/g)].map(String)).toEqual([]);
});

test('override reasons stand beside what they mean in the standard', () => {
  const document = signOffDocument(loadKnowledge({ dir: 'cards' }));
  const part = document.slice(document.indexOf('\n## Override reasons'), document.indexOf('\n## Sources'));
  expect(part).toContain('http://terminology.hl7.org/CodeSystem/non-adherence-reason-codes');
  expect(part).toContain(
    '| `rehab-done-elsewhere` | Adequate physiotherapy done outside this record | action-completed | yes |',
  );
  expect(part).toMatch(/\| `rehab-concurrent` \| [^|]+ \| {2}\| {2}\|/);
});

test('numbers that no source gives are marked as the cards mark them', () => {
  const document = signOffDocument(loadKnowledge({ dir: 'cards' }));
  const part = document.slice(document.indexOf('\n## Numbers'), document.indexOf('\n## What holds'));
  expect(part).toContain('| **choice of this project** |');
  expect(part).not.toContain('project-choice');
});

test('an address keeps its link whole, whatever parentheses it has', () => {
  const document = small({ 'sources.yaml': swap('https://guide.example', 'https://guide.example/a(10)b') });
  expect(document).toContain('| [A guideline](https://guide.example/a%2810%29b) | do exercise first |');
  expect(signOffDocument(loadKnowledge({ dir: 'cards' }))).not.toMatch(/\]\([^)\s]*\(/);
});

test('a section has the same anchor in every language', () => {
  const knowledge = loadKnowledge({ dir: 'cards' });
  const anchors = (document: string) => {
    const { parts } = readPack(document);
    return parts.flatMap(({ id, parts: below }) => [id, ...below.map((one) => one.id)]);
  };
  const spanish = signOffDocument(knowledge.translations.get('es') ?? knowledge);
  const said = anchors(signOffDocument(knowledge));
  expect(anchors(spanish)).toEqual(said);
  expect(said).toEqual(expect.arrayContaining(['numbers', 'cards-at-a-glance', 'numbers-that-no-source-gives']));
  expect(said.filter((id) => !/^[\w-]+$/.test(id))).toEqual([]);
  expect(new Set(said).size).toBe(said.length);
  expect(spanish).toContain('\n\n<a id="numbers"></a>\n\n## Números\n\n');
});

test.each([
  ['a comparison', { 'criteria/all.yaml': swap('is: at-least, value: $contacts', 'is: above, value: $contacts') }],
  ['a word', { 'knee/scope.yaml': swap('Go on', 'Carry on') }],
  ['an indicator', { 'knee/scope.yaml': swap('indicator: info', 'indicator: warning') }],
  ['a window', { 'facts/all.yaml': swap('  within: $look-back\n', '') }],
  ['a code', { 'value-sets/scopes.json': swap('29881', '29880') }],
  ['words that mean something', { 'concepts/all.yaml': swap('[arthroscop]', '[arthroscop, keyhole]') }],
  ['what unknown counts as', { 'knee/scope.yaml': swap('is: readable', 'is: present, unknown-as: fails') }],
])('%s that changes, changes the document', (_, change) => {
  const bare = (document: string) => document.replace(/sha256:\w+/, '');
  expect(bare(small(change))).not.toBe(bare(small()));
});

test("a table's cells hold no bar and no line break of their own", () => {
  const document = small({ 'parameters/all.yaml': swap('says: how many', 'says: "how | many\\nvisits"') });
  expect(document).toContain('| how \\| many visits |');
});

test('the whole pack names every card, number, source and open doubt', () => {
  const knowledge = loadKnowledge({ dir: 'cards' });
  const document = signOffDocument(knowledge);
  for (const { id, outcomes } of knowledge.cards) {
    expect(document).toContain(`\n### ${id}\n`);
    for (const outcome of outcomes) expect(document).toContain(`**${outcome.id}** (${outcome.indicator})`);
  }
  for (const { name, standing } of knowledge.parameters.values()) {
    expect(document).toContain(`| \`${name}\` |`);
    if (standing !== 'sourced') expect(document).toContain(`- \`${name}\`: `);
  }
  for (const { url = '' } of knowledge.sources.values()) expect(document).toContain(url.replaceAll(/[()]/g, encoded));
  const headings = new Set([...document.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading));
  for (const [, anchor = ''] of document.matchAll(/\]\(#([^)]*)\)/g)) expect(headings).toContain(anchor);
  expect(document).not.toMatch(/undefined|\[object|NaN/);
});

test('codes that begin alike, and codes that are not verified, are said to be so; a system that is left out leaves none', () => {
  const document = signOffDocument(loadKnowledge({ dir: 'cards' }));
  const part = document.slice(document.indexOf('### value-set-gluteal-tendinopathy-gtps'));
  expect(part).toMatch(/^\| begins with `M76\.0` \| {2}\| ICD-10-CM \| verified \|$/m);
  expect(document).toMatch(/^\| `\w+` \| [^|]+ \| SNOMED CT \| not verified \|$/m);
  expect(document).toMatch(/^- `http\S+\|\d+` .* \(\[`[\w-]+`\]\(#value-set-[\w-]+\)\)$/m);
  const none = load({}, { systemsOff: ['http://www.ama-assn.org/go/cpt'] });
  expect(signOffDocument(none)).toContain('### value-set-scopes\n\n**Arthroscopies**\n\nNone.');
});

test('raising the trochanteric minimum from 8 to 12 weeks changes the printed page where it speaks of it', () => {
  const dir = mkdtempSync(join(tmpdir(), 'rehab-first-site-'));
  const siteParameters = join(dir, 'site.yaml');
  writeFileSync(siteParameters, 'trochanteric.weeks: 12\n');
  const lines = (site?: string) =>
    signOffDocument(loadKnowledge({ dir: 'cards', ...(site !== undefined && { siteParameters: site }) })).split('\n');
  const [before, after] = [new Set(lines()), lines(siteParameters)];
  const changed = after.filter((line) => !before.has(line));
  rmSync(dir, { recursive: true });
  expect(changed).toContainEqual(
    expect.stringMatching(
      /^\| `trochanteric\.weeks` \| 12 weeks \(pack: 8 weeks, \[LEAP.*\) \| a whole number from 1 to 52 weeks \| .* \| \*\*set by this site\*\* \|/,
    ),
  );
  expect(changed).toContainEqual(expect.stringContaining('12 weeks (`trochanteric.weeks`)'));
  expect(changed).toContainEqual(expect.stringMatching(/says: “Try 12 weeks of load education/));
  for (const line of changed.slice(1)) expect(line).toMatch(/12 weeks|trochanteric\.weeks|12 semanas|-\d+\)|as in/);
});
