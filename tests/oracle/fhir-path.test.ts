import fhirpath from 'fhirpath';
import r4 from 'fhirpath/fhir-context/r4';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { RawResource } from '../../src/cds-hooks/types.ts';
import { Chart } from '../../src/chart/chart.ts';
import { dayOf, isoDay } from '../../src/clinical/dates.ts';
import { fhirPathOf, notKnown } from '../../src/export/fhir-path.ts';
import type { Setting } from '../../src/facts/reader.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import type { Condition, Test } from '../../src/knowledge/types.ts';
import type { Truth } from '../../src/logic/truth.ts';
import { evaluate } from '../../src/rules/evaluate.ts';
import { allRequests, readPatient, readRequest } from '../support/fixtures.ts';

/** What a condition can see that is exported as FHIRPath. */
interface Scene {
  readonly patient: object;
  readonly order: object;
  readonly encounter?: object;
  /** Day number. */
  readonly today: number;
}

const TODAY = dayOf(2026, 11, 24);
const knowledge = loadKnowledge({ dir: 'cards' });
const [service] = knowledge.services;

const conditions: Condition[] = [
  ...(service?.silence ?? []),
  ...knowledge.cards.flatMap(({ when, silence, outcomes }) => [
    when,
    ...silence,
    ...outcomes.flatMap((one) => [one.when, ...one.suggestions.map((suggestion) => suggestion.when)]),
  ]),
].filter((one) => one !== undefined);
const exact = new Map(
  conditions.flatMap((one) => {
    const path = fhirPathOf(one);
    return path === undefined ? [] : [[path, one] as const];
  }),
);

/** What the engine decides. */
function verdictOf(condition: Condition, { patient, order, encounter, today }: Scene): Truth {
  const slice = (resource: object | undefined) => ({
    state: 'complete' as const,
    resources: resource === undefined ? [] : [resource as RawResource],
    included: [],
  });
  const setting = {
    chart: new Chart(
      new Map([
        ['patient', slice(patient)],
        ['encounter', slice(encounter)],
      ]),
    ),
    scoped: { order: { body: order } },
    context: encounter === undefined ? {} : { encounterId: 'e' },
    today,
  } as unknown as Setting;
  return evaluate(condition, ({ reader, args }) => reader.read(args, setting)).truth;
}

const compiled = new Map<string, (resource: object, variables: object) => unknown>();

/** What FHIRPath says, whose today is this day. */
function saidBy(path: string, { today, patient, order, encounter }: Scene): Truth {
  const ask = compiled.get(path) ?? fhirpath.compile(path, r4);
  compiled.set(path, ask);
  vi.setSystemTime(new Date(`${isoDay(today)}T12:00:00`));
  const found = ask({}, { patient, order, encounter: encounter ?? [] }) as boolean[];
  expect(found.length, path).toBeLessThan(2);
  return found[0] === undefined ? 'unknown' : found[0] ? 'holds' : 'fails';
}

const resourceIn = (bundle: unknown, type: string): object | undefined =>
  ((bundle as { entry?: { resource: RawResource }[] }).entry ?? [])
    .map(({ resource }) => resource)
    .find(({ resourceType }) => resourceType === type);

/** The people, orders and encounters of the fixtures. */
const scenes: readonly (readonly [string, Scene])[] = allRequests().flatMap((file) => {
  const { context } = readRequest(file);
  const bundle = readPatient(context.patientId);
  const patient = resourceIn(bundle, 'Patient');
  const encounter = (bundle.entry ?? []).find(({ resource }) => resource?.id === context.encounterId)?.resource;
  return (context.draftOrders.entry ?? []).flatMap(({ resource: order }) =>
    patient && order ? [[file, { patient, order, today: TODAY, ...(encounter && { encounter }) }] as const] : [],
  );
});

const PRIORITIES = [undefined, 'routine', 'urgent', 'asap', 'stat'];
const ENCOUNTERS = [
  undefined,
  {},
  ...['AMB', 'EMER', 'IMP', 'ACUTE', 'NONAC', 'OBSENC', 'VR'].map((code) => ({ class: { code } })),
  { class: { display: 'a ward' } },
  ...['R', 'EM', 'S', 'A', 'UR'].map((code) => ({ class: { code: 'AMB' }, priority: { coding: [{ code }] } })),
  { priority: { text: 'soon' } },
  { priority: { coding: [{ display: 'soon' }, { code: 'EM' }, { code: 'R' }] } },
];
const DAYS = [TODAY, dayOf(2028, 2, 29), dayOf(2027, 2, 28), dayOf(2026, 12, 31), dayOf(2026, 1, 1), dayOf(2026, 3, 1)];

