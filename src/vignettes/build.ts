import type { OrderContext, RawResource } from '../cds-hooks/types.ts';
import type { Slice, SliceDefinition } from '../chart/slice.ts';
import type { Vignette, VignetteContent } from '../knowledge/types.ts';
import { SYSTEMS } from '../terminology/systems.ts';
import { vignetteDate, vignetteDates } from './dates.ts';

type Line = Readonly<Record<string, unknown>>;

const PATIENT_ID = 'vignette';
/** Birth date of a patient of whom nothing else is said. */
const BORN = '1970-06-15';
const SUBJECT = { reference: `Patient/${PATIENT_ID}` };
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
];

/** `system|code` with a short system name or a URI, or plain words, or several of these, as a CodeableConcept. */
function concept(value: unknown): object {
  const parts = (Array.isArray(value) ? value : [value]).map(String);
  const coding = parts.flatMap((part) => {
    const bar = part.lastIndexOf('|');
    if (bar < 0) return [];
    const system = part.slice(0, bar);
    if (SYSTEMS[system] === undefined && !system.includes(':'))
      throw new Error(`"${system}" is not a code system (known: ${Object.keys(SYSTEMS).join(', ')})`);
    return [{ system: SYSTEMS[system] ?? system, code: part.slice(bar + 1) }];
  });
  const text = parts.filter((part) => !part.includes('|')).join(', ');
  return { ...(coding.length > 0 && { coding }), ...(text !== '' && { text }) };
}

const optional = (name: string, value: unknown): object => (value === undefined ? {} : { [name]: value });
const conceptOf = (name: string, value: unknown, asList = false): object =>
  value === undefined || value === null ? {} : { [name]: asList ? [concept(value)] : concept(value) };

interface Kind {
  readonly keys: readonly string[];
  readonly build: (line: Line, what: unknown, date: string | undefined, today: number) => object;
}

/** Each resource type a vignette's chart may hold, the keys it takes beside `id` and `slice`, and the resource it stands for. */
const KINDS: Readonly<Record<string, Kind>> = {
  Condition: {
    keys: ['onset', 'recorded', 'status', 'verification', 'bodySite', 'note'],
    build: ({ onset, recorded, status = 'active', verification = 'confirmed', bodySite, note }, what, _, today) => ({
      code: concept(what),
      ...(status !== 'absent' && { clinicalStatus: { coding: [{ code: status }] } }),
      verificationStatus: { coding: [{ code: verification }] },
      ...optional('onsetDateTime', onset === undefined ? undefined : vignetteDate(String(onset), today)),
      ...optional('recordedDate', recorded === undefined ? undefined : vignetteDate(String(recorded), today)),
      ...conceptOf('bodySite', bodySite, true),
      ...optional('note', note === undefined ? undefined : [{ text: note }]),
    }),
  },
  Procedure: {
    keys: ['on', 'status', 'bodySite', 'reason', 'outcome', 'note'],
    build: ({ status = 'completed', bodySite, reason, outcome, note }, what, date) => ({
      code: concept(what),
      status,
      ...optional('performedDateTime', date),
      ...conceptOf('bodySite', bodySite, true),
      ...conceptOf('reasonCode', reason, true),
      ...conceptOf('outcome', outcome),
      ...optional('note', note === undefined ? undefined : [{ text: note }]),
    }),
  },
  Encounter: {
    keys: ['on', 'status', 'reason'],
    build: ({ status = 'finished', reason }, what, date) => ({
      type: [concept(what)],
      status,
      class: { code: 'AMB' },
      ...optional('period', date === undefined ? undefined : { start: date }),
      ...conceptOf('reasonCode', reason, true),
    }),
  },
  Appointment: {
    keys: ['on', 'status'],
    build: ({ status = 'fulfilled' }, what, date) => ({
      serviceType: [concept(what)],
      status,
      ...optional('start', date),
    }),
  },
  CarePlan: {
    keys: ['on', 'status'],
    build: ({ status = 'completed' }, what, date) => ({
      status: 'active',
      intent: 'plan',
      activity: [
        {
          detail: {
            code: concept(what),
            status,
            ...optional('scheduledPeriod', date === undefined ? undefined : { start: date }),
          },
        },
      ],
    }),
  },
  ServiceRequest: {
    keys: ['on', 'status', 'reason', 'bodySite'],
    build: ({ status = 'active', reason, bodySite }, what, date) => ({
      code: concept(what),
      status,
      intent: 'order',
      ...optional('authoredOn', date),
      ...conceptOf('reasonCode', reason, true),
      ...conceptOf('bodySite', bodySite, true),
    }),
  },
  MedicationRequest: {
    keys: ['on', 'status', 'reason', 'route', 'dosage'],
    build: ({ status = 'active', reason, route, dosage }, what, date) => ({
      medicationCodeableConcept: concept(what),
      status,
      intent: 'order',
      ...optional('authoredOn', date),
      ...conceptOf('reasonCode', reason, true),
      ...(route === undefined && dosage === undefined
        ? {}
        : { dosageInstruction: [{ ...conceptOf('route', route), ...optional('text', dosage) }] }),
    }),
  },
  MedicationAdministration: {
    keys: ['on', 'status', 'reason', 'route', 'site'],
    build: ({ status = 'completed', reason, route, site }, what, date) => ({
      medicationCodeableConcept: concept(what),
      status,
      ...optional('effectiveDateTime', date),
      ...conceptOf('reasonCode', reason, true),
      dosage: { ...conceptOf('route', route), ...conceptOf('site', site) },
    }),
  },
  Observation: {
    keys: ['on', 'status', 'value', 'unit', 'answer', 'category', 'comparator'],
    build: ({ status = 'final', value, unit, answer, category, comparator }, what, date) => ({
      code: concept(what),
      status,
      ...optional('effectiveDateTime', date),
      ...conceptOf('category', category, true),
      ...optional(
        'valueQuantity',
        value === undefined ? undefined : { value, ...optional('unit', unit), ...optional('comparator', comparator) },
      ),
      ...optional('valueString', answer),
    }),
  },
  DiagnosticReport: {
    keys: ['on', 'status', 'conclusion'],
    build: ({ status = 'final', conclusion }, what, date) => ({
      code: concept(what),
      status,
      ...optional('effectiveDateTime', date),
      ...optional('conclusion', conclusion),
    }),
  },
  AllergyIntolerance: {
    keys: ['status'],
    build: ({ status = 'active' }, what) => ({ code: concept(what), clinicalStatus: { coding: [{ code: status }] } }),
  },
};

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
      ...(type === 'AllergyIntolerance' ? { patient: SUBJECT } : { subject: SUBJECT }),
      ...kind.build(line, what, date, today),
    },
    ...slice,
  }));
}

function buildOrder(order: Line, id: string): RawResource {
  refuseUnknown(order, ORDER_KEYS);
  const { code, medication, text, bodySite, reason, reasonReference, priority, intent = 'order', note, route } = order;
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
  };
}

function refuseUnknown(line: Line, known: readonly string[]): void {
  const unknown = Object.keys(line).find((key) => !known.includes(key));
  if (unknown !== undefined) throw new Error(`"${unknown}" is not known here (known: ${known.join(', ')})`);
}
