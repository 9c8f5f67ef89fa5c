import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RawResource } from '../../src/cds-hooks/types.ts';
import { mergeResults } from '../../src/simulate/merge.ts';
import { reportOf, type SimulationReport } from '../../src/simulate/report.ts';
import { reportMarkdown } from '../../src/simulate/report-markdown.ts';
import type { Result } from '../../src/simulate/result.ts';
import { readCsv } from '../../src/simulate/review.ts';
import { type Simulation, simulate } from '../../src/simulate/simulate.ts';
import { filesOf } from '../support/files.ts';
import { type Person, population, writeBulk, writeBundleLines, writeBundles } from '../support/population.ts';

const dir = mkdtempSync(join(tmpdir(), 'rehab-first-simulate-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

let runs = 0;
const newDir = () => join(dir, String(++runs));

interface Run {
  readonly out: string;
  readonly result: Result;
  readonly report: SimulationReport;
  readonly firings: readonly Readonly<Record<string, string>>[];
}

const WHOLE = { share: { k: 1, n: 1 }, workers: 1, seed: 'a', sampleSize: 5, isAll: true, keepWork: false };

async function run(folder: string, more: Partial<Simulation> = {}): Promise<Run> {
  const out = newDir();
  const result = await simulate({ folder, out, knowledge: { dir: 'cards' }, ...WHOLE, ...more }, () => {});
  return { out, result, report: reportOf(result), firings: firingsIn(out) };
}

function firingsIn(out: string): Record<string, string>[] {
  const [header = [], ...rows] = readCsv(readFileSync(join(out, 'firings.csv'), 'utf8'));
  return rows.map((row) => Object.fromEntries(header.map((name, index) => [name, row[index] ?? ''])));
}

function bulk(people: readonly Person[], options = {}): string {
  const folder = newDir();
  writeBulk(folder, people, options);
  return folder;
}

const shownFor = (firings: Run['firings'], { orders }: Person) =>
  firings.filter(({ order = '', came }) => came === 'shown' && orders.includes(order));

describe('a generated population', () => {
  const people = population(54);
  const folder = join(dir, 'people');
  let whole: Run;
  beforeAll(async () => {
    writeBulk(folder, people, { perFile: 300 });
    whole = await run(folder, { partBytes: 400_000 });
  });

  test('every order comes to what its story says', () => {
    const told = people.map(({ id, card, indicator }) => [id, card, indicator]);
    const came = people.map((person) => {
      const [shown] = shownFor(whole.firings, person);
      return [person.id, shown?.orderClass ?? null, shown?.indicator ?? 'silent'];
    });
    expect(came).toEqual(told);
  });

  test('the report counts what the list of firings has', () => {
    const { cards, classes, months, outcomes, orders, patients } = whole.report;
    const shown = whole.firings.filter(({ came }) => came === 'shown').length;
    expect(shown).toBeGreaterThan(30);
    expect(cards.shown).toBe(shown);
    for (const rows of [classes, months, outcomes]) expect(rows.reduce((sum, row) => sum + row.shown, 0)).toBe(shown);
    expect(classes.reduce((sum, row) => sum + row.orders, 0)).toBe(orders.inScope);
    expect(months.reduce((sum, row) => sum + row.orders, 0)).toBe(orders.total);
    expect(cards.perThousandOrders).toBeCloseTo((shown / orders.total) * 1000, 1);
    for (const month of months) expect(month.perThousandOrders).toBeCloseTo((month.shown / month.orders) * 1000, 1);
    expect(patients).toMatchObject({ read: people.length, setAside: {} });
    for (const row of classes) {
      const { orderClass: _, orders: all, ...ends } = row;
      expect(Object.values(ends).reduce((sum, number) => sum + number, 0)).toBe(all);
    }
  });

  test('the Markdown says so', () => {
    const text = reportMarkdown(whole.report);
    expect(text).toContain(`**${whole.report.cards.shown} cards** for ${whole.report.orders.total} orders`);
    expect(text).toMatch(/\| silenced \| active cancer \| \d+ \|/);
    const { classes, cards, criteria, data } = whole.report.identity.titles;
    const titled = { ...classes, ...cards, ...criteria, ...data };
    for (const [id, title] of Object.entries(titled)) if (id !== title) expect(text).not.toContain(`| ${id} |`);
    expect(text).toMatch(/\| physiotherapy or physiotherapy referral, in whatever form \| \d+ \| \d+ % \|/);
    expect(text).toMatch(/\| 2026-11 \| \d+ \| \d+ \| [\d.]+ \|/);
    expect(text).toMatch(/\| physiotherapy \| \d+ \| \d+ \| 0 \|/);
    expect(text).not.toMatch(/undefined|NaN|\[object/);
  });

  test('charts are gone when all is done, and what is left is for its owner alone', () => {
    expect(readdirSync(whole.out).sort()).toEqual(
      ['firings.csv', 'problems.csv', 'result.json', 'sample.csv', 'sample.html'].sort(),
    );
  });

  test('three shares, merged, are the whole, byte by byte', async () => {
    const shares = await Promise.all([1, 2, 3].map((k) => run(folder, { share: { k, n: 3 } })));
    const parts = shares.map(({ report }) => report.patients.read);
    expect(Math.min(...parts)).toBeGreaterThan(0);
    const out = newDir();
    await mergeResults(
      [3, 1, 2].map((k) => shares[k - 1]?.out ?? ''),
      out,
    );
    expect(filesOf(out)).toEqual(filesOf(whole.out));
  });

  test.each([
    ['one Bundle for each patient', (to: string) => writeBundles(to, people)],
    ['packed Bundles', (to: string) => writeBundles(to, people, { gz: true })],
    ['a Bundle a line', (to: string) => writeBundleLines(to, people)],
    [
      'a packed bulk export in other files',
      (to: string) => writeBulk(to, [...people].reverse(), { gz: true, perFile: 77 }),
    ],
  ])('%s gives the same', async (_, write) => {
    const other = newDir();
    write(other);
    expect(filesOf((await run(other)).out)).toEqual(filesOf(whole.out));
  });

  test.each([[1500], [40_000]])('files read in pieces of %d bytes give the same', async (pieceBytes) => {
    expect(filesOf((await run(folder, { pieceBytes })).out)).toEqual(filesOf(whole.out));
  });

  test('the sample depends on the seed alone, and holds the reasons', async () => {
    const other = await run(folder, { seed: 'b' });
    expect(other.result.sample.map(({ firing }) => firing)).not.toEqual(
      whole.result.sample.map(({ firing }) => firing),
    );
    expect(other.firings).toEqual(whole.firings);
    expect(whole.result.sample).toHaveLength(5);
    for (const { explanation } of whole.result.sample) expect(explanation.why).toMatch(/\n {2}when\n/);
  });

  test('what if the site asked for other numbers: cards appear and vanish, and the list says which', async () => {
    const whatIf = join(dir, 'site.yaml');
    writeFileSync(whatIf, 'trochanteric.weeks: 30\nepidural-radicular.weeks: 1\nepidural-radicular.contacts: 1\n');
    const { report, out } = await run(folder, { whatIf });
    expect(report.cards).toEqual(whole.report.cards);
    expect(new Set(report.changes.map(({ change }) => change))).toEqual(new Set(['appears', 'vanishes']));
    const [, ...rows] = readCsv(readFileSync(join(out, 'what-if.csv'), 'utf8'));
    expect(rows).toHaveLength(report.changes.reduce((sum, { orders }) => sum + orders, 0));
    expect(reportMarkdown(report)).toContain('## What if');
  });
});

describe('a run that was ended', () => {
  const people = population(30);
  const more = { partBytes: 300_000 };
  /** Ends the run when a phase has come so far. */
  const endAt = (phase: string, share: number) => (name: string, now: number) => {
    if (name === phase && now >= share) throw new Error('ended');
  };

  test.each([
    ['while judging', 'judging', 0.3],
    ['while reading', 'reading', 0.01],
  ])('%s goes on where it was, and comes to the same', async (_, phase, share) => {
    const folder = bulk(people);
    const whole = await run(folder, more);
    const out = newDir();
    const again = { folder, out, knowledge: { dir: 'cards' }, ...WHOLE, ...more };
    await expect(simulate(again, endAt(phase, share))).rejects.toThrow('ended');
    const seen: [string, number][] = [];
    await simulate(again, (name, now) => void seen.push([name, now]));
    expect(filesOf(out)).toEqual(filesOf(whole.out));
    const judged = seen.filter(([name]) => name === 'judging').map(([, now]) => now);
    const first = (judged[0] ?? 0) * judged.length;
    if (phase === 'reading') expect(first).toBeCloseTo(1);
    else expect(first).toBeGreaterThan(1.5);
    expect(seen.some(([name]) => name === 'reading')).toBe(phase === 'reading');
  });

  test('other data are read anew, and another pack judges the same charts', async () => {
    const folder = bulk(people);
    const out = newDir();
    const site = join(dir, 'other-site.yaml');
    writeFileSync(site, 'trochanteric.weeks: 30\n');
    const phases = async (knowledge: Simulation['knowledge']) => {
      const seen = new Set<string>();
      const again = { folder, out, knowledge, ...WHOLE, ...more, keepWork: true };
      await simulate(again, (name) => void seen.add(name));
      return [...seen];
    };
    expect(await phases({ dir: 'cards' })).toEqual(['reading', 'judging']);
    expect(await phases({ dir: 'cards', siteParameters: site })).toEqual(['judging']);
    expect(await phases({ dir: 'cards' })).toEqual([]);
    rmSync(join(folder, 'Appointment.000.ndjson'));
    expect(await phases({ dir: 'cards' })).toEqual(['reading', 'judging']);
  });
});

describe('then', () => {
  /** The first story, whose order gets a warning on 24 November 2026 as no physiotherapy is on record. */
  const [untreated] = population(1) as [Person];
  const with_ = (...resources: RawResource[]): Person => ({
    ...untreated,
    resources: [...untreated.resources, ...resources],
  });
  const subject = { reference: `Patient/${untreated.id}` };
  const contacts = (...days: string[]) =>
    days.map(
      (performedDateTime, index): RawResource => ({
        resourceType: 'Procedure',
        id: `pt-${index}`,
        status: 'completed',
        subject,
        code: {
          coding: [{ system: 'http://www.ama-assn.org/go/cpt', code: '97110' }],
          text: 'Therapeutic exercise, right hip',
        },
        performedDateTime,
      }),
    );
  const weeks = [
    '2026-09-01',
    '2026-09-08',
    '2026-09-15',
    '2026-09-22',
    '2026-09-29',
    '2026-10-06',
    '2026-10-20',
    '2026-11-03',
  ];
  const cancer = (more: object): RawResource => ({
    resourceType: 'Condition',
    id: 'cancer',
    subject,
    clinicalStatus: { coding: [{ code: 'active' }] },
    code: { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'C50.911' }] },
    ...more,
  });
  const shown = async (person: Person) => {
    const { firings } = await run(bulk([person]));
    return shownFor(firings, person).map(({ card, indicator }) => `${card} ${indicator}`);
  };
  const CARD = ['trochanteric-injection warning'];

  test.each([
    ['as it is', untreated, CARD],
    ['with eight weeks of physiotherapy before', with_(...contacts(...weeks)), []],
    [
      'with the same physiotherapy a year later',
      with_(...contacts(...weeks.map((day) => day.replace('2026', '2027')))),
      CARD,
    ],
    ['with cancer known before', with_(cancer({ recordedDate: '2026-10-01' })), []],
    [
      'with cancer known before, written anew since',
      with_(cancer({ recordedDate: '2026-10-01', meta: { lastUpdated: '2027-05-01T00:00:00Z' } })),
      [],
    ],
    ['with cancer recorded the day after', with_(cancer({ recordedDate: '2026-11-25' })), CARD],
    [
      'with cancer that began before and was recorded after',
      with_(cancer({ onsetDateTime: '2026-01-01', recordedDate: '2026-12-01' })),
      CARD,
    ],
    ['with cancer recorded some time in that month', with_(cancer({ recordedDate: '2026-11' })), CARD],
    ['with cancer of nobody knows when', with_(cancer({})), CARD],
    [
      'with cancer that is over since',
      with_(
        cancer({
          recordedDate: '2026-10-01',
          abatementDateTime: '2026-12-24',
          clinicalStatus: { coding: [{ code: 'resolved' }] },
        }),
      ),
      [],
    ],
  ])('%s', async (_, person, cards) => {
    expect(await shown(person)).toEqual(cards);
  });

  test('what has no date is counted', async () => {
    const { report } = await run(bulk([with_(cancer({}))]));
    expect(report.data.undated).toMatchObject({ Condition: 1 });
  });

  test('the injection that came of the order is no earlier injection', async () => {
    const order = untreated.orders[0] ?? '';
    const done: RawResource = {
      resourceType: 'Procedure',
      id: 'done',
      status: 'completed',
      subject,
      basedOn: [{ reference: order }],
      code: {
        coding: [{ system: 'http://www.ama-assn.org/go/cpt', code: '20611' }],
        text: 'Injection of right trochanteric bursa',
      },
      performedDateTime: '2026-11-24T08:00:00Z',
    };
    expect(await shown(with_(done))).toEqual(CARD);
    const { report } = await run(bulk([with_(done)]));
    expect(report.orders.byType).toEqual((await run(bulk([untreated]))).report.orders.byType);
  });

  test('a second order of the kind within the quiet period gets no other card; after it, it does', async () => {
    const order = untreated.resources.find(
      ({ resourceType, id }) => `${resourceType}/${id}` === untreated.orders[0],
    ) as RawResource;
    const again = (authoredOn: string) => with_({ ...order, id: 'again', authoredOn });
    const came = async (day: string) =>
      (await run(bulk([again(day)]))).firings
        .filter(({ order: one }) => one === 'ServiceRequest/again')
        .map(({ came: how }) => how);
    expect(await came('2026-12-20')).toEqual(['quiet']);
    expect(await came('2027-01-20')).toEqual(['shown']);
  });
});

describe('files that are not whole', () => {
  const people = population(6);
  const conditions = (folder: string) => join(folder, 'Condition.000.ndjson');

  test('a broken line is named, and its patient set aside whole', async () => {
    const folder = bulk(people);
    const lines = readFileSync(conditions(folder), 'utf8').split('\n');
    const at = lines.findIndex((line) => line.includes(`Patient/${people[0]?.id}"`));
    writeFileSync(conditions(folder), lines.map((line, index) => (index === at ? line.slice(0, -9) : line)).join('\n'));
    const { report, firings, out } = await run(folder);
    expect(filesOf((await run(folder, { pieceBytes: 999 })).out)).toEqual(filesOf(out));
    expect(report.patients.setAside).toEqual({ 'a line about them is broken': 1 });
    expect(firings.some(({ patient }) => patient === people[0]?.id)).toBe(false);
    expect(readFileSync(join(out, 'problems.csv'), 'utf8')).toContain(`Condition.000.ndjson,${at + 1},broken`);
    expect(reportMarkdown(report)).toContain('## What could not be read');
  });

  test('an id that is none belongs to nobody, and ends nothing', async () => {
    const folder = bulk(people);
    const odd = ['a\tb', 'a\nb', '', 7].map((id) => `${JSON.stringify({ resourceType: 'Patient', id })}\n`).join('');
    const medication = `${JSON.stringify({ resourceType: 'Medication', id: 'a\tb' })}\n`;
    writeFileSync(join(folder, 'Odd.ndjson'), odd + medication);
    const { report, firings } = await run(folder);
    expect(report.data.ofNobody).toEqual({ Patient: 4 });
    expect(firings).toEqual((await run(bulk(people))).firings);
  });

  test('two lines that have run together set both patients aside', async () => {
    const folder = bulk(people);
    const [first, second] = [people[0]?.id, people[1]?.id];
    const lines = readFileSync(conditions(folder), 'utf8').split('\n');
    const lineOf = (id?: string) => lines.findIndex((line) => line.includes(`"Patient/${id}"`));
    const [one, other] = [lineOf(first), lineOf(second)];
    lines[one] = `${lines[one]?.slice(0, -9)}${lines[other]}`;
    writeFileSync(conditions(folder), lines.filter((_, index) => index !== other).join('\n'));
    const { report } = await run(folder);
    expect(report.patients.setAside).toEqual({ 'a line about them is broken': 2 });
  });

  test('a line of nobody knows whom costs nobody anything but that line', async () => {
    const folder = bulk(people);
    writeFileSync(conditions(folder), `{{{\n${readFileSync(conditions(folder), 'utf8')}`);
    const { report, firings } = await run(folder);
    expect(report.data.problems).toEqual({ 'broken, of nobody knows whom': 1 });
    expect(reportMarkdown(report)).toContain('Of 1 of them nobody knows whose they are');
    expect(firings).toEqual((await run(bulk(people))).firings);
  });

  test.each([
    ['plain', false],
    ['packed', true],
  ])('a %s file that is cut short leaves its type unread for everybody: no card', async (_, gz) => {
    const folder = bulk(people, { gz });
    const file = conditions(folder) + (gz ? '.gz' : '');
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.subarray(0, Math.floor(bytes.length * 0.6)));
    const { report, firings } = await run(folder);
    expect(report.identity.gaps).toEqual(['Condition']);
    expect(firings).toEqual([]);
    expect(report.classes.reduce((sum, { failed }) => sum + failed, 0)).toBeGreaterThan(0);
    expect(report.data.firstProblems).toContainEqual(
      expect.objectContaining({ why: expect.stringContaining('the rest cannot be read') }),
    );
  });

  test('a patient without a Patient resource is set aside', async () => {
    const [first, ...others] = people;
    const half = {
      ...first,
      resources: first?.resources.filter(({ resourceType }) => resourceType !== 'Patient'),
    } as Person;
    const { report } = await run(bulk([half, ...others]));
    expect(report.patients.setAside).toEqual({ 'no Patient resource': 1 });
  });

  test('a broken Bundle is a patient less, and a folder without data is told', async () => {
    const folder = newDir();
    writeBundles(folder, people);
    writeFileSync(join(folder, `${people[0]?.id}.json`), '{"resourceType": "Bundle", "entry": [');
    expect((await run(folder)).report.patients.read).toBe(5);
    const empty = newDir();
    mkdirSync(empty);
    await expect(run(empty)).rejects.toThrow(/holds no .ndjson or .json file/);
    await expect(run(join(empty, 'nowhere'))).rejects.toThrow(/is no folder/);
  });

  test('what an earlier run left below the folder is no data', async () => {
    const folder = bulk(people);
    const more = { folder, knowledge: { dir: 'cards' }, ...WHOLE, out: join(folder, 'simulation') };
    const first = await simulate(more, () => {});
    expect(await simulate(more, () => {})).toEqual(first);
  });

  test('types that the folder does not hold are not taken for none, unless it is said to be complete', async () => {
    const folder = bulk(people);
    rmSync(join(folder, 'Procedure.000.ndjson'));
    rmSync(join(folder, 'Encounter.000.ndjson'));
    const { report } = await run(folder, { isAll: false });
    expect(report.identity.gaps).toEqual(expect.arrayContaining(['Procedure', 'Encounter']));
    expect(report.outcomes.filter(({ indicator }) => indicator === 'warning')).toEqual([]);
    expect((await run(folder)).report.identity.gaps).toEqual([]);
  });
});

