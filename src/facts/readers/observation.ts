import type { Entry, Part } from '../../chart/entry.ts';
import { convert } from '../../clinical/quantity.ts';
import { code, type Json, member, string } from '../../logic/json.ts';
import { exactly, type Range } from '../../logic/range.ts';
import type { Arguments, Reader, Setting } from '../reader.ts';
import { evidenceOf, NOTHING_FOUND, type Reading } from '../reading.ts';
import { type Found, isEmpty, SELECTING, select } from '../select.ts';

interface Measured {
  readonly reference: string;
  /** What was measured: falls and rises are seen within one kind of result only. */
  readonly of: string;
  readonly day: { readonly min: number; readonly max: number };
  /** Undefined when the number is in a unit that cannot be converted, or is no number. */
  readonly value: Range | undefined;
}

/**
 * The newest result in one unit. When the newest is in a unit we cannot convert it is not known: an older number in its place would be
 * worse. `lowest` and `highest` are over the window; `fall` and `rise` compare each kind of result with the extreme before it in the window.
 */
export const observation: Reader = {
  name: 'observation',
  does: 'reads the newest measured value, converted to one unit',
  arguments: {
    ...SELECTING,
    concept: { kind: 'concepts', required: true },
    unit: { kind: 'unit', required: true },
    scale: { kind: 'scale' },
  },
  measures: { value: 'unit', lowest: 'unit', highest: 'unit', fall: 'unit', rise: 'unit', 'days-since': 'days' },
  givesNames: false,
  days: ['last'],
  slices: ({ slices = [] }) => slices,
  read: (args, setting) => {
    const { concept, ...anyCode } = args;
    const selection = select({ standing: DONE, ...anyCode }, setting, concept);
    if (isEmpty(selection)) return NOTHING_FOUND;
    const { certain, possible, unread } = selection;
    const measured = certain.flatMap(({ entry, day }) =>
      day === undefined ? [] : valuesOf(entry, day, args, setting),
    );
    const isUndated = ({ day }: Found) => day === undefined;
    const isDoubtful = [...possible, ...certain.filter(isUndated)].some(
      ({ entry, day }) => valuesOf(entry, day ?? { min: 0, max: 0 }, args, setting).length > 0,
    );
    return summarise(measured, isDoubtful, unread, setting.today);
  },
};

function summarise(
  measured: readonly Measured[],
  isDoubtful: boolean,
  unread: readonly string[],
  today: number,
): Reading {
  const isOpen = unread.length > 0 || isDoubtful || measured.some(({ value }) => value === undefined);
  const most = unread.length > 0 ? Number.POSITIVE_INFINITY : measured.length + (isDoubtful ? 1 : 0);
  const known = measured.flatMap(({ value }) => value ?? []);
  const extremes = known.length === 0 ? {} : { ...extremesOf(known, isOpen), ...changesOf(measured, isOpen) };
  const newestDay = Math.max(...measured.map(({ day }) => day.max));
  const newest = measured.filter(({ day }) => day.max === newestDay);
  const values = newest.flatMap(({ value }) => value ?? []);
  if (unread.length > 0 || isDoubtful || values.length < newest.length || values.length === 0) {
    return {
      count: { min: 0, max: measured.length > 0 ? Math.max(1, most) : most },
      measures: extremes,
      evidence: newest.map(cite),
      unread,
    };
  }
  const latest = { min: Math.min(...values.map(({ min }) => min)), max: Math.max(...values.map(({ max }) => max)) };
  const days = { min: Math.max(...newest.map(({ day }) => day.min)), max: newestDay };
  return {
    count: { min: measured.length, max: most },
    measures: { value: latest, ...extremes, 'days-since': { min: today - days.max, max: today - days.min } },
    days: { last: days },
    evidence: newest.map(cite),
    unread,
  };
}

const cite = ({ reference, day }: Measured) => evidenceOf(reference, day);

/** What was not read may lie beyond what was. */
function extremesOf(known: readonly Range[], isOpen: boolean): Record<'lowest' | 'highest', Range> {
  const lowest = { min: Math.min(...known.map(({ min }) => min)), max: Math.min(...known.map(({ max }) => max)) };
  const highest = { min: Math.max(...known.map(({ min }) => min)), max: Math.max(...known.map(({ max }) => max)) };
  return {
    lowest: isOpen ? { ...lowest, min: Number.NEGATIVE_INFINITY } : lowest,
    highest: isOpen ? { ...highest, max: Number.POSITIVE_INFINITY } : highest,
  };
}

