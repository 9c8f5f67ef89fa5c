import type { OrderContext, RawResource } from '../../src/cds-hooks/types.ts';
import { Chart } from '../../src/chart/chart.ts';
import { type Entry, entriesOf } from '../../src/chart/entry.ts';
import type { Slice } from '../../src/chart/slice.ts';
import { dayOf, isoDay } from '../../src/clinical/dates.ts';
import type { Setting } from '../../src/facts/reader.ts';
import type { Reading } from '../../src/facts/reading.ts';
import { SliceIndex } from '../../src/facts/slice-index.ts';
import type { FileKind, KnowledgeFile } from '../../src/knowledge/files.ts';
import { Tables } from '../../src/knowledge/link/tables.ts';
import { linkTerminology, VERIFIED } from '../../src/knowledge/link/terms.ts';
import type {
  CardDefinition,
  CitedSource,
  Criterion,
  FactInstance,
  Outcome,
  Parameter,
  ServiceDefinition,
  Test,
} from '../../src/knowledge/types.ts';
import type { Truth } from '../../src/logic/truth.ts';
import { type Order, readDrafts } from '../../src/orders/order.ts';
import type { OrderClass, ScopedOrder } from '../../src/orders/scope.ts';
import { canonicalCode, SYSTEMS } from '../../src/terminology/systems.ts';
import type { Side, Terminology } from '../../src/terminology/terminology.ts';

/** The day on which every spec takes place, `2026-11-24`. */
export const TODAY = dayOf(2026, 11, 24);
export const PATIENT = 'p1';

/** `YYYY-MM-DD`, so many days before {@link TODAY}; negative lies ahead. */
export const daysAgo = (days: number): string => isoDay(TODAY - days);
export const weeksAgo = (weeks: number): string => daysAgo(weeks * 7);

type More = Readonly<Record<string, unknown>>;

/** `system|code` with a short system name as codings, anything else as text. */
export function codeable(...parts: readonly string[]): object {
  const coding = parts
    .filter((part) => part.includes('|'))
    .map((part) => ({ system: keyOf(part).split('|')[0], code: part.split('|')[1] }));
  const texts = parts.filter((part) => !part.includes('|'));
  return { ...(coding.length > 0 && { coding }), ...(texts.length > 0 && { text: texts.join(', ') }) };
}

/** `icd10cm|M7061` as terminology keys it. */
export function keyOf(part: string): string {
  const [system = '', code = ''] = part.split('|');
  const uri = SYSTEMS[system] ?? system;
  return `${uri}|${canonicalCode(uri, code)}`;
}

/** A resource of the spec's patient. */
export const aResource = (resourceType: string, id: string, more: More = {}): RawResource => ({
  resourceType,
  id,
  subject: { reference: `Patient/${PATIENT}` },
  ...more,
});

export const aCondition = (id: string, what: string | readonly string[], more: More = {}): RawResource =>
  aResource('Condition', id, {
    code: codeable(...[what].flat()),
    clinicalStatus: { coding: [{ code: 'active' }] },
    verificationStatus: { coding: [{ code: 'confirmed' }] },
    ...more,
  });

export const aProcedure = (id: string, what: string | readonly string[], on?: string, more: More = {}): RawResource =>
  aResource('Procedure', id, {
    code: codeable(...[what].flat()),
    status: 'completed',
    ...(on !== undefined && { performedDateTime: on }),
    ...more,
  });

export const aVisit = (id: string, what: string, on: string, more: More = {}): RawResource =>
  aResource('Encounter', id, { type: [codeable(what)], status: 'finished', period: { start: on }, ...more });

export const anObservation = (
  id: string,
  what: string | readonly string[],
  on: string | undefined,
  more: More = {},
): RawResource =>
  aResource('Observation', id, {
    code: codeable(...[what].flat()),
    status: 'final',
    ...(on !== undefined && { effectiveDateTime: on }),
    ...more,
  });

export const aPatient = (more: More = {}): RawResource => ({
  resourceType: 'Patient',
  id: PATIENT,
  birthDate: '1970-06-15',
  ...more,
});

/** A draft ServiceRequest. */
export const aDraft = (id: string, what: string | readonly string[], more: More = {}): RawResource =>
  aResource('ServiceRequest', id, { status: 'draft', intent: 'order', code: codeable(...[what].flat()), ...more });

/** A draft MedicationRequest. */
export const aDrugDraft = (id: string, what: string | readonly string[], more: More = {}): RawResource =>
  aResource('MedicationRequest', id, {
    status: 'draft',
    intent: 'order',
    medicationCodeableConcept: codeable(...[what].flat()),
    ...more,
  });

export const aContext = (drafts: readonly unknown[], more: Partial<OrderContext> = {}): OrderContext => ({
  userId: 'Practitioner/1',
  patientId: PATIENT,
  draftOrders: { entry: drafts.map((resource) => ({ resource })) },
  ...more,
});

