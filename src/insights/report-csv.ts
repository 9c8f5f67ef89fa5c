import { NUMBERS } from './counts.ts';
import { csvLine } from './csv.ts';
import type { Cell, Report } from './report.ts';

/** The report's cells, one a line: card, version, client and week, with a column for each suggestion and each reason there was. */
export function reportCsv({ cells }: Report): string {
  const suggestions = namesIn(cells, 'suggestions');
  const reasons = namesIn(cells, 'reasons');
  const header = [
    'card',
    'version',
    'client',
    'week',
    ...NUMBERS,
    'answer_seconds_median',
    'answer_seconds_p90',
    ...suggestions.map((name) => `accepted:${name}`),
    ...reasons.map((name) => `overridden:${name}`),
  ];
  const lines = cells.map((cell) => [
    cell.card,
    cell.version,
    cell.client,
    cell.week,
    ...NUMBERS.map((name) => cell[name]),
    cell.answerTime?.median,
    cell.answerTime?.p90,
    ...suggestions.map((name) => cell.suggestions[name] ?? 0),
    ...reasons.map((name) => cell.reasons[name] ?? 0),
  ]);
  return [header, ...lines].map(csvLine).join('');
}

const namesIn = (cells: readonly Cell[], of: 'suggestions' | 'reasons'): string[] =>
  [...new Set(cells.flatMap((cell) => Object.keys(cell[of])))].sort();
