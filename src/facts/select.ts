import type { Entry } from '../chart/entry.ts';
import { type DaySpan, daysBefore } from '../clinical/dates.ts';
import { atLeast } from '../logic/range.ts';
import { all, any, holdsIf, type Truth } from '../logic/truth.ts';
import { namedRegions, type OrderClass, type ScopedOrder } from '../orders/scope.ts';
import type { Side, Terminology } from '../terminology/terminology.ts';
import { joinWords } from '../terminology/words.ts';
import type { ArgumentKind, Arguments, Setting } from './reader.ts';

/** An entry that was asked for. `day` is when, as far as the chart says. */
export interface Found {
  readonly entry: Entry;
  readonly day: DaySpan | undefined;
}

/** What a selection gives: entries that certainly match, entries that may, and slices that were not read to the end. */
export interface Selection {
  readonly certain: readonly Found[];
  readonly possible: readonly Found[];
  readonly unread: readonly string[];
}

/** Whether there is nothing, and nothing that may be there. */
export const isEmpty = ({ certain, possible, unread }: Selection): boolean =>
  certain.length === 0 && possible.length === 0 && unread.length === 0;

/** Arguments that every reader of entries takes. */
export const SELECTING: Readonly<Record<string, ArgumentKind & { readonly required?: boolean }>> = {
  slices: { kind: 'slices', required: true },
  concept: { kind: 'concepts' },
  also: { kind: 'concepts' },
  except: { kind: 'concepts' },
  in: { kind: 'choices', of: ['what', 'reason', 'site', 'notes'] },
  mentions: { kind: 'concepts' },
  standing: { kind: 'choices', of: ['done', 'active', 'planned', 'over'] },
  within: { kind: 'duration' },
  past: { kind: 'duration' },
  dated: { kind: 'choice', of: ['from', 'recorded', 'touched'] },
  region: { kind: 'choice', of: ['same', 'not-other'] },
  side: { kind: 'choice', of: ['same', 'not-other'] },
  ahead: { kind: 'flag' },
  after: { kind: 'fact' },
  'after-unknown': { kind: 'choice', of: ['ignore'] },
};

/**
 * Picks the entries of some slices that bear a concept, stand so, lie in a window and belong to the order's region and side; with
 * `after`, only what is later than the last thing another fact found.
 *
 * @param measured concepts of which the entry itself, or a component of it, must surely be one
 */
export function select(args: Arguments, setting: Setting, measured?: readonly string[]): Selection {
  const certain: Found[] = [];
  const possible: Found[] = [];
  const unread: string[] = [];
  const { concept } = args;
  const inDoubt = concept !== undefined && setting.terminology.countInDoubt(concept);
  const after = args.after === undefined ? undefined : setting.read(args.after);
  // What may have happened in between, but is not known to, may have ended the course.
  const isAfterOpen = after !== undefined && after.count.min !== after.count.max && args['after-unknown'] !== 'ignore';
  for (const slice of args.slices ?? []) {
    if (setting.chart.slice(slice).state !== 'complete') unread.push(slice);
    for (const entry of entriesOf(slice, args, measured, setting)) {
      if (measured !== undefined && !isMeasured(entry, measured, setting.terminology)) continue;
      const meant = bearsAny(entry, args, setting.terminology);
      if (meant === 'fails') continue;
      const day = dayOfEntry(entry, args.dated);
      const truth = all([
        meant,
        stands(entry, args.standing, inDoubt),
        isInWindow(day, args, setting.today, inDoubt),
        isLater(day, after?.days?.last),
        isAfterOpen ? 'unknown' : 'holds',
        matchesPlace(entry, args, setting),
      ]);
      if (truth === 'holds') certain.push({ entry, day });
      else if (truth === 'unknown') possible.push({ entry, day });
    }
  }
  return { certain, possible, unread };
}

const WHAT = ['what'] as const;
const PARTS = ['parts'] as const;

/** The entries of a slice that are worth looking at. */
function entriesOf(
  slice: string,
  { concept, in: places = WHAT }: Arguments,
  measured: readonly string[] | undefined,
  { chart, index }: Setting,
): readonly Entry[] {
  if (measured !== undefined) return index.entries(slice, PARTS, measured);
  return concept === undefined ? chart.entries(slice) : index.entries(slice, places, concept);
}

const isMeasured = ({ parts }: Entry, concepts: readonly string[], terminology: Terminology): boolean =>
  parts.some(({ what }) => terminology.bearsAny(what, concepts) === 'holds');

