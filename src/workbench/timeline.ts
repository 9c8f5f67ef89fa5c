import type { Chart } from '../chart/chart.ts';
import type { Entry } from '../chart/entry.ts';
import { isoDay, parseFhirDate } from '../clinical/dates.ts';
import type { Knowledge } from '../knowledge/types.ts';
import { text } from '../logic/json.ts';
import type { Terminology } from '../terminology/terminology.ts';
import type { TimelineItem } from './explanation.ts';

const ENDS = ['abatementDateTime', 'abatementPeriod.end', 'period.end', 'performedPeriod.end', 'effectivePeriod.end'];
const NO_TREATMENT = new Set(['ServiceRequest', 'Observation', 'DiagnosticReport']);
const PROCEDURES = new Set(['Procedure', 'ExplanationOfBenefit']);
const HAPPENED = new Set(['done', 'active', 'over']);

/** What the chart holds, as things on a time axis; each once, whatever number of slices it came in. */
export function timelineOf(
  chart: Chart,
  slices: Iterable<string>,
  knowledge: Knowledge,
  today: number,
): TimelineItem[] {
  const signs = signsOf(knowledge);
  const entries = new Map([...slices].flatMap((name) => chart.entries(name).map((one) => [one.reference, one])));
  return [...entries.values()]
    .flatMap((entry) => itemOf(entry, placeOf(entry, signs, knowledge.terminology), knowledge.terminology, today))
    .sort((a, b) => (a.from === b.from ? (a.reference < b.reference ? -1 : 1) : a.from < b.from ? -1 : 1));
}

function itemOf(entry: Entry, place: Place, terminology: Terminology, today: number): TimelineItem[] {
  const { reference, what, body, standing } = entry;
  const started = entry.from ?? entry.recorded;
  if (started === undefined) return [];
  const ended = ENDS.map((path) => parseFhirDate(text(body, path))).find((span) => span !== undefined);
  const last = ended?.max ?? (place.lane === 'condition' && standing === 'active' ? today : undefined);
  const lasts = last !== undefined && last > started.min;
  const label = what.texts[0] ?? what.codes.map(terminology.display).find(Boolean) ?? what.codes[0] ?? entry.type;
  return [{ reference, ...place, label, from: isoDay(started.min), ...(lasts && { to: isoDay(last) }) }];
}

type Place = Pick<TimelineItem, 'lane' | 'rung'>;
/** What entries of a rung bear. */
type Signs = readonly {
  readonly rung: string;
  readonly shows: readonly string[];
  readonly procedures: readonly string[];
}[];

function signsOf({ ladder, services }: Knowledge): Signs {
  const classes = new Map(services.flatMap(({ orderClasses }) => orderClasses.map((one) => [one.name, one])));
  return ladder.map(({ name, shows, orders }) => ({
    rung: name,
    shows,
    procedures: orders.flatMap((order) => classes.get(order)?.procedure ?? []),
  }));
}

function placeOf({ type, standing, what, site }: Entry, signs: Signs, terminology: Terminology): Place {
  const bears = (concept: string) => [what, site].some((words) => terminology.bears(words, concept) === 'holds');
  if (type === 'Condition') return { lane: 'condition' };
  if (!HAPPENED.has(standing) || NO_TREATMENT.has(type)) return { lane: 'other' };
  const found =
    signs.find(({ shows }) => shows.some(bears)) ??
    (PROCEDURES.has(type) ? signs.find(({ procedures }) => procedures.some(bears)) : undefined);
  if (found !== undefined) return { lane: 'treatment', rung: found.rung };
  return { lane: type.startsWith('Medication') ? 'drug' : 'other' };
}
