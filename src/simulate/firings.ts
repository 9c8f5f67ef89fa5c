import { csvLine } from '../insights/csv.ts';

/** One card that fires for a historical order. */
export interface Firing {
  readonly patient: string;
  readonly order: string;
  readonly date: string;
  readonly orderClass: string;
  /** `quiet`: the same kind of order had a card shortly before. `draft`: a card on trial, which nobody sees. */
  readonly came: 'shown' | 'quiet' | 'draft';
  readonly card: string;
  readonly version: string;
  readonly outcome: string;
  readonly indicator: string;
  readonly recognisedBy: string;
  readonly summary: string;
}

/** An order that two packs answer differently. */
export interface Change {
  readonly patient: string;
  readonly order: string;
  readonly date: string;
  readonly change: 'appears' | 'vanishes' | 'changes';
  readonly before: string;
  readonly after: string;
}

const COLUMNS = [
  'patient',
  'order',
  'date',
  'orderClass',
  'came',
  'card',
  'version',
  'outcome',
  'indicator',
  'recognisedBy',
  'summary',
] as const;
const CHANGE_COLUMNS = ['patient', 'order', 'date', 'change', 'before', 'after'] as const;

export const FIRINGS_HEADER = csvLine([...COLUMNS]);
export const CHANGES_HEADER = csvLine([...CHANGE_COLUMNS]);
export const firingLine = (firing: Firing): string => csvLine(COLUMNS.map((name) => firing[name]));
export const changeLine = (change: Change): string => csvLine(CHANGE_COLUMNS.map((name) => change[name]));

/** How a clinician would see the difference; undefined where there is none. */
export function changeOf(
  patient: string,
  order: string,
  date: string,
  before: Firing | undefined,
  after: Firing | undefined,
): Change | undefined {
  const [was, is] = [before, after].map((one) =>
    one?.came === 'shown' ? `${one.card} ${one.outcome} (${one.indicator})` : '',
  );
  if (was === is || was === undefined || is === undefined) return undefined;
  const change = was === '' ? 'appears' : is === '' ? 'vanishes' : 'changes';
  return { patient, order, date, change, before: was, after: is };
}
