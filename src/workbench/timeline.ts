import type { Chart } from '../chart/chart.ts';
import type { Entry } from '../chart/entry.ts';
import { isoDay, parseFhirDate } from '../clinical/dates.ts';
import type { ServiceDefinition } from '../knowledge/types.ts';
import { text } from '../logic/json.ts';
import type { Terminology } from '../terminology/terminology.ts';
import type { Lane, TimelineItem } from './explanation.ts';
import { stepOf } from './ladder.ts';

const EXERCISE = ['physiotherapy', 'home-exercise'];
const OPERATIONS = ['spine-operation', 'hip-operation'];
const ENDS = ['abatementDateTime', 'abatementPeriod.end', 'period.end', 'performedPeriod.end', 'effectivePeriod.end'];
const HAPPENED = new Set(['done', 'active', 'over']);

/** What the chart holds, as things on a time axis; each once, whatever number of slices it came in. */
export function timelineOf(
  chart: Chart,
  slices: Iterable<string>,
  { service, terminology, today }: { service: ServiceDefinition; terminology: Terminology; today: number },
): TimelineItem[] {
  const entries = new Map([...slices].flatMap((name) => chart.entries(name).map((one) => [one.reference, one])));
  return [...entries.values()]
    .flatMap((entry) => itemOf(entry, laneOf(entry, service, terminology), terminology, today))
    .sort((a, b) => (a.from === b.from ? (a.reference < b.reference ? -1 : 1) : a.from < b.from ? -1 : 1));
}

function itemOf(entry: Entry, lane: Lane, terminology: Terminology, today: number): TimelineItem[] {
  const { reference, what, body, standing } = entry;
  const started = entry.from ?? entry.recorded;
  if (started === undefined) return [];
  const ended = ENDS.map((path) => parseFhirDate(text(body, path))).find((span) => span !== undefined);
  const last = ended?.max ?? (lane === 'condition' && standing === 'active' ? today : undefined);
  const lasts = last !== undefined && last > started.min;
  const label = what.texts[0] ?? what.codes.map(terminology.display).find(Boolean) ?? what.codes[0] ?? entry.type;
  return [{ reference, lane, label, from: isoDay(started.min), ...(lasts && { to: isoDay(last) }) }];
}

function laneOf(
  { type, standing, what, site }: Entry,
  { orderClasses }: ServiceDefinition,
  terminology: Terminology,
): Lane {
  const bears = (concept: string) => terminology.bears(what, concept) === 'holds';
  if (type === 'Condition') return 'condition';
  if (!HAPPENED.has(standing)) return 'other';
  if (type === 'MedicationAdministration') return bears('injectable-steroid') ? 'injection' : 'drug';
  if (type.startsWith('Medication')) return 'drug';
  if (type === 'ServiceRequest' || type === 'Observation' || type === 'DiagnosticReport') return 'other';
  if (EXERCISE.some(bears)) return 'exercise';
  if (type !== 'Procedure' && type !== 'ExplanationOfBenefit') return 'other';
  const kind = orderClasses.find(({ procedure }) => bears(procedure));
  if (kind !== undefined && stepOf(kind) !== 'imaging') return stepOf(kind) === 'surgery' ? 'operation' : 'injection';
  if (OPERATIONS.some(bears)) return 'operation';
  return bears('injectable-steroid') || terminology.bears(site, 'epidural-route') === 'holds' ? 'injection' : 'other';
}
