import type { OrderChoice, PatientLine, Setup } from '../../workbench/explanation.ts';
import { type Edits, NO_EDITS } from './edits.ts';
import { sided } from './order.ts';
import type { Data, Hook } from './service.ts';
import { texts } from './texts.ts';

/** Everything that is chosen on the left. */
export interface Chosen {
  readonly patientId: string;
  /** Name of a kind of order, `story`, or `typed`. */
  readonly ladder: string;
  readonly order: OrderChoice;
  /** The order is not as it was picked any more. */
  readonly isChanged: boolean;
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
export function firstChosen(setup: Setup): Chosen {
  const { patients } = setup;
  const wanted = new URLSearchParams(location.search).get('patient');
  const kept = history.state as Chosen | null;
  if (kept !== null && kept.patientId === wanted) return kept.isChanged ? kept : { ...kept, ...pick(kept, setup) };
  const patient = patients.find(({ id }) => id === wanted) ?? (patients[0] as PatientLine);
  const chosen: Chosen = { ...ofPatient(patient), hook: 'order-select', data: 'prefetch' };
  if (wanted !== null && wanted !== patient.id) keepChosen(chosen); // nobody is called so
  return chosen;
}

/** A patient with the order of the story and the chart as it is. */
export const ofPatient = ({ id, order }: PatientLine) => ({
  patientId: id,
  ladder: order ? 'story' : 'typed',
  order: order ?? NO_ORDER,
  isChanged: false,
  edits: NO_EDITS,
});

/** The order of the story, or a kind of order, which keeps the patient's reason and side; in the language of the page. */
export function pick(
  { ladder: name, patientId, order }: Pick<Chosen, 'ladder' | 'patientId' | 'order'>,
  { ladder, patients }: Setup,
): Pick<Chosen, 'ladder' | 'order' | 'isChanged'> {
  const story = patients.find(({ id }) => id === patientId)?.order ?? order;
  const kind = ladder.flatMap(({ orders }) => orders).find((one) => one.name === name);
  const picked = { ladder: name, isChanged: false };
  if (name === 'story') return { ...picked, order: story };
  if (kind === undefined) return { ...picked, order: { ...order, what: { text: '' } } };
  const site = texts.order.sited(kind.site, sided(story.site).side);
  return { ...picked, order: { what: kind.what, site, reason: story.reason, priority: 'routine' } };
}

/** Keeps what is chosen in the address and with it, so that it outlives a change of language. */
export function keepChosen(chosen: Chosen): void {
  const address = new URL(location.href);
  address.searchParams.set('patient', chosen.patientId);
  history.replaceState(chosen, '', address);
}