/** The largest fall and rise between two results of one kind, the later against any earlier one. */
function changesOf(measured: readonly Measured[], isOpen: boolean): Partial<Record<'fall' | 'rise', Range>> {
  const known = measured.filter((one): one is Measured & { value: Range } => one.value !== undefined);
  const byEnd = [...known].sort((a, b) => a.day.max - b.day.max);
  const extremes = new Map<string, { highest: number; lowest: number }>();
  let [fall, rise, next] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const { of, day, value } of [...known].sort((a, b) => a.day.min - b.day.min)) {
    for (let earlier = byEnd[next]; earlier !== undefined && earlier.day.max < day.min; earlier = byEnd[next]) {
      const { highest, lowest } = extremes.get(earlier.of) ?? NO_EXTREMES;
      const { min, max } = earlier.value;
      extremes.set(earlier.of, { highest: Math.max(highest, min), lowest: Math.min(lowest, max) });
      next += 1;
    }
    const { highest, lowest } = extremes.get(of) ?? NO_EXTREMES;
    fall = Math.max(fall, highest - value.max);
    rise = Math.max(rise, value.min - lowest);
  }
  if (fall === Number.NEGATIVE_INFINITY) return {};
  const upTo = (value: number): Range => ({ min: value, max: isOpen ? Number.POSITIVE_INFINITY : value });
  return { fall: upTo(fall), rise: upTo(rise) };
}

const NO_EXTREMES = { highest: Number.NEGATIVE_INFINITY, lowest: Number.POSITIVE_INFINITY };

const DONE = ['done'] as const;

/** The entry itself, and those of its components, whose code is one that was asked for. */
const partsOf = ({ parts }: Entry, { concept = [] }: Arguments, { terminology }: Setting): readonly Part[] =>
  parts.filter(({ what }) => terminology.bearsAny(what, concept) === 'holds');

function valuesOf(entry: Entry, day: Measured['day'], args: Arguments, setting: Setting): Measured[] {
  return partsOf(entry, args, setting).flatMap(({ what, body }) => {
    if (member(body, 'dataAbsentReason') !== undefined) return [];
    const of = [...what.codes, ...what.texts].sort().join(' ');
    return [{ reference: entry.reference, of, day, value: numberOf(body, args.unit ?? '', args.scale) }];
  });
}

/** `6`, `6,5`, `6/10`, `+6`, `3+/5`. */
const NUMBER = /^\s*\+?(-?\d+(?:[.,]\d+)?)[+-]?\s*(?:(?:\/|out of)\s*(\d+))?\s*$/i;
const PER = /^\s*(?:\/|out of )\s*(\d+)\s*$/i;

/** The number in `unit`; of a scale, brought to it from another ("60/100" is 6 of 10) and not understood beyond its end. */
function numberOf(body: Json, unit: string, scale: number | undefined): Range | undefined {
  const quantity = member(body, 'valueQuantity');
  const value = member(quantity, 'value');
  if (typeof value === 'number' && Number.isFinite(value)) {
    const written = code(quantity, 'code') ?? string(member(quantity, 'unit')) ?? '';
    const per = PER.exec(string(member(quantity, 'unit')) ?? '')?.[1] ?? PER.exec(written)?.[1];
    const converted = per === undefined ? convert(value, written, unit) : unit === '{score}' ? value : undefined;
    const scaled = converted === undefined ? undefined : onScale(converted, per, scale);
    return scaled === undefined ? undefined : bounded(scaled, string(member(quantity, 'comparator')));
  }
  if (unit !== '{score}') return undefined;
  if (typeof body.valueInteger === 'number') return exactlyOnScale(body.valueInteger, undefined, scale);
  const written = NUMBER.exec(string(body.valueString) ?? '');
  return written?.[1] === undefined
    ? undefined
    : exactlyOnScale(Number(written[1].replace(',', '.')), written[2], scale);
}

function onScale(value: number, per: string | undefined, scale: number | undefined): number | undefined {
  const scaled = per === undefined || scale === undefined || Number(per) === 0 ? value : (value * scale) / Number(per);
  return scale !== undefined && (scaled > scale || scaled < 0) ? undefined : scaled;
}

function exactlyOnScale(value: number, per: string | undefined, scale: number | undefined): Range | undefined {
  const scaled = onScale(value, per, scale);
  return scaled === undefined ? undefined : exactly(scaled);
}

/** What "less than" and "more than" leave out. */
const HAIR = 1e-9;

/** FHIR quantity-comparator. */
function bounded(value: number, comparator: string | undefined): Range {
  if (comparator === '<' || comparator === '<=')
    return { min: Number.NEGATIVE_INFINITY, max: comparator === '<' ? value - HAIR : value };
  if (comparator === '>' || comparator === '>=')
    return { min: comparator === '>' ? value + HAIR : value, max: Number.POSITIVE_INFINITY };
  return exactly(value);
}
