import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RawResource } from '../cds-hooks/types.ts';
import { isoDay } from '../clinical/dates.ts';
import type { Knowledge } from '../knowledge/types.ts';
import { string } from '../logic/json.ts';
import { summaryOf } from '../render/card.ts';
import { explainDecision } from '../rules/explain.ts';
import { type Change, changeLine, changeOf, type Firing, firingLine } from './firings.ts';
import { BROKEN } from './group.ts';
import { patientsIn, type Stored } from './parts.ts';
import { askedOf, type Gaps, type Pack, type PatientHistory, type Replayed, replayPatient } from './replay.ts';
import { type Explanation, type Sampled, Sampler } from './sample.ts';
import { byNumber } from './shares.ts';
import { CONDITION_DATES, sourcesIn } from './sources.ts';
import { type Counts, Tally } from './tally.ts';

/** What judging a part needs. */
export interface Judging {
  readonly dir: string;
  /** The pack, and the one it is compared with. */
  readonly packs: readonly Pack[];
  readonly gaps: Gaps;
  readonly seed: string;
  readonly sampleSize: number;
}

/** What a part came to. */
export interface Judged {
  readonly counts: Counts;
  readonly sample: readonly Sampled[];
  readonly firings: string;
  readonly changes: string;
  readonly patients: number;
}

/** Replays every whole patient of a part. */
export async function judgePart(part: number, judging: Judging): Promise<Judged> {
  const tally = new Tally();
  const sampler = new Sampler(judging.seed, judging.sampleSize);
  const firings: string[] = [];
  const changes: string[] = [];
  const patients = patientsIn(judging.dir, part);
  for (const id of [...patients.keys()].sort(byNumber)) {
    // Whoever else is at work may be waiting for the next part.
    await nextTurn();
    const stored = patients.get(id) ?? [];
    patients.delete(id);
    tally.add(['patient', 'read']);
    const why = whySetAside(stored);
    if (why !== undefined) {
      tally.add(['patient', 'set aside', why]);
      continue;
    }
    const chart = new StoredChart(stored);
    const look = (type: string) => chart.look(type);
    const history = await replayPatient(id, look, judging.packs, judging.gaps);
    count(history, chart, judging, tally);
    for (const firing of firingsOf(id, history, judging)) {
      firings.push(firingLine(firing.row));
      if (firing.row.came === 'shown') sampler.offer(firing.row, firing.explain);
    }
    for (const change of changesOf(id, history, judging)) {
      changes.push(changeLine(change));
      tally.add(['change', change.change, change.before, change.after]);
    }
  }
  const [sample, counts] = [sampler.sample, tally.counts];
  const patientsRead = counts.find(([key]) => key.join() === 'patient,read')?.[1] ?? 0;
  return { counts, sample, firings: firings.join(''), changes: changes.join(''), patients: patientsRead };
}

/** No card from half a patient. */
function whySetAside(stored: readonly Stored[]): string | undefined {
  if (stored.some(({ type }) => type === BROKEN)) return 'a line about them is broken';
  return stored.some(({ type }) => type === 'Patient') ? undefined : 'no Patient resource';
}

/** One patient's resources; each type is parsed when it is first looked at. Of two with one id the later counts. */
class StoredChart {
  readonly #stored: readonly Stored[];
  readonly #read = new Map<string, readonly RawResource[]>();
  repeated = 0;

  constructor(stored: readonly Stored[]) {
    this.#stored = stored;
  }

  look(type: string): readonly RawResource[] {
    const known = this.#read.get(type);
    if (known !== undefined) return known;
    const byId = new Map<string, RawResource>();
    for (const [index, { json }] of this.#stored.filter((one) => one.type === type).entries()) {
      const resource = JSON.parse(json) as RawResource;
      const id = string(resource.id) ?? `unnamed-${index + 1}`;
      if (byId.delete(id)) this.repeated += 1;
      byId.set(id, resource.id === id ? resource : { ...resource, id });
    }
    const resources = [...byId.values()];
    this.#read.set(type, resources);
    return resources;
  }
}

