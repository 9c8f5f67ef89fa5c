import { readFileSync } from 'node:fs';
import type { Bundle } from 'fhir/r4.js';
import fhirpath from 'fhirpath';
import r4 from 'fhirpath/fhir-context/r4';

/**
 * A second opinion on what a chart says: FHIRPath over the raw resources, the codes of the value sets, and a little calendar arithmetic.
 * It shares no code with `src/`, and its words and regions are its own, as wide as the fixtures need and no wider.
 */

/** What an order is about. */
export interface About {
  readonly region: 'lumbar' | 'hip';
  readonly side?: 'left' | 'right';
}

/** Plain values, so that two opinions can be laid side by side: `undefined` is "nothing on record". */
export type Opinion = Readonly<Record<string, unknown>>;

const DAY_MS = 86_400_000;
const dayOf = (date: string): number => Date.parse(`${date.slice(0, 10)}T00:00:00Z`) / DAY_MS;

/** The calendar day some months before, clamped to the end of a shorter month. */
function monthsBefore(today: string, months: number): number {
  const [year = 0, month = 1, day = 1] = today.split('-').map(Number);
  const lastOfMonth = new Date(Date.UTC(year, month - months, 0)).getUTCDate();
  return Date.UTC(year, month - 1 - months, Math.min(day, lastOfMonth)) / DAY_MS;
}

interface Coded {
  readonly system: string;
  readonly concept?: readonly { readonly code: string }[];
  readonly filter?: readonly { readonly op: string; readonly value: string }[];
}

/** A regular expression that `system|code` of every member matches. */
function members(...valueSets: readonly string[]): string {
  const alternatives = valueSets.flatMap((name) => {
    const file = new URL(`../../cards/value-sets/${name}.json`, import.meta.url);
    const { compose } = JSON.parse(readFileSync(file, 'utf8')) as { compose: { include: readonly Coded[] } };
    return compose.include.flatMap(({ system, concept = [], filter = [] }) => [
      ...concept.map(({ code }) => `${literal(system)}\\|${literal(code)}`),
      ...filter.map(({ op, value }) => `${literal(system)}\\|${op === 'regex' ? `(${value})` : `${literal(value)}.*`}`),
    ]);
  });
  return `^(${alternatives.join('|')})$`;
}

const literal = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');

const SETS: Readonly<Record<string, string>> = {
  physiotherapy: members('physical-therapy-procedures'),
  homeProgramme: members('home-exercise-education'),
  spineOperation: members('lumbar-discectomy', 'lumbar-decompression', 'lumbar-fusion', 'si-fusion'),
  hipOperation: members('gluteal-surgery', 'hip-replacement', 'piriformis-release'),
  hipInjection: members('trochanteric-gluteal-injection'),
  epidural: members('epidural-injection'),
  steroid: members('injectable-corticosteroids', 'steroid-injection-products'),
  caudaEquina: members('cauda-equina-syndrome'),
  sphincter: members('sphincter-signs'),
  motorDeficit: members('progressive-neuro-deficit'),
  malignancy: members('malignancy'),
  notCounted: members('malignancy-not-counted', 'malignancy-history'),
  infection: members('spinal-infection', 'hip-infection'),
  fracture: members('vertebral-fracture', 'hip-fracture'),
  aneurysm: members('aortic-aneurysm'),
  inflammatory: members('inflammatory-spondyloarthropathy'),
  pregnancy: members('pregnancy'),
  pregnancyStatus: members('pregnancy-status'),
  diabetes: members('diabetes'),
  insulinUse: members('insulin-use'),
  anticoagulants: members('anticoagulants'),
  antiplatelets: members('antiplatelets'),
  pain: members('pain-scores'),
  temperature: members('body-temperature'),
  crp: members('crp'),
  hba1c: members('hba1c'),
  smoking: members('smoking-status'),
  radicular: members('sciatica-radiculopathy'),
  stenosis: members('spinal-stenosis'),
  gluteal: members('gluteal-tendinopathy-gtps'),
};

const EXCLUDED_STATUS = `(verificationStatus.coding.where(code = 'refuted' or code = 'entered-in-error').empty())`;
const DOUBTED = `verificationStatus.coding.where(code = 'unconfirmed' or code = 'provisional' or code = 'differential').exists()`;
const OVER = `clinicalStatus.coding.where(code = 'inactive' or code = 'resolved' or code = 'remission').exists()`;
/** Whether a CodeableConcept holds a member of the set. */
const inSet = (path: string, set: string) => `${path}.coding.where((system & '|' & code).matches(%${set})).exists()`;
const says = (path: string, words: string) =>
  `(${path}.text | ${path}.coding.display).where($this.lower().matches('.*(${words}).*')).exists()`;

