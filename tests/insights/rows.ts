import type { CardRecord, KeptDecision, KeptFeedback } from '../../src/store/store.ts';

export const START = Date.parse('2026-11-02T09:00:00Z'); // a Monday
export const at = (minutes: number): Date => new Date(START + minutes * 60_000);
const NORTH = { client: 'north', tenant: 'ward' };

/** A card that was shown as `uuid`. */
export const shownCard = (uuid: string, more: Partial<CardRecord> = {}): CardRecord => ({
  card: 'hip',
  version: '1.0.0',
  orderClass: 'hip-injection',
  verdict: 'fires',
  disposition: 'shown',
  outcome: 'rehab-first',
  indicator: 'warning',
  uuid,
  references: ['Condition/1'],
  ...more,
});

/** A card that fired and was not shown, or did not fire. */
export function unshownCard(more: Partial<Omit<CardRecord, 'uuid'>> = {}): CardRecord {
  const { uuid: _, disposition: __, ...card } = shownCard('');
  return { ...card, ...more };
}

export const decision = (
  hookInstance: string,
  cards: readonly CardRecord[],
  more: Partial<KeptDecision> = {},
): KeptDecision => ({
  ...NORTH,
  id: hookInstance,
  time: at(0),
  hookInstance,
  hook: 'order-select',
  service: 'select',
  knowledge: 'sha256:1',
  patientHmac: 'a'.repeat(64),
  orderClasses: ['hip-injection'],
  cards,
  timings: {},
  ...more,
});

let numbered = 0;
const feedback = (card: string, minutes: number, more: Partial<KeptFeedback>): KeptFeedback => ({
  ...NORTH,
  id: String(++numbered),
  card,
  outcome: 'overridden',
  accepted: [],
  answered: at(minutes),
  said: at(minutes),
  received: at(minutes),
  ...more,
});

export const accepted = (card: string, minutes = 1, more: Partial<KeptFeedback> = {}): KeptFeedback =>
  feedback(card, minutes, { outcome: 'accepted', accepted: [`${card}/refer`], ...more });

export const overridden = (card: string, minutes = 1, code?: string, more: Partial<KeptFeedback> = {}): KeptFeedback =>
  feedback(card, minutes, { ...(code !== undefined && { reason: { code } }), ...more });

/** Rows as a store would read them. */
export async function* rows<T>(list: readonly T[]): AsyncGenerator<T> {
  yield* list;
}