export function anOrder(draft: RawResource = aDraft('o1', 'something')): Order {
  const [order] = readDrafts(aContext([draft]));
  if (order === undefined) throw new Error('this draft is no order');
  return order;
}

export const anOrderClass = (more: Partial<OrderClass> = {}): OrderClass => ({
  name: 'back-injection',
  title: 'back injection',
  rank: 50,
  family: 'back-injection',
  regions: new Set(['lumbar']),
  procedure: 'back-procedure',
  ...more,
});

export const aScopedOrder = (more: Partial<ScopedOrder> = {}): ScopedOrder => ({
  order: anOrder(),
  orderClass: anOrderClass(),
  recognisedBy: 'code',
  regionFrom: 'procedure',
  ...more,
});

/** What a concept of a small terminology is made of; codes are written `icd10cm|M54.5`. */
export interface Meaning {
  readonly codes?: readonly string[];
  readonly unverified?: readonly string[];
  readonly displays?: Readonly<Record<string, string>>;
  /** Beginnings of codes. */
  readonly stems?: readonly string[];
  readonly words?: string;
  readonly kind?: 'finding' | 'red-flag' | 'procedure' | 'region' | 'side' | 'words';
  readonly region?: string;
  readonly sides?: readonly Side[];
}

/** A terminology of a few concepts, linked as a knowledge folder is. */
export function aTerminology(meanings: Readonly<Record<string, Meaning>>): Terminology {
  const file = (kind: FileKind, path: string, value: unknown): KnowledgeFile => ({
    path,
    folder: '',
    kind,
    value,
    problem: (at, message) => ({ file: path, line: 0, column: 0, pointer: at.join('/'), message }),
  });
  const names = Object.entries(meanings);
  const tables = new Tables([
    file('concepts', 'concepts', Object.fromEntries(names.map(([name, meaning]) => [name, conceptOf(name, meaning)]))),
    ...names
      .filter(([, meaning]) => hasCodes(meaning))
      .map(([name, meaning]) => file('value-set', name, valueSetOf(name, meaning))),
  ]);
  const terminology = linkTerminology(tables, new Set());
  if (tables.problems.length > 0) throw new Error(tables.problems.map(({ message }) => message).join('; '));
  return terminology;
}

const hasCodes = ({ codes = [], unverified = [], stems = [] }: Meaning): boolean =>
  codes.length + unverified.length + stems.length > 0;

const conceptOf = (name: string, meaning: Meaning): object => {
  const { kind, words, region, sides } = meaning;
  return {
    title: `the ${name}`,
    ...(hasCodes(meaning) && { valueSets: [name] }),
    ...(words !== undefined && { words: [words] }),
    ...(kind !== undefined && { kind }),
    ...(region !== undefined && { region }),
    ...(sides !== undefined && { sides }),
  };
};

function valueSetOf(name: string, { codes = [], unverified = [], stems = [], displays = {} }: Meaning): object {
  const listed = (code: string, isVerified: boolean) => ({
    system: keyOf(code).split('|')[0],
    concept: [
      {
        code: code.split('|')[1],
        display: displays[code] ?? `our ${code}`,
        ...(!isVerified && { extension: [{ url: VERIFIED, valueBoolean: false }] }),
      },
    ],
  });
  const stem = (one: string) => ({
    system: keyOf(one).split('|')[0],
    filter: [{ property: 'code', op: 'is-a', value: one.split('|')[1] }],
  });
  const include = [
    ...codes.map((code) => listed(code, true)),
    ...unverified.map((code) => listed(code, false)),
    ...stems.map(stem),
  ];
  return { resourceType: 'ValueSet', id: name, title: name, status: 'active', compose: { include } };
}

/** What specs of readers speak of: a pain, a visit, an operation, a score, a red flag, two regions and two sides. */
export const SMALL = aTerminology({
  pain: { codes: ['icd10cm|M54.50'], unverified: ['icd10cm|M54.59'], words: 'back pain', region: 'lumbar' },
  ache: { codes: ['icd10cm|M25.50'], words: 'ache' },
  visit: { kind: 'procedure', codes: ['cpt|97110'], words: 'physio' },
  operation: { kind: 'procedure', codes: ['cpt|63030'], words: 'discectomy', region: 'lumbar' },
  'back-procedure': { kind: 'procedure', codes: ['cpt|62323'], words: 'epidural', region: 'lumbar' },
  score: { codes: ['loinc|72514-3', 'loinc|38208-5'], words: 'score' },
  flag: { kind: 'red-flag', codes: ['icd10cm|G83.4'], unverified: ['icd10cm|G83.9'], words: 'cauda equina' },
  poor: { kind: 'words', words: 'no relief' },
  oral: { kind: 'words', words: '\\boral' },
  lumbar: { kind: 'region', words: 'lumbar' },
  knee: { kind: 'region', words: '\\bknee' },
  left: { kind: 'side', sides: ['left'], words: '\\bleft\\b' },
  right: { kind: 'side', sides: ['right'], words: '\\bright\\b' },
  both: { kind: 'side', sides: ['left', 'right'], words: '\\bbilateral\\b' },
});