/** Birth dates about the day so many years before, as days, months and years, and none at all. */
function birthDates(today: number, years: number): (string | undefined)[] {
  const [year = '', month = '', day = ''] = isoDay(today).split('-');
  const born = dayOf(Number(year) - years, Number(month), Number(day));
  const days = [-400, -366, -365, -32, -31, -2, -1, 0, 1, 2, 31, 32, 365, 366, 400].map((by) => isoDay(born + by));
  return [undefined, ...new Set(days.flatMap((one) => [one, one.slice(0, 7), one.slice(0, 4)]))];
}

const scene = (more: Partial<Scene> = {}, birthDate?: string): Scene => ({
  patient: { resourceType: 'Patient', ...(birthDate !== undefined && { birthDate }) },
  order: { resourceType: 'ServiceRequest', status: 'draft' },
  today: TODAY,
  ...more,
});

const made: readonly Scene[] = [
  ...PRIORITIES.map((priority) => scene({ order: { resourceType: 'ServiceRequest', ...(priority && { priority }) } })),
  ...ENCOUNTERS.map((one) => scene(one === undefined ? {} : { encounter: { resourceType: 'Encounter', ...one } })),
  ...DAYS.flatMap((today) =>
    [18, 17, 19].flatMap((years) => birthDates(today, years).map((one) => scene({ today }, one))),
  ),
];

beforeAll(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterAll(() => void vi.useRealTimers());

describe('FHIRPath of the export says what the engine decides', () => {
  test('it is given for the urgency of the order, the setting and the age, and for nothing else', () => {
    const named = [...exact.values()].map((one) => (one.kind === 'criterion' ? one.name : one.kind));
    expect(new Set(named)).toEqual(new Set(['urgent-order', 'acute-setting', 'minor']));
  });

  test.each([...exact])('%s', (path, condition) => {
    const said = new Set<Truth>();
    for (const one of [...scenes.map(([, each]) => each), ...made]) {
      const verdict = verdictOf(condition, one);
      said.add(verdict);
      expect(saidBy(path, one), JSON.stringify(one)).toBe(verdict);
      expect(saidBy(notKnown(path), one), JSON.stringify(one)).toBe(verdict === 'holds' ? 'fails' : 'holds');
    }
    expect([...said]).toEqual(expect.arrayContaining(['holds', 'fails']));
  });
});

const age = testsIn([...exact.values()]).find(({ fact, of }) => fact.name === 'patient.age' && of === 'years') as Test;
const setting = testsIn([...exact.values()]).find(({ fact }) => fact.name === 'encounter.class') as Test;

function testsIn(all: readonly Condition[]): Test[] {
  return all.flatMap((one) => {
    if (one.kind === 'test') return [one];
    return testsIn(one.kind === 'criterion' ? [one.body] : one.parts);
  });
}

/** The same fact in every comparison, as another pack may ask. */
const comparisons: Condition[] = (['below', 'at-most', 'above', 'at-least'] as const).flatMap((is) =>
  [18, 17.5].flatMap((value) =>
    ([undefined, 'holds', 'fails'] as const).map((unknownAs) => {
      const { unknownAs: _, ...bare } = age;
      return { ...bare, is, limit: { ...age.limit, value } as Test['limit'], ...(unknownAs && { unknownAs }) } as Test;
    }),
  ),
);
const groups: Condition[] = (['all', 'any', 'none'] as const).map((op) => ({
  kind: 'group',
  op,
  parts: [setting, { ...age, is: 'missing' }, ...comparisons.slice(0, 1)],
}));

test.each([...comparisons, ...groups].map((one) => [fhirPathOf(one) ?? '', one] as const))('%s', (path, condition) => {
  const said = new Set<Truth>();
  for (const one of made) {
    const verdict = verdictOf(condition, one);
    said.add(verdict);
    expect(saidBy(path, one), JSON.stringify(one)).toBe(verdict);
  }
  expect(said.size).toBeGreaterThan(1);
});