function count(
  { replayed: [own = []], left, undated }: PatientHistory,
  chart: StoredChart,
  { packs: [pack], gaps }: Judging,
  tally: Tally,
): void {
  for (const [reason, number] of Object.entries(left)) tally.add(['left', reason], number);
  const seen = new Set<string>();
  for (const { order, scope } of own) {
    const { judgement } = scope ?? {};
    const fires = judgement?.verdict === 'fires' && (scope?.came !== 'draft' || scope.why === 'fires');
    tally.add([
      'order',
      order.type,
      monthOf(order.moment.days.min),
      scope?.orderClass ?? '',
      scope?.came ?? 'out of scope',
      judgement?.card.id ?? '',
      fires ? (judgement.outcome?.id ?? '') : (scope?.why ?? ''),
      fires ? (judgement.indicator ?? '') : '',
    ]);
    const who =
      order.clinician === undefined
        ? ['no clinician']
        : ['clinician', order.clinician, mondayOf(order.moment.days.min)];
    tally.add([...who, 'orders']);
    if (scope?.came === 'shown') tally.add([...who, 'cards']);
    for (const [label, asked] of scope?.considered === undefined ? [] : askedOf(scope.considered)) {
      tally.add(['fact', label, asked.state, asked.for]);
      if (asked.state === 'known') seen.add(label);
    }
  }
  for (const label of seen) tally.add(['patients with fact', label]);
  if (!own.some(({ scope }) => scope !== undefined)) return;
  tally.add(['patient', 'in scope']);
  for (const [type, number] of Object.entries(undated)) tally.add(['undated', type], number);
  if (pack !== undefined) countData(chart, pack, gaps, tally);
  if (chart.repeated > 0) tally.add(['repeated'], chart.repeated);
}

/** What the chart has anything of; what it has nothing of counts too, so that the report can say "none". */
function countData(chart: StoredChart, { knowledge, sources }: Pack, gaps: Gaps, tally: Tally): void {
  const look = (type: string) => chart.look(type);
  const has = (name: string, isThere: boolean) => tally.add(['has', name], isThere ? 1 : 0);
  const slices = [...knowledge.slices.values()].filter(({ type }) => !gaps.types.has(type));
  for (const { name, type } of slices) has(name, look(type).length > 0);
  for (const name of Object.keys(CONDITION_DATES)) {
    const [type = '', element = ''] = name.split('.');
    has(
      name,
      look(type).some((one) => one[element] !== undefined),
    );
  }
  const types = slices.map(({ type }) => type);
  const found = sourcesIn(look, types, sources, knowledge);
  for (const source of sources) has(source.name, found.includes(source));
}

/** The Monday of a day's week; day 0, 1 January 1970, was a Thursday. */
const mondayOf = (day: number): string => isoDay(day - ((((day + 3) % 7) + 7) % 7));
const monthOf = (day: number): string => isoDay(day).slice(0, 7);

interface Fired {
  readonly row: Firing;
  readonly explain: () => Explanation;
}

/** Cards that fire for a patient, shown or not. */
function firingsOf(patient: string, { replayed: [own = []] }: PatientHistory, { packs: [pack] }: Judging): Fired[] {
  return own.flatMap((one) => {
    const row = pack && firingOf(patient, one, pack.knowledge);
    return row === undefined ? [] : [{ row, explain: () => explanationOf(one) }];
  });
}

function firingOf(patient: string, { order, scope }: Replayed, knowledge: Knowledge): Firing | undefined {
  const { judgement, came, orderClass = '' } = scope ?? {};
  if (judgement?.verdict !== 'fires' || (came !== 'shown' && came !== 'quiet' && came !== 'draft')) return undefined;
  if (came === 'draft' && scope?.why !== 'fires') return undefined;
  const day = order.moment.days.min;
  return {
    patient,
    order: order.reference,
    date: isoDay(day),
    orderClass,
    came,
    card: judgement.card.id,
    version: judgement.card.version,
    outcome: judgement.outcome?.id ?? '',
    indicator: judgement.indicator ?? '',
    recognisedBy: judgement.scoped.recognisedBy,
    summary: summaryOf(judgement, knowledge, day) ?? '',
  };
}

function explanationOf({ scope }: Replayed): Explanation {
  const { decision, response } = scope?.considered ?? {};
  const [card] = response?.cards ?? [];
  return {
    detail: card?.detail ?? '',
    source: card?.source.label ?? '',
    suggestions: card?.suggestions?.map(({ label }) => label) ?? [],
    why: decision === undefined ? '' : explainDecision(decision).join('\n'),
  };
}

/** Orders that the two packs answer with different cards. */
function changesOf(patient: string, { replayed: [own = [], other] }: PatientHistory, { packs }: Judging): Change[] {
  if (other === undefined) return [];
  return own.flatMap((one, index) => {
    const then = other[index];
    const sides = [one, then].map((side, number) => {
      const pack = packs[number];
      return side === undefined || pack === undefined ? undefined : firingOf(patient, side, pack.knowledge);
    });
    return changeOf(patient, one.order.reference, isoDay(one.order.moment.days.min), sides[0], sides[1]) ?? [];
  });
}
