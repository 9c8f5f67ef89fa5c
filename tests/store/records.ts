import type { Feedback } from '../../src/cds-hooks/types.ts';
import type { CardRecord, DecisionRecord } from '../../src/store/store.ts';
import { NOW } from './engines.ts';

export const CALLER = { client: 'north-hospital', tenant: 'ward-1' };
export const PATIENT = { ...CALLER, patient: 'patient-margaret' };

export const uuid = (number: number): string => `00000000-0000-5000-8000-${String(number).padStart(12, '0')}`;

export const aCard = (changes: Partial<CardRecord> = {}): CardRecord => ({
  card: 'gluteal-injection',
  version: '1.0.0',
  orderClass: 'trochanteric-gluteal-injection',
  verdict: 'fires',
  outcome: 'rehab-first',
  indicator: 'warning',
  disposition: 'shown',
  uuid: uuid(1),
  references: ['Condition/gtps', 'ServiceRequest/draft-1'],
  ...changes,
});

export const aDecision = (changes: Partial<DecisionRecord> = {}): DecisionRecord => ({
  ...PATIENT,
  time: NOW,
  hookInstance: 'd1577c69-dfbe-44ad-ba6d-3e05e953b2ea',
  hook: 'order-select',
  service: 'rehab-first-order-select',
  knowledge: 'sha256:3f6c',
  orderClasses: ['trochanteric-gluteal-injection'],
  cards: [aCard()],
  timings: { assemble: 12.5, decide: 0.4 },
  ...changes,
});

export const overridden = (changes: Partial<Feedback> = {}): Feedback => ({
  card: uuid(1),
  outcome: 'overridden',
  overrideReason: { reason: { system: 'https://example.org/reasons', code: 'rehab-done-elsewhere' } },
  outcomeTimestamp: '2026-03-01T11:59:00Z',
  ...changes,
});

export const accepted = (changes: Partial<Feedback> = {}): Feedback => ({
  card: uuid(1),
  outcome: 'accepted',
  acceptedSuggestions: [{ id: 'suggestion-1' }],
  outcomeTimestamp: '2026-03-01T11:59:30Z',
  ...changes,
});

export const daysBefore = (days: number, from = NOW): Date => new Date(from.getTime() - days * 86_400_000);