/** A slice as read to the end (`complete`), cut off (`partial`), or not read at all. */
export const aSlice = (
  resources: readonly RawResource[],
  state: 'complete' | 'partial' | 'unavailable' = 'complete',
  included: readonly RawResource[] = [],
): Slice => (state === 'unavailable' ? { state, reason: 'the spec says so' } : { state, resources, included });

export const aChart = (slices: Readonly<Record<string, Slice | readonly RawResource[]>>): Chart =>
  new Chart(
    new Map(
      Object.entries(slices).map(
        ([name, slice]) => [name, 'state' in slice ? slice : aSlice(slice)] as [string, Slice],
      ),
    ),
  );

/** Everything a reader may look at; the chart has one slice, `chart`, unless told otherwise. */
export const aSetting = (
  slices: Readonly<Record<string, Slice | readonly RawResource[]>> = {},
  more: Partial<Setting> = {},
): Setting => {
  const setting = {
    chart: aChart(slices),
    scoped: aScopedOrder(),
    drafts: [],
    context: aContext([]),
    today: TODAY,
    terminology: SMALL,
    read: () => NOTHING_READ,
    ...more,
  };
  return { index: new SliceIndex(setting.chart, setting.terminology), ...setting };
};

export const NOTHING_READ: Reading = {
  count: { min: 0, max: Number.POSITIVE_INFINITY },
  measures: {},
  evidence: [],
  unread: [],
};

/** The entries of one resource, no Medication at hand. */
export const entries = (resource: RawResource, medication: () => RawResource | undefined = () => undefined): Entry[] =>
  entriesOf(resource, medication);

export const aReading = (more: Partial<Reading> = {}): Reading => ({
  count: { min: 1, max: 1 },
  measures: {},
  evidence: [],
  unread: [],
  ...more,
});

/** A fact that says the same whatever the chart. */
export const aFact = (name: string, reading: Reading = aReading(), more: Partial<FactInstance> = {}): FactInstance => ({
  key: name,
  name,
  label: `the ${name}`,
  reader: {
    name: 'told',
    does: 'says what the spec says',
    arguments: {},
    measures: {},
    givesNames: true,
    days: [],
    slices: () => [],
    read: () => reading,
  },
  args: {},
  slices: [],
  needs: [],
  parameters: {},
  ...more,
});

export const aParameter = (value: number, more: Partial<Parameter> = {}): Parameter => ({
  name: 'a.limit',
  value,
  unit: 'count',
  says: 'A limit',
  standing: 'project-choice',
  cites: [],
  bounds: { least: 0, isWhole: true },
  ...more,
});

const COUNTS: Readonly<Record<Truth, Reading['count']>> = {
  holds: { min: 1, max: 1 },
  fails: { min: 0, max: 0 },
  unknown: { min: 0, max: 1 },
};

/** A test that comes to the truth wanted. */
export const aTest = (truth: Truth, name = `it ${truth}`, more: Partial<Test> = {}): Test => ({
  kind: 'test',
  fact: aFact(name, aReading({ count: COUNTS[truth] })),
  of: 'count',
  is: 'present',
  ...more,
});

export const aCriterion = (truth: Truth, name = `criterion ${truth}`, more: Partial<Criterion> = {}): Criterion => ({
  kind: 'criterion',
  name,
  title: `the ${name}`,
  body: aTest(truth),
  ...more,
});

export const aSource: CitedSource = {
  id: 's',
  label: 'A source',
  url: 'https://source.example',
  says: '',
  figures: {},
};

export const anOutcome = (id: string, more: Partial<Outcome> = {}): Outcome => ({
  id,
  indicator: 'warning',
  source: aSource,
  summary: [{ kind: 'text', text: 'A summary' }],
  chart: [],
  evidence: [],
  why: [],
  suggestions: [],
  overrideReasons: [],
  links: [],
  ...more,
});

export const aCard = (id: string, more: Partial<CardDefinition> = {}): CardDefinition => ({
  id,
  version: '1.0.0',
  status: 'active',
  title: id,
  file: `cards/x/${id}.yaml`,
  folder: 'x',
  orderClass: A_CLASS,
  precedence: 100,
  quiet: 'class',
  when: aTest('holds'),
  silence: [],
  caps: [],
  outcomes: [anOutcome('only')],
  slices: new Set(),
  ...more,
});

/** The class of {@link aCard}, unless it is told another. */
export const A_CLASS = anOrderClass();

export const aService = (
  cards: readonly CardDefinition[],
  more: Partial<ServiceDefinition> = {},
): ServiceDefinition => ({
  id: 'service',
  hook: 'order-select',
  title: '',
  description: '',
  published: [],
  cards,
  silence: [],
  caps: [],
  slices: new Set(),
  orderClasses: [...new Set(cards.map(({ orderClass }) => orderClass))],
  ...more,
});
