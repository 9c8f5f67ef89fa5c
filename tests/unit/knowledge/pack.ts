import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type KnowledgeOptions, loadKnowledge } from '../../../src/knowledge/load.ts';
import { KnowledgeProblems, type Problem, printProblem } from '../../../src/knowledge/problem.ts';
import type { Knowledge } from '../../../src/knowledge/types.ts';

const WORDING = JSON.parse(
  readFileSync(new URL('../../../cards/schemas/wording.schema.json', import.meta.url), 'utf8'),
);
const headings = (WORDING.properties.headings.required as string[]).map((name) => `  ${name}: ${name}`).join('\n');

/** A pack of one card, as small as one can be and yet have something of everything. */
export const PACK: Readonly<Record<string, string>> = {
  'order-classes.yaml': `knee-scope:
  title: knee arthroscopy
  rank: 70
  regions: [knee]
  procedure: arthroscopy
`,
  'slices.yaml': `patient: { label: patient, template: 'Patient/{{context.patientId}}', required: true }
visits: { label: visits, template: 'Encounter?patient={{context.patientId}}&_count=50' }
conditions: { label: conditions, template: 'Condition?patient={{context.patientId}}&_count=50' }
results: { label: results, template: 'Observation?patient={{context.patientId}}&code=8310-5' }
`,
  'sources.yaml': `trial: { label: A trial, doi: 10.1000/1, says: exercise is as good, figures: { patients: 140 } }
guide: { label: A guideline, url: 'https://guide.example', says: do exercise first }
`,
  'wording.yaml': `headings:
${headings}
lines:
  visits-line: { fact: visits.all, known: 'Visits: {{fact visits.all contacts (visit|visits)}}.' }
`,
  'suggestions.yaml': `remove: { label: Remove, actions: [{ delete: { description: Remove, orders: of-this-class } }] }
`,
  'override-reasons.yaml': `system: urn:reasons
reasons: { disagree: I disagree }
`,
  'services/knee.yaml': `title: Knee
description: Knee
hooks: { order-select: knee-select }
cards: [knee]
prefetch: [patient]
silence: [{ criterion: fever }]
`,
  'concepts/all.yaml': `arthroscopy: { title: arthroscopy, kind: procedure, valueSets: [scopes], words: [arthroscop] }
exercise: { title: exercise, words: [exercise] }
knee: { title: knee, kind: region, words: [knee] }
temperature: { title: temperature, words: [temperature] }
`,
  'value-sets/scopes.json': `{
  "resourceType": "ValueSet",
  "id": "scopes",
  "title": "Arthroscopies",
  "status": "active",
  "compose": { "include": [{ "system": "http://www.ama-assn.org/go/cpt", "concept": [{ "code": "29881", "display": "meniscectomy" }] }] }
}
`,
  'facts/all.yaml': `visits.all:
  label: visits
  reader: course
  slices: visits
  concept: exercise
  within: $look-back
temperature.now:
  label: temperature
  reader: observation
  slices: results
  concept: temperature
  unit: Cel
`,
  'criteria/all.yaml': `enough:
  title: enough exercise
  when: { fact: visits.all, of: contacts, is: at-least, value: $contacts }
fever:
  title: fever
  when: { fact: temperature.now, of: value, is: at-least, value: fever.limit }
`,
  'parameters/all.yaml': `knee.look-back: { value: 26, unit: weeks, says: how far back, standing: sourced, cites: [guide] }
knee.contacts: { value: 6, unit: contacts, says: how many, standing: project-choice }
fever.limit: { value: 38, unit: Cel, says: fever, standing: project-choice }
`,
  'knee/scope.yaml': `id: knee-scope-first
version: 1.0.0
status: active
title: Exercise before arthroscopy
class: knee-scope
with: { look-back: knee.look-back, contacts: knee.contacts }
texts: { plan: 'twelve weeks of exercise' }
when: { fact: visits.all, is: readable }
silence: [{ criterion: enough }]
source: trial
suggestions: [remove]
overrideReasons: [disagree]
links: [guide]
chart:
  - { line: visits-line }
evidence:
  - 'Of {{figure trial.patients}} patients ({{cite trial}}).'
outcomes:
  - { id: some, when: { fact: visits.all, is: present }, indicator: info, summary: 'Go on' }
  - { id: none, indicator: warning, summary: 'Try {{text plan}}: {{number $contacts (visit|visits)}}' }
`,
};

/** A file's new text, or an edit of its old one; undefined leaves the file out. */
export type Change = string | undefined | ((text: string) => string);

/** Puts `to` where `from` stands. @throws when it does not stand there, so that no spec breaks nothing. */
export const swap =
  (from: string, to: string) =>
  (text: string): string => {
    if (!text.includes(from)) throw new Error(`"${from}" is not in this file`);
    return text.replace(from, () => to);
  };
export const add = (more: string) => (text: string) => text + more;

/** Loads the pack with some files changed, from a folder that is gone afterwards. */
export function load(
  changes: Readonly<Record<string, Change>> = {},
  options: Omit<KnowledgeOptions, 'dir'> & { site?: string } = {},
): Knowledge {
  const root = mkdtempSync(join(tmpdir(), 'rehab-first-pack-'));
  try {
    const { site, ...rest } = options;
    const files = new Map<string, string | undefined>(Object.entries(PACK));
    for (const [path, change] of Object.entries(changes))
      files.set(path, typeof change === 'function' ? change(files.get(path) ?? '') : change);
    for (const [path, text] of files) {
      if (text === undefined) continue;
      const file = join(root, 'pack', path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    if (site !== undefined) writeFileSync(join(root, 'site.yaml'), site);
    return loadKnowledge({
      dir: join(root, 'pack'),
      ...rest,
      ...(site !== undefined && { siteParameters: join(root, 'site.yaml') }),
    });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** What is wrong with the pack after some changes. */
export function problemsOf(...input: Parameters<typeof load>): readonly Problem[] {
  try {
    load(...input);
    return [];
  } catch (error) {
    if (error instanceof KnowledgeProblems) return error.problems;
    throw error;
  }
}

/** The same, one printed line each. */
export const faults = (...input: Parameters<typeof load>): string[] => problemsOf(...input).map(printProblem);