test('a drug that an order refers to is found, wherever the export keeps it', async () => {
  const [person] = population(1) as [Person];
  const subject = { reference: `Patient/${person.id}` };
  const order: RawResource = {
    resourceType: 'MedicationRequest',
    id: 'injectable',
    status: 'completed',
    intent: 'order',
    subject,
    medicationReference: { reference: 'Medication/kenalog' },
    authoredOn: '2026-11-10',
    dosageInstruction: [{ text: 'inject into right trochanteric bursa', route: { text: 'intrabursal injection' } }],
  };
  const medication: RawResource = {
    resourceType: 'Medication',
    id: 'kenalog',
    code: { text: 'triamcinolone acetonide 40 mg/mL injection' },
  };
  const inScope = async (more: RawResource[]) =>
    (await run(bulk([{ ...person, resources: [...person.resources, ...more] }]))).report.orders.inScope;
  expect(await inScope([order, medication])).toBe((await inScope([order])) + 1);
});

test('merging tells what is missing, twice or strange', async () => {
  const folder = bulk(population(3));
  const [first, second, other] = await Promise.all([
    run(folder, { share: { k: 1, n: 2 } }),
    run(folder, { share: { k: 2, n: 2 } }),
    run(folder, { share: { k: 2, n: 2 }, seed: 'b' }),
  ]);
  const merged = (...runs: Run[]) =>
    mergeResults(
      runs.map(({ out }) => out),
      newDir(),
    );
  await expect(merged(first)).rejects.toThrow(/2 shares these are missing: 2/);
  await expect(merged(first, second, second)).rejects.toThrow(/twice/);
  await expect(merged(first, other)).rejects.toThrow(/another simulation/);
  await expect(mergeResults([folder], newDir())).rejects.toThrow(/no simulation was finished there/);
});