const BODY = {
  lumbar: String.raw`lumb|low back|lower back|sciatic|sacroil|spondylosis|\\bl[1-5]|stenosis`,
  hip: 'hip|trochant|gluteal|buttock',
  elsewhere: 'shoulder|knee|neck|cervic|thorac|elbow|wrist|hand|ankle|foot|chest',
};

/** The part of the body as told by site, else by reason, is ours or is not told. */
function notElsewhere({ region }: About): string {
  const other = region === 'lumbar' ? BODY.hip : BODY.lumbar;
  const told = (path: string) => `(${says(path, BODY[region])} or (${says(path, `${BODY.elsewhere}|${other}`)}).not())`;
  return `iif(bodySite.exists(), ${told('bodySite')}, ${told('reasonCode')})`;
}

/** Site, reason or name tells that it was here. */
const here = ({ region, side }: About, paths: readonly string[]): string => {
  const told = (words: string) => `(${paths.map((path) => says(path, words)).join(' or ')})`;
  return side === undefined ? told(BODY[region]) : `(${told(BODY[region])} and ${told(side)})`;
};

const compiled = new Map<string, (bundle: object, sets: object) => unknown>();

/** What was asked before, of charts that hold the same resources of a type. */
const answered = new Map<string, unknown[]>();

/** Runs FHIRPath over the resources of one type, `entry.resource.ofType(type)` and what follows it; dates come back as they were written. */
function run(bundle: Bundle, expression: string): unknown[] {
  const type = /ofType\((\w+)\)/.exec(expression)?.[1] ?? '';
  const entry = (bundle.entry ?? []).filter(({ resource }) => resource?.resourceType === type);
  const key = [expression, ...entry.map(({ resource }) => resource?.id)].join(' ');
  const before = answered.get(key);
  if (before !== undefined) return before;
  const ask = compiled.get(expression) ?? fhirpath.compile(expression, r4);
  compiled.set(expression, ask);
  const found = ask({ ...bundle, entry }, SETS) as unknown[];
  answered.set(key, found);
  return found;
}

const all = (type: string) => `entry.resource.ofType(${type})`;
const WHEN_DONE = `(performed.ofType(dateTime) | performed.ofType(Period).start).toString()`;
/** Lines of claims that were made, not of leave asked for, with their dates. */
const billed = (about: string) =>
  `${all('ExplanationOfBenefit')}.where(status = 'active' and use = 'claim').item.where(${about}).select(serviced.ofType(date).toString())`;
const WHEN_GIVEN = `(effective.ofType(dateTime) | effective.ofType(Period).start).toString()`;

