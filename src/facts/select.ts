import type { Entry } from '../chart/entry.ts';
import { type DaySpan, daysBefore } from '../clinical/dates.ts';
import { all, any, holdsIf, type Truth } from '../logic/truth.ts';
import type { ScopedOrder } from '../orders/scope.ts';
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

/** Arguments that every reader of entries takes. */
export const SELECTING: Readonly<Record<string, ArgumentKind & { readonly required?: boolean }>> = {
  slices: { kind: 'slices', required: true },
  concept: { kind: 'concepts' },
  except: { kind: 'concepts' },
  in: { kind: 'choices', of: ['what', 'reason', 'site', 'notes'] },
  mentions: { kind: 'concepts' },
  unless: { kind: 'concepts' },
  standing: { kind: 'choices', of: ['done', 'active', 'planned', 'over'] },
  within: { kind: 'duration' },
  past: { kind: 'duration' },
  dated: { kind: 'choice', of: ['from', 'recorded', 'touched'] },
  region: { kind: 'choice', of: ['same', 'not-other'] },
  side: { kind: 'choice', of: ['same'] },
};

/** Picks the entries of some slices that bear a concept, stand so, lie in a window and belong to the order's region and side. */
export function select(args: Arguments, setting: Setting, earliest = Number.NEGATIVE_INFINITY): Selection {
  const certain: Found[] = [];
  const possible: Found[] = [];
  const unread: string[] = [];
  const inDoubt = (args.concept ?? []).some((name) => setting.terminology.concepts.get(name)?.countsInDoubt);
  for (const slice of args.slices ?? []) {
    if (setting.chart.slice(slice).state !== 'complete') unread.push(slice);
    for (const entry of setting.chart.entries(slice)) {
      const meant = bearsAny(entry, args, setting.terminology);
      if (meant === 'fails') continue;
      const day = dayOfEntry(entry, args.dated);
      const truth = all([
        meant,
        stands(entry, args.standing, inDoubt),
        isInWindow(day, args, setting.today, earliest, inDoubt),
        matchesPlace(entry, args, setting),
      ]);
      if (truth === 'holds') certain.push({ entry, day });
      else if (truth === 'unknown') possible.push({ entry, day });
    }
  }
  return { certain, possible, unread };
}

function bearsAny(
  entry: Entry,
  { concept, except, mentions, unless, in: places = ['what'] }: Arguments,
  terminology: Terminology,
): Truth {
  if (unless?.some((name) => terminology.bears(entry.notes, name) === 'holds')) return 'fails';
  if (except?.some((name) => terminology.bears(entry.what, name) === 'holds')) return 'fails';
  const meant = concept === undefined ? 'holds' : wordsBear(entry, places, concept, terminology);
  if (mentions === undefined) return meant;
  return all([meant, any(mentions.map((name) => terminology.bears(entry.notes, name)))]);
}

function wordsBear(
  entry: Entry,
  places: readonly string[],
  concepts: readonly string[],
  terminology: Terminology,
): Truth {
  const truths = places.flatMap((place) => {
    const words = entry[place as 'what' | 'reason' | 'site' | 'notes'];
    return concepts.map((name) => terminology.bears(words, name));
  });
  if (entry.unread && places.includes('what')) truths.push('unknown');
  return any(truths);
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

function isInWindow(
  day: DaySpan | undefined,
  { within, past }: Arguments,
  today: number,
  earliest: number,
  inDoubt: boolean,
): Truth {
  const from = Math.max(earliest, within === undefined ? Number.NEGATIVE_INFINITY : daysBefore(today, within));
  const to = past === undefined ? today : daysBefore(today, past);
  const isBounded = from !== Number.NEGATIVE_INFINITY || past !== undefined;
  if (day === undefined) return isBounded && !inDoubt ? 'unknown' : 'holds';
  // A thing that happened cannot lie ahead: the part of a partial date that does is not meant.
  const last = Math.min(day.max, Math.max(today, day.min));
  if (day.min > to || last < from) return 'fails';
  return day.min >= from && last <= to ? 'holds' : inDoubt ? 'holds' : 'unknown';
}

function matchesPlace(entry: Entry, { region, side }: Arguments, { scoped, terminology }: Setting): Truth {
  if (region === undefined && side === undefined) return 'holds';
  const truths: Truth[] = [];
  if (region !== undefined) {
    const regions = [...terminology.regions(entry.place)];
    if (regions.length === 0) truths.push(region === 'same' ? 'unknown' : 'holds');
    else truths.push(holdsIf(regions.some((one) => scoped.orderClass.regions.has(one))));
  }
  if (side !== undefined) truths.push(sameSide(terminology.sides(entry.place), sidesOf(scoped, terminology)));
  return all(truths);
}

function sameSide(a: ReadonlySet<Side>, b: ReadonlySet<Side>): Truth {
  if (a.size === 0 || b.size === 0) return 'unknown';
  return holdsIf([...a].some((side) => b.has(side)));
}

/** The sides an order is for: by its body site and text, else by its reasons. */
export function sidesOf({ order }: ScopedOrder, terminology: Terminology): ReadonlySet<Side> {
  const named = terminology.sides(joinWords(order.site, order.own, order.what));
  return named.size > 0 ? named : terminology.sides(joinWords(...order.reasons));
}
