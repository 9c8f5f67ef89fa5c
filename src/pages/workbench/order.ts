import type { Action } from '../../cds-hooks/types.ts';
import type { CodedText, OrderChoice } from '../../workbench/explanation.ts';
import type { Resource } from './chart.ts';

/** A CodeableConcept. */
export const conceptOf = ({ text, code, system }: CodedText) => ({
  ...(code && { coding: [{ ...(system && { system }), code }] }),
  ...(text && { text }),
});

/** The code system of drugs, whose orders are MedicationRequests. */
export const RXNORM = 'http://www.nlm.nih.gov/research/umls/rxnorm';

/** Id of the draft that the order form stands for. */
export const OWN_DRAFT = 'draft-1';

/** The draft that the order form stands for. */
export function draftOf({ what, site, reason, priority }: OrderChoice, patientId: string, today: string): Resource {
  const place = site.trim() === '' ? undefined : { text: site.trim() };
  const draft = {
    id: OWN_DRAFT,
    status: 'draft',
    intent: 'order',
    priority,
    subject: { reference: `Patient/${patientId}` },
    authoredOn: today,
    ...((reason.text || reason.code) && { reasonCode: [conceptOf(reason)] }),
  };
  if (what.system === RXNORM)
    return {
      ...draft,
      resourceType: 'MedicationRequest',
      medicationCodeableConcept: conceptOf(what),
      ...(place && { dosageInstruction: [{ site: place }] }),
    };
  return { ...draft, resourceType: 'ServiceRequest', code: conceptOf(what), ...(place && { bodySite: [place] }) };
}

/** The words that orders give a side by, in the languages of the pages. */
const SIDE = /,?\s*(?:\blado )?\b(left|right|izquierd[oa]|derech[oa])\b\s*/i;

/** A body site, taken apart into side and place. */
export function sided(site: string): { readonly side: '' | 'left' | 'right'; readonly place: string } {
  const said = SIDE.exec(site)?.[1];
  if (said === undefined) return { side: '', place: site };
  return {
    side: /^[li]/i.test(said) ? 'left' : 'right',
    place: site.replace(SIDE, (words, _, at) => (at === 0 || at + words.length === site.length ? '' : ' ')),
  };
}

export const referenceOf = ({ resourceType, id }: Resource): string => `${resourceType}/${id}`;

/** The drafts after the actions of a suggestion, in their order. What names no draft changes nothing. */
export const applyActions = (drafts: readonly Resource[], actions: readonly Action[]): readonly Resource[] =>
  actions.reduce(applyAction, drafts);

function applyAction(drafts: readonly Resource[], { type, resource, resourceId }: Action): readonly Resource[] {
  if (type === 'delete') return drafts.filter((one) => referenceOf(one) !== resourceId);
  const given = resource as Resource | undefined;
  if (given === undefined) return drafts;
  if (type === 'update') return drafts.map((one) => (referenceOf(one) === referenceOf(given) ? given : one));
  return drafts.concat({ ...given, id: given.id ?? `draft-${drafts.length + 1}` });
}

/** What a draft is called. */
export function nameOf(draft: Resource): string {
  const concept = (draft.code ?? draft.medicationCodeableConcept) as
    | { text?: string; coding?: { display?: string; code?: string }[] }
    | undefined;
  const [coding] = concept?.coding ?? [];
  return concept?.text ?? coding?.display ?? coding?.code ?? draft.resourceType;
}