/** Everything that is compared, for a chart and an order about a region. */
export function opinionOf(bundle: Bundle, about: About, today: string): Opinion {
  const now = dayOf(today);
  const weeksAgo = (weeks: number) => now - weeks * 7;
  const dates = (expression: string) => (run(bundle, expression) as string[]).filter((date) => date.length >= 10);
  const days = (expression: string, from: number) =>
    [...new Set(dates(expression).map(dayOf))].filter((day) => day >= from && day <= now).sort((a, b) => a - b);

  // --- Operations on the region
  const operations = dates(
    about.region === 'lumbar'
      ? `${all('Procedure')}.where(status = 'completed' and ${inSet('code', 'spineOperation')}).select(${WHEN_DONE})`
      : `${all('Procedure')}.where(status = 'completed' and ${inSet('code', 'hipOperation')}).select(${WHEN_DONE})`,
  ).map(dayOf);
  const lastOperation = Math.max(Number.NEGATIVE_INFINITY, ...operations);

  // --- Care
  const otherBody = about.region === 'lumbar' ? BODY.hip : BODY.lumbar;
  const PT = String.raw`physical therap|physiotherap|therapeutic exercise|\\bpt (visit|eval|treatment|session)`;
  const isPhysiotherapy = (...paths: string[]) =>
    `(${paths.flatMap((path) => [inSet(path, 'physiotherapy'), says(path, PT)]).join(' or ')})`;
  const contacts = (from: number) =>
    [
      ...new Set([
        ...days(
          `${all('Procedure')}.where(status = 'completed' and ${isPhysiotherapy('code')} and ${notElsewhere(about)}).select(${WHEN_DONE})`,
          from,
        ),
        ...days(
          `${all('Encounter')}.where(status = 'finished' and ${isPhysiotherapy('type', 'serviceType')} and ${notElsewhereVisit(about)}).period.start.select($this.toString())`,
          from,
        ),
        ...days(
          `${all('Appointment')}.where(status = 'fulfilled' and ${isPhysiotherapy('serviceType', 'specialty', 'appointmentType')} and ${notElsewhereVisit(about)}).start.select($this.toString())`,
          from,
        ),
        ...days(
          billed(
            `${isPhysiotherapy('productOrService')} and ${says('bodySite', `${BODY.elsewhere}|${otherBody}`)}.not()`,
          ),
          from,
        ),
      ]),
    ]
      .filter((day) => day > lastOperation)
      .sort((a, b) => a - b);
  const recent = contacts(weeksAgo(26));
  const home = days(
    `${all('Procedure')}.where(status = 'completed' and ${inSet('code', 'homeProgramme')} and ${notElsewhere(about)}).select(${WHEN_DONE})`,
    weeksAgo(52),
  ).filter((day) => day > lastOperation);

  // --- Injections
  const year = monthsBefore(today, 12);
  const hipSessions = [
    ...new Set([
      ...days(
        `${all('Procedure')}.where(status = 'completed' and (${inSet('code', 'hipInjection')} or ${inSet('code', 'steroid')}) and ${here(about, ['bodySite', 'reasonCode', 'code'])}).select(${WHEN_DONE})`,
        year,
      ),
      ...days(
        `${all('MedicationAdministration')}.where(status = 'completed' and ${inSet('medication', 'steroid')} and ${here(about, ['dosage.site', 'reasonCode'])}).select(${WHEN_GIVEN})`,
        year,
      ),
      ...days(
        billed(
          `(${inSet('productOrService', 'hipInjection')} or ${inSet('productOrService', 'steroid')}) and ${here(about, ['bodySite'])}`,
        ),
        year,
      ),
    ]),
  ];
  const epiduralsAnywhere = (from: number) =>
    [
      ...new Set([
        ...days(
          `${all('Procedure')}.where(status = 'completed' and ${inSet('code', 'epidural')}).select(${WHEN_DONE})`,
          from,
        ),
        ...days(billed(inSet('productOrService', 'epidural')), from),
      ]),
    ].sort((a, b) => a - b);
  const INJECTED = 'inject|epidural|intra-?articular|intrabursal';

  const steroids = [
    ...new Set([
      ...epiduralsAnywhere(year),
      ...days(billed(inSet('productOrService', 'steroid')), year),
      ...days(
        `${all('MedicationAdministration')}.where(status = 'completed' and ${inSet('medication', 'steroid')} and ${says('dosage.route', INJECTED)}).select(${WHEN_GIVEN})`,
        year,
      ),
      ...days(
        `${all('Procedure')}.where(status = 'completed' and (${inSet('code', 'hipInjection')}) and note.text.where($this.lower().matches('.*(triamcinolone|methylprednisolone).*')).exists()).select(${WHEN_DONE})`,
        year,
      ),
    ]),
  ].sort((a, b) => a - b);

  // --- Conditions
  const condition = (set: string, also = 'true') =>
    `${all('Condition')}.where(${inSet('code', set)} and ${EXCLUDED_STATUS} and ${also})`;
  const active = (set: string, also = 'true') =>
    run(bundle, condition(set, `(${OVER}).not() and (${DOUBTED}).not() and ${also}`)).length > 0;
  const flagged = (set: string, also = 'true') => run(bundle, condition(set, `(${OVER}).not() and ${also}`)).length > 0;
  const recordedSince = (set: string, from: number) =>
    dates(`${condition(set)}.select(iif(recordedDate.exists(), recordedDate, onset.ofType(dateTime)).toString())`)
      .map(dayOf)
      .some((day) => day >= from);
  const begunSince = (set: string, from: number) =>
    dates(
      `${condition(set, `(${OVER}).not()`)}.select(iif(onset.ofType(dateTime).exists(), onset.ofType(dateTime), recordedDate).toString())`,
    )
      .map(dayOf)
      .some((day) => day >= from);
  const known = `(${OVER}).not() and (${DOUBTED}).not()`;
  const onsets = (set: string, also = 'true') =>
    run(bundle, `${condition(set, `${known} and ${also}`)}.onset.ofType(dateTime).select($this.toString())`)
      .map((date) => spanOfWeeks(String(date), now))
      .sort((a, b) => b.max - a.max)[0];

  // --- Results
  const results = (set: string, from: number, also = 'true') =>
    (
      run(
        bundle,
        `${all('Observation')}.where((status = 'final' or status = 'amended' or status = 'corrected') and ${inSet('code', set)} and ${also}).select(${WHEN_GIVEN} & ' ' & (value.ofType(Quantity).value | value.ofType(integer)).toString() & ' ' & value.ofType(Quantity).code)`,
      ) as string[]
    )
      .map((row) => row.split(' '))
      .map(([date = '', value = '', unit = '']) => ({ day: dayOf(date), value: Number(value), unit }))
      .filter(({ day, value }) => day >= from && day <= now && !Number.isNaN(value));
  const latest = (rows: ReturnType<typeof results>) => {
    const newest = Math.max(...rows.map(({ day }) => day));
    const values = rows.filter(({ day }) => day === newest).map(({ value }) => value);
    return values.length === 0 ? undefined : Math.max(...values);
  };
  const otherSide = about.side === 'left' ? 'right' : 'left';
  // The last digit of these codes says right or left.
  const codedOther = `code.coding.where(code.matches('^M7(0.6|6.0)${about.side === 'left' ? 1 : 2}$')).exists()`;
  const ofThisSide = `(${says('code', otherSide)} or ${says('bodySite', otherSide)} or ${codedOther}).not()`;
  const powers = run(
    bundle,
    `${all('Observation')}.where(status = 'final' and ${says('code', 'power.*dorsiflexion|dorsiflexion.*power|power.*toe')} and ${WHEN_GIVEN}.substring(0, 10) >= '${isoDay(weeksAgo(12))}').select(value.ofType(integer) | value.ofType(Quantity).value)`,
  ) as number[];
  const pregnancies = run(
    bundle,
    `${all('Observation')}.where(status = 'final' and ${inSet('code', 'pregnancyStatus')} and ${WHEN_GIVEN}.substring(0, 10) >= '${isoDay(weeksAgo(42))}').select(${WHEN_GIVEN} & ' ' & (value.text | value.coding.display).first().lower())`,
  ) as string[];
  const notOther = (path: string) => `(${says(path, `${BODY.elsewhere}|${otherBody}`)}).not()`;
  const fevers = results('temperature', now - 7).map(({ value, unit }) =>
    unit === '[degF]' ? ((value - 32) * 5) / 9 : value,
  );

  // --- Drugs and the rest
  const taken = (set: string) =>
    run(bundle, `${all('MedicationRequest')}.where(status = 'active' and ${inSet('medication', set)})`).length > 0;
  const answers = run(
    bundle,
    `${all('Observation')}.where(status = 'final' and ${inSet('code', 'smoking')} and ${WHEN_GIVEN}.substring(0, 10) >= '${isoDay(weeksAgo(52))}').select(${WHEN_GIVEN} & ' ' & (value.text | value.coding.display).first())`,
  ) as string[];
  const smokes = answers.sort().at(-1)?.slice(11) ?? '';

  const reports = run(
    bundle,
    `${all('DiagnosticReport')}.where(status = 'final').conclusion.where($this.lower().matches('.*full-thickness tear.*(glute|abductor).*') and $this.lower().matches('.*no (full|evidence).*').not() ${about.side === undefined ? '' : `and $this.lower().matches('.*\\\\b${about.side === 'left' ? 'right' : 'left'}\\\\b.*').not()`})`,
  );

  return {
    'patient.age': ageOn(String(run(bundle, `${all('Patient')}.birthDate.toString()`)[0] ?? ''), today),
    'care.physiotherapy dates': recent.map(isoDay),
    'care.physiotherapy weeks': recent.length === 0 ? 0 : Math.floor(((recent.at(-1) ?? 0) - (recent[0] ?? 0)) / 7) + 1,
    'care.physiotherapy last': recent.length === 0 ? undefined : isoDay(recent.at(-1) ?? 0),
    'care.physiotherapy-year': contacts(weeksAgo(52)).length,
    'care.home-programme-year': home.length > 0,
    'operation.year': operations.some((day) => day >= weeksAgo(52)),
    'operation.recent': operations.some((day) => day >= weeksAgo(12)),
    ...(about.region === 'hip' && { 'injections.hip': hipSessions.sort((a, b) => a - b).map(isoDay) }),
    ...(about.region === 'hip' && { 'tear.report': reports.length > 0 }),
    ...(about.region === 'hip' && {
      'symptoms of tendinopathy': touched(bundle, 'gluteal', weeksAgo(52)) ? onsets('gluteal', ofThisSide) : undefined,
    }),
    'injections.steroid-any-site': steroids.map(isoDay),
    ...(about.region === 'lumbar' && { 'injections.epidural': epiduralsAnywhere(year).map(isoDay) }),
    ...(about.region === 'lumbar' && {
      'indication.spine': (['radicular', 'stenosis'] as const).find((set) => touched(bundle, set, weeksAgo(52))),
      'symptoms of sciatica': onsets('radicular'),
    }),
    'red-flag.cauda-equina': recordedSince('caudaEquina', now - 90),
    'red-flag.sphincter': recordedSince('sphincter', now - 30),
    'red-flag.motor-condition': recordedSince('motorDeficit', weeksAgo(26)),
    'red-flag.cancer': flagged('malignancy', `(${inSet('code', 'notCounted')}).not()`),
    'red-flag.infection': flagged('infection'),
    'red-flag.fracture': begunSince('fracture', now - 90),
    'red-flag.aneurysm-new': recordedSince('aneurysm', now - 90),
    'inflammatory-spine': active('inflammatory'),
    'pregnancy.condition': flagged('pregnancy'),
    'pregnancy.status': /^\S+ pregnant/.test(pregnancies.sort().at(-1) ?? ''),
    'red-flag.power lowest': powers.sort((a, b) => a - b)[0],
    'red-flag.temperature highest': fevers.length === 0 ? undefined : round(Math.max(...fevers)),
    'red-flag.crp highest': results('crp', now - 30)
      .map(({ value }) => value)
      .sort((a, b) => b - a)[0],
    'pain value': latest(
      results('pain', weeksAgo(4), `iif(bodySite.exists(), ${notOther('bodySite')}, ${notOther('code')})`),
    ),
    'hba1c value': latest(results('hba1c', year)),
    diabetes: active('diabetes'),
    insulin:
      active('insulinUse') ||
      run(bundle, `${all('MedicationRequest')}.where(status = 'active' and ${says('medication', 'insulin')})`).length >
        0,
    anticoagulant: taken('anticoagulants'),
    antiplatelet: taken('antiplatelets'),
    'nicotine.status': /current|every day|smokes/i.test(smokes) && !/former|never|not/i.test(smokes),
    'conditions.any': run(bundle, all('Condition')).length,
  };
}

