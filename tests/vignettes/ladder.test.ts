import { describe, expect, test } from 'vitest';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import type { CardDefinition, Vignette, VignetteFile } from '../../src/knowledge/types.ts';
import { runVignette } from '../../src/vignettes/run.ts';

/**
 * The whole ladder on one page: every kind of order, and what it is answered for the same five patients. Each row starts from the order and
 * the chart that the vignettes of its card start from.
 */
const knowledge = loadKnowledge({ dir: 'cards' });
const active = knowledge.cards.filter(({ status }) => status === 'active');
const limits = active.filter(({ id }) => id.endsWith('-limit'));
const rows = active.filter((card) => !limits.includes(card)).sort((a, b) => a.orderClass.rank - b.orderClass.rank);

type Lines = NonNullable<Vignette['add']>;
const ONE_CONTACT: Lines = [{ Procedure: 'cpt|97110', on: '3 weeks ago' }];
/** Weekly for half a year: enough for every row. */
const LONG_CARE: Lines = [{ Procedure: 'cpt|97110', on: '26 dates from 182 days ago to 7 days ago' }];
const RETENTION: Lines = [{ Condition: 'icd10cm|R33.9', recorded: '1 day ago' }];

const COLUMNS = ['none', 'partial', 'adequate', 'red flag', 'limit'] as const;
type Column = (typeof COLUMNS)[number];

const SURGERY = 'evidence 7.6 limits injections and radiofrequency only';
const PLASMA = 'evidence 7.6 has no row for plasma';
/** Cells that cannot be filled, and why. */
const NO_LIMIT: Readonly<Record<string, string>> = {
  'lumbar-discectomy': SURGERY,
  'lumbar-decompression': SURGERY,
  'lumbar-fusion': SURGERY,
  'sacroiliac-fusion': SURGERY,
  'gluteal-tendon-repair': SURGERY,
  'trochanteric-bursectomy': SURGERY,
  'piriformis-release': SURGERY,
  'prp-gluteal': PLASMA,
  'prp-spine': PLASMA,
};

const fileOf = (card: CardDefinition): VignetteFile => {
  const file = knowledge.vignettes.find((one) => one.card === card.id);
  if (file === undefined) throw new Error(`${card.id} has no vignettes`);
  return file;
};

/** What a card comes to for its own first patient with more on record. */
function outcomeOf(card: CardDefinition, add: Lines): string {
  const file = fileOf(card);
  const one: VignetteFile = { ...file, content: { ...file.content, vignettes: [{ name: 'row', add, expect: '' }] } };
  return runVignette(one, 0, knowledge).actual;
}

/** Four sessions of the very thing that is ordered, within a year; for the piriformis, which has no count of its own, of steroid anywhere. */
function sessionsOf(card: CardDefinition): Lines {
  const { code, bodySite, reason } = fileOf(card).content.order;
  const on = ['330 days ago', '250 days ago', '180 days ago', '30 days ago'];
  return card.id === 'piriformis-limit'
    ? [{ MedicationAdministration: 'rxnorm|10759', route: 'snomed|12130007', site: 'right knee', on }]
    : [{ Procedure: code, ...(bodySite !== undefined && { bodySite }), reason, on }];
}

function cellOf(card: CardDefinition, column: Column): string {
  if (column === 'none') return outcomeOf(card, []);
  if (column === 'partial') return outcomeOf(card, ONE_CONTACT);
  if (column === 'adequate') return outcomeOf(card, LONG_CARE);
  if (column === 'red flag') return outcomeOf(card, RETENTION);
  const limit = limits.find(({ orderClass }) => orderClass === card.orderClass);
  if (limit === undefined) return `- (${NO_LIMIT[card.orderClass.name] ?? 'no reason given'})`;
  return outcomeOf(limit, sessionsOf(limit));
}

const table = rows.map((card) => ({ card, cells: COLUMNS.map((column) => cellOf(card, column)) }));

function printed(): string {
  const lines = [
    ['order class: card', ...COLUMNS],
    ...table.map(({ card, cells }) => [`${card.orderClass.name}: ${card.id}`, ...cells]),
  ];
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? [];
  return lines.map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')).join('\n');
}

test('is printed, once', () => {
  if (process.env.TZ === 'America/New_York') console.log(`What each order is answered:\n${printed()}`);
  expect(table.length).toBeGreaterThan(0);
});

test('has a row for every kind of order that gets cards', () => {
  const live = new Set(active.map(({ orderClass }) => orderClass.name));
  expect(new Set(table.map(({ card }) => card.orderClass.name))).toEqual(live);
});

describe.each(table.map(({ card, cells }) => [card.id, card, cells] as const))('%s', (_, card, cells) => {
  const [none, partial, adequate, redFlag, limit] = cells;
  // Rows of evidence 7.3 that stay information; the others warn when nothing was done.
  const isQuiet = ['trigger-point', 'piriformis-injection', 'prp-spine', 'fusion-instability'].includes(card.id);
  const isSurgery = card.orderClass.rank >= 73;

  test('nothing done: speaks', () => {
    expect(none).toMatch(isQuiet ? /^info / : /^warning /);
  });

  test('something done: speaks, as a warning before surgery alone', () => {
    expect(partial).toMatch(isSurgery && !isQuiet ? /^warning / : /^info /);
  });

  test('enough done: silent, or one line where the procedure itself has little behind it', () => {
    const says = ['epidural-stenosis', 'epidural-axial', 'prp-gluteal', 'prp-spine'].includes(card.id);
    expect(adequate).toMatch(says ? /^info / : /^silent /);
  });

  test('a red flag: silent', () => {
    expect(redFlag).toBe('silent cauda-equina');
  });

  test('sessions at the limit: speaks, or a reason is given why there is none', () => {
    expect(limit).toMatch(/^(?:warning|info) |^- \(evidence 7\.6/);
  });
});
