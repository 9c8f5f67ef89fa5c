import type { OrderChoice, PatientLine, Setup } from '../../workbench/explanation.ts';
import { type Edits, NO_EDITS } from './edits.ts';
import type { Data, Hook } from './service.ts';

/** Everything that is chosen on the left. */
export interface Chosen {
  readonly patientId: string;
  /** Name of a kind of order, `story`, or `typed`. */
  readonly ladder: string;
  readonly order: OrderChoice;
  readonly hook: Hook;
  readonly data: Data;
  readonly edits: Edits;
}

/** What every part of the choices is given. */
export interface ChoicesProps {
  readonly setup: Setup;
  readonly chosen: Chosen;
  readonly choose: (next: Chosen) => void;
}

const NO_ORDER: OrderChoice = { what: { text: '' }, site: '', reason: { text: '' }, priority: 'routine' };

/** What is chosen at first: as it was before the page was read again, else the patient that the address names, else the first one. */
export function firstChosen({ patients }: Setup): Chosen {
  const wanted = new URLSearchParams(location.search).get('patient');
  const kept = history.state as Chosen | null;
  if (kept !== null && kept.patientId === wanted) return kept;
  const patient = patients.find(({ id }) => id === wanted) ?? (patients[0] as PatientLine);
  return { ...ofPatient(patient), hook: 'order-select', data: 'prefetch' };
}

/** A patient with the order of the story and the chart as it is. */
export const ofPatient = ({ id, order }: PatientLine) => ({
  patientId: id,
  ladder: order ? 'story' : 'typed',
  order: order ?? NO_ORDER,
  edits: NO_EDITS,
});

/** Keeps what is chosen in the address and with it, so that it outlives a change of language. */
export function keepChosen(chosen: Chosen): void {
  const address = new URL(location.href);
  address.searchParams.set('patient', chosen.patientId);
  history.replaceState(chosen, '', address);
}