function bearsAny(
  entry: Entry,
  { concept, also, except, mentions, in: places = WHAT }: Arguments,
  terminology: Terminology,
): Truth {
  if (except !== undefined && terminology.bearsAny(entry.what, except) === 'holds') return 'fails';
  const meant = concept === undefined ? 'holds' : wordsBear(entry, places, concept, terminology);
  if (meant === 'fails' || (also === undefined && mentions === undefined)) return meant;
  return all([
    meant,
    also === undefined ? 'holds' : terminology.bearsAny(entry.what, also),
    mentions === undefined ? 'holds' : terminology.bearsAny(entry.notes, mentions),
  ]);
}

function wordsBear(
  entry: Entry,
  places: NonNullable<Arguments['in']>,
  concepts: readonly string[],
  terminology: Terminology,
): Truth {
  let truth: Truth = entry.unread && places.includes('what') ? 'unknown' : 'fails';
  for (const place of places) {
    if (place === 'what' && entry.denied) continue;
    truth = any([truth, terminology.bearsAny(entry[place], concepts)]);
    if (truth === 'holds') return truth;
  }
  return truth;
}

function stands({ standing }: Entry, wanted: readonly string[] | undefined, inDoubt: boolean): Truth {
  if (wanted === undefined || wanted.includes(standing)) return 'holds';
  if (standing === 'unstated' || (standing === 'unconfirmed' && wanted.includes('active')))
    return inDoubt ? 'holds' : 'unknown';
  return 'fails';
}

/** `from` falls back on when it was recorded, and the other way round: a date of some kind is better than none. */
function dayOfEntry({ from, recorded, touched }: Entry, dated = 'from'): DaySpan | undefined {
  if (dated === 'touched') return touched;
  return dated === 'recorded' ? (recorded ?? from) : (from ?? recorded);
}

/**
 * Whether a day lies in the window. What happened cannot lie ahead, but for one day: servers that store UTC date this evening tomorrow.
 * What is planned or active now has no such bound, nor has a red flag.
 */
function isInWindow(
  day: DaySpan | undefined,
  { within, past, ahead, standing = [] }: Arguments,
  today: number,
  inDoubt: boolean,
): Truth {
  const from = within === undefined ? Number.NEGATIVE_INFINITY : daysBefore(today, within);
  if (day === undefined) return inDoubt || (within === undefined && past === undefined && !ahead) ? 'holds' : 'unknown';
  if (ahead) return atLeast(day, today);
  const isBounded = !inDoubt && !standing.includes('planned') && !standing.includes('active');
  const to = past !== undefined ? daysBefore(today, past) : isBounded ? today + 1 : Number.POSITIVE_INFINITY;
  // Of a partial date, the part that lies ahead is not meant.
  const last = past === undefined && isBounded ? Math.min(day.max, Math.max(today + 1, day.min)) : day.max;
  if (day.min > to || last < from) return 'fails';
  return inDoubt || (day.min >= from && last <= to) ? 'holds' : 'unknown';
}

function isLater(day: DaySpan | undefined, event: DaySpan | undefined): Truth {
  if (event === undefined) return 'holds';
  if (day === undefined) return 'unknown';
  if (day.min > event.max) return 'holds';
  return day.max <= event.min ? 'fails' : 'unknown';
}

function matchesPlace(entry: Entry, { region, side }: Arguments, { scoped, terminology }: Setting): Truth {
  const truths: Truth[] = [];
  if (region !== undefined) {
    const regions = regionsOf(entry, scoped.orderClass, terminology);
    const ours = regions.filter((one) => scoped.orderClass.regions.has(one)).length;
    if (regions.length === 0) truths.push(region === 'same' ? 'unknown' : 'holds');
    else truths.push(region === 'same' && ours > 0 && ours < regions.length ? 'unknown' : holdsIf(ours > 0));
  }
  if (side !== undefined) {
    const [mine, theirs] = [terminology.sides(entry.place), sidesOf(scoped, terminology)];
    const isOpen = mine.size === 0 || theirs.size === 0;
    const shared = [...mine].some((one) => theirs.has(one));
    truths.push(isOpen ? (side === 'same' ? 'unknown' : 'holds') : holdsIf(shared));
  }
  return all(truths);
}

/** Where an entry is: its body site decides, then its reason, then what it is. */
function regionsOf({ site, reason, what }: Entry, orderClass: OrderClass, terminology: Terminology): readonly string[] {
  for (const words of [site, reason]) {
    const regions = namedRegions(words, orderClass, terminology);
    if (regions.length > 0) return regions;
  }
  return namedRegions(what, orderClass, terminology);
}

/** The sides an order is for: by its body site and text, else by its reasons. */
export function sidesOf({ order }: ScopedOrder, terminology: Terminology): ReadonlySet<Side> {
  const named = terminology.sides(order.all);
  return named.size > 0 ? named : terminology.sides(joinWords(...order.reasons));
}
