import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Truth, writeHistory } from '../../fixtures/history/history.ts';
import { WHAT_IF } from '../../fixtures/history/kinds.ts';
import { mergeResults } from '../../src/simulate/merge.ts';
import { ENDS, reportOf, type SimulationReport } from '../../src/simulate/report.ts';
import { readCsv } from '../../src/simulate/review.ts';
import { type Simulation, simulate } from '../../src/simulate/simulate.ts';
import { filesOf } from '../support/files.ts';

const PATIENTS = 2000;
const dir = mkdtempSync(join(tmpdir(), 'rehab-first-history-'));
const folder = join(dir, 'export');
const whatIf = join(dir, 'site.yaml');
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const run = (out: string, more: Partial<Simulation> = {}) =>
  simulate(
    {
      folder,
      out: join(dir, out),
      share: { k: 1, n: 1 },
      workers: 1,
      knowledge: { dir: 'cards' },
      whatIf,
      seed: '1',
      sampleSize: 50,
      isAll: true,
      keepWork: false,
      pieceBytes: 500_000,
      partBytes: 1_000_000,
      ...more,
    },
    () => {},
  );

const rowsOf = (out: string, file: string): Record<string, string>[] => {
  const [header = [], ...rows] = readCsv(readFileSync(join(dir, out, file), 'utf8'));
  return rows.map((row) => Object.fromEntries(header.map((name, index) => [name, row[index] ?? ''])));
};

/** What is looked for in charts, in the words of the truth: slices by their type, where they hold all of it. */
const TYPES: Readonly<Record<string, string>> = {
  patient: 'Patient',
  conditions: 'Condition',
  procedures: 'Procedure',
  visits: 'Encounter',
  referrals: 'ServiceRequest',
  medications: 'MedicationRequest',
  allergies: 'AllergyIntolerance',
  measurements: 'Observation',
  'ladder.education': 'a home programme',
  'ladder.exercise': 'physiotherapy',
  'ladder.analgesia': 'pain drugs',
  'Condition.onsetDateTime': 'Condition.onsetDateTime',
  'Condition.recordedDate': 'Condition.recordedDate',
};

/** The report in the words of the truth. */
function countsOf({
  patients,
  orders,
  clinicians,
  classes,
  months,
  outcomes,
  silences,
  data,
  changes,
}: SimulationReport) {
  const named = (of: Readonly<Record<string, number>>, words: string): [string, number][] =>
    Object.entries(of).map(([name, number]) => [`${words}${name}`, number]);
  const ends = (words: string, row: Readonly<Record<(typeof ENDS)[number], number>>): [string, number][] =>
    ENDS.map((end) => [`${words} ${end}`, row[end]]);
  const counts: [string, number][] = [
    ['patients read', patients.read],
    ['patients in scope', patients.inScope],
    ...named(patients.setAside, 'patients set aside: '),
    ['orders', orders.total],
    ['orders in scope', orders.inScope],
    ...named(orders.byType, 'type '),
    ...named(orders.notReplayed, 'not replayed: '),
    ...classes.flatMap(({ orderClass, orders: _, ...row }) => ends(`class ${orderClass}`, row)),
    ...months.flatMap(({ month, orders: all, inScope: _, ...row }): [string, number][] => [
      [`month ${month} orders`, all],
      ...ends(`month ${month}`, row),
    ]),
    ...outcomes.flatMap(({ card, outcome, indicator, shown, quiet, draft }): [string, number][] =>
      Object.entries({ shown, quiet, draft }).map(([came, n]) => [
        `outcome ${card} ${outcome} ${indicator} ${came}`,
        n,
      ]),
    ),
    ...silences.map(({ end, why, orders: number }): [string, number] => [`kept back: ${end} ${why}`, number]),
    ['clinicians', clinicians.known],
    ...Object.entries(clinicians.weeksByCards).map(([n, weeks]): [string, number] => [`weeks with ${n} cards`, weeks]),
    ['most cards in a week', clinicians.mostInAWeek],
    ['orders without a clinician', clinicians.unnamed.orders],
    ['cards without a clinician', clinicians.unnamed.cards],
    ...named(data.problems, 'problem '),
    ...named(data.ofNobody, 'of nobody '),
    ...named(data.undated, 'undated '),
    ['repeated', data.repeated],
    ...Object.entries(data.patientsWith).flatMap(([what, number]): [string, number][] =>
      what in TYPES ? [[`patients with ${TYPES[what]}`, number]] : [],
    ),
    ...changes.map(({ change, before, after, orders: n }): [string, number] => [
      `change ${change} ${before} ${after}`,
      n,
    ]),
  ];
  return Object.fromEntries(counts.filter(([, number]) => number > 0));
}

describe(`a generated history of ${PATIENTS} patients`, () => {
  let truth: Truth;
  let report: SimulationReport;
  beforeAll(async () => {
    truth = writeHistory(folder, PATIENTS);
    writeFileSync(whatIf, WHAT_IF);
    report = reportOf(await run('whole'));
  });

  test('the report counts what is true, all of it', () => {
    expect(countsOf(report)).toEqual(
      Object.fromEntries(Object.entries(truth.counts).filter(([, number]) => number > 0)),
    );
    expect(report.cards.shown).toBeGreaterThan(PATIENTS / 4);
  });

  test('every card is at the order that it is true of', () => {
    const columns = ['patient', 'order', 'date', 'orderClass', 'came', 'card', 'outcome', 'indicator'];
    const told = rowsOf('whole', 'firings.csv').map((row) => columns.map((name) => row[name]).join(' '));
    expect(told.sort()).toEqual([...truth.firings].sort());
  });

  test('what other numbers would change is told order by order', () => {
    const told = rowsOf('whole', 'what-if.csv').map((row) => [row.order, row.change, row.before, row.after].join(' '));
    expect(told.sort()).toEqual([...truth.changes].sort());
  });

  test('every line that cannot be read is named', () => {
    const told = rowsOf('whole', 'problems.csv').map(({ file, line, problem }) => `${file}:${line} ${problem}`);
    expect(told.sort()).toEqual([...truth.problems].sort());
    expect(told.length).toBeGreaterThan(20);
  });

  test('two partitions, merged, are the whole, byte by byte', async () => {
    for (const k of [1, 2]) await run(`part${k}`, { share: { k, n: 2 } });
    await mergeResults([join(dir, 'part2'), join(dir, 'part1')], join(dir, 'merged'));
    expect(filesOf(join(dir, 'merged'))).toEqual(filesOf(join(dir, 'whole')));
  });
});

test('a seed gives one history, and another seed another', () => {
  const [first, again, other] = [1, 1, 2].map((seed, index) => {
    const to = join(dir, `seed${index}`);
    return { truth: writeHistory(to, 40, { seed }), files: filesOf(to) };
  });
  expect(again).toEqual(first);
  expect(other?.files).not.toEqual(first?.files);
});