/** A visit has a reason, but no body site. */
const notElsewhereVisit = (about: About): string => {
  const other = about.region === 'lumbar' ? BODY.hip : BODY.lumbar;
  return `(${says('reasonCode', BODY[about.region])} or (${says('reasonCode', `${BODY.elsewhere}|${other}`)}).not())`;
};

/** Whether an active condition of the set began, was recorded or updated since. */
function touched(bundle: Bundle, set: string, from: number): boolean {
  const rows = run(
    bundle,
    `${all('Condition')}.where(${inSet('code', set)} and ${EXCLUDED_STATUS} and (${OVER}).not() and (${DOUBTED}).not()).select(onset.ofType(dateTime) | recordedDate | meta.lastUpdated).select($this.toString())`,
  );
  return rows.some((date) => String(date).length >= 10 && dayOf(String(date)) >= from);
}

/** Whole weeks since a date, which may be a year or a month. */
function spanOfWeeks(date: string, now: number): { readonly min: number; readonly max: number } {
  const [year = '', month, day] = date.slice(0, 10).split('-');
  const first = dayOf(`${year}-${month ?? '01'}-${day ?? '01'}`);
  const end = month === undefined ? Date.UTC(Number(year), 12, 0) : Date.UTC(Number(year), Number(month), 0);
  const last = day === undefined ? end / DAY_MS : first;
  return { min: Math.floor((now - Math.min(last, now)) / 7), max: Math.floor((now - first) / 7) };
}

function ageOn(birth: string, today: string): number {
  const years = Number(today.slice(0, 4)) - Number(birth.slice(0, 4));
  return birth.slice(5) > today.slice(5) ? years - 1 : years;
}

export const isoDay = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);
export const round = (value: number): number => Math.round(value * 1000) / 1000;
