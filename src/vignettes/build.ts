import type { OrderContext, RawResource } from '../cds-hooks/types.ts';
import type { Slice, SliceDefinition } from '../chart/slice.ts';
import type { Vignette, VignetteContent } from '../knowledge/types.ts';
import { rate } from '../orders/rating.ts';
import { vignetteDate, vignetteDates } from './dates.ts';
import { concept, conceptOf, KINDS, type Line, optional } from './kinds.ts';

const PATIENT_ID = 'vignette';
/** Birth date of a patient of whom nothing else is said. */
const BORN = '1970-06-15';
const SUBJECT = { reference: `Patient/${PATIENT_ID}` };
/** Resource types that say `patient` where others say `subject`. */
const PATIENT_TYPES = new Set(['AllergyIntolerance', 'ExplanationOfBenefit']);
/** What a vignette's order may say. */
export const ORDER_KEYS = [
  'code',
  'medication',
  'text',
  'bodySite',
  'reason',
  'reasonReference',
  'priority',
  'intent',
  'note',
  'route',
  'rating',
];

/** A vignette as the call it stands for. @throws Error naming what it does not understand. */
export function buildVignette(
  base: VignetteContent,
  vignette: Vignette,
  today: number,
  definitions: Iterable<SliceDefinition>,
): { context: OrderContext; slices: Map<string, Slice> } {
  const slices = new Map<string, Slice>();
  const lines = [...(vignette.chart ?? base.chart ?? []), ...(vignette.add ?? [])];
  const resources = lines.flatMap((line, index) => buildLine(line, `v${index}`, today));
  if (!resources.some(({ resource }) => resource.resourceType === 'Patient')) {
    resources.push({ resource: { resourceType: 'Patient', id: PATIENT_ID, birthDate: BORN } });
  }
  for (const { name, type, template } of definitions) {
    const isRead = !template.includes('?');
    const mine =
      isRead && type === 'Encounter'
        ? currentEncounter(vignette)
        : resources
            .filter(({ resource, slice }) => resource.resourceType === type && (slice === undefined || slice === name))
            .map(({ resource }) => resource);
    slices.set(name, {
      state: vignette.partial?.includes(name) ? 'partial' : 'complete',
      resources: mine,
      included: [],
    });
    if (vignette.unavailable?.includes(name))
      slices.set(name, { state: 'unavailable', reason: 'the vignette says so' });
  }
  const placed = resources.flatMap(({ slice }) => slice ?? []);
  for (const name of [...(vignette.unavailable ?? []), ...(vignette.partial ?? []), ...placed]) {
    if (!slices.has(name)) throw new Error(`"${name}" is not a slice (known: ${[...slices.keys()].join(', ')})`);
  }
  // A drug order shares nothing with an order of a procedure but its reason.
  const { reason } = base.order;
  const isOtherKind = vignette.order?.medication !== undefined && base.order.medication === undefined;
  const started = isOtherKind ? { ...(reason !== undefined && { reason }) } : base.order;
  const order = buildOrder({ ...started, ...vignette.order }, 'draft-1');
  const others = (vignette.drafts ?? []).map((one, index) => buildOrder(one, `draft-${index + 2}`));
  const context: OrderContext = {
    userId: 'Practitioner/vignette',
    patientId: PATIENT_ID,
    ...(vignette.encounter !== undefined && { encounterId: 'now' }),
    selections: [`${order.resourceType}/draft-1`],
    draftOrders: { entry: [order, ...others].map((resource) => ({ resource })) },
  };
  return { context, slices };
}

function currentEncounter({ encounter }: Vignette): RawResource[] {
  if (encounter === undefined) return [];
  const told: { class: string; priority?: string } = typeof encounter === 'string' ? { class: encounter } : encounter;
  const priority = told.priority === undefined ? {} : { priority: { coding: [{ code: told.priority }] } };
  return [{ resourceType: 'Encounter', id: 'now', status: 'in-progress', class: { code: told.class }, ...priority }];
}

function buildLine(line: Line, id: string, today: number): { resource: RawResource; slice?: string }[] {
  const [type = '', what] = Object.entries(line)[0] ?? [];
  const slice = line.slice === undefined ? {} : { slice: String(line.slice) };
  if (type === 'Patient') {
    refuseUnknown(line, ['Patient', 'born']);
    const born =
      line.born === 'unknown'
        ? {}
        : { birthDate: line.born === undefined ? BORN : vignetteDate(String(line.born), today) };
    return [{ resource: { resourceType: 'Patient', id: PATIENT_ID, ...optional('gender', what), ...born } }];
  }
  const kind = KINDS[type];
  if (kind === undefined)
    throw new Error(
      `a line of a chart begins with a resource type (Patient, ${Object.keys(KINDS).join(', ')}), not "${type}"`,
    );
  refuseUnknown(line, [type, 'id', 'slice', ...kind.keys]);
  const dates = line.on === undefined ? [undefined] : vignetteDates(line.on, today);
  return dates.map((date, index) => ({
    resource: {
      resourceType: type,
      id: line.id === undefined ? `${id}-${index}` : String(line.id),
      ...(PATIENT_TYPES.has(type) ? { patient: SUBJECT } : { subject: SUBJECT }),
      ...kind.build(line, what, date, today),
    },
    ...slice,
  }));
}

function buildOrder(order: Line, id: string): RawResource {
  refuseUnknown(order, ORDER_KEYS);
  const { code, medication, text, bodySite, reason, reasonReference, priority, intent = 'order', note, route } = order;
  const { rating } = order;
  const isDrug = medication !== undefined;
  if (isDrug && bodySite !== undefined)
    throw new Error('"bodySite" goes with a code; a drug says where in its text, reason or route');
  if (!isDrug && route !== undefined) throw new Error('"route" goes with a medication');
  const named = [isDrug ? medication : code, text].flat().filter((one) => one !== undefined && one !== null);
  const reasons = reason === undefined || reason === null ? [] : Array.isArray(reason) ? reason : [reason];
  return {
    resourceType: isDrug ? 'MedicationRequest' : 'ServiceRequest',
    id,
    status: 'draft',
    intent,
    subject: SUBJECT,
    [isDrug ? 'medicationCodeableConcept' : 'code']: concept(named),
    ...(isDrug
      ? route === undefined
        ? {}
        : { dosageInstruction: [conceptOf('route', route)] }
      : conceptOf('bodySite', bodySite, true)),
    ...(reasons.length > 0 && { reasonCode: reasons.map(concept) }),
    ...optional('reasonReference', reasonReference === undefined ? undefined : [{ reference: reasonReference }]),
    ...optional('priority', priority),
    ...optional('note', note === undefined ? undefined : [{ text: note }]),
    ...optional('extension', rating === undefined ? undefined : rate({}, String(rating))),
  };
}

function refuseUnknown(line: Line, known: readonly string[]): void {
  const unknown = Object.keys(line).find((key) => !known.includes(key));
  if (unknown !== undefined) throw new Error(`"${unknown}" is not known here (known: ${known.join(', ')})`);
}
