import type { Problem } from './problems.ts';
import type { Identity, Result } from './result.ts';
import type { Share } from './shares.ts';
import type { Counts, Key } from './tally.ts';

/** How orders ended, in the order in which a report tells it. */
export const ENDS = ['shown', 'quiet', 'beside', 'silent', 'unknown', 'fails', 'failed', 'draft'] as const;
export type End = (typeof ENDS)[number];

/** Orders by how they ended. */
export type Ends = Readonly<Record<End, number>>;

/** What a simulation came to, for people and programs. */
export interface SimulationReport {
  readonly identity: Identity;
  readonly share: Share;
  readonly patients: {
    readonly read: number;
    readonly setAside: Readonly<Record<string, number>>;
    readonly inScope: number;
  };
  readonly orders: {
    readonly total: number;
    readonly byType: Readonly<Record<string, number>>;
    readonly inScope: number;
    readonly notReplayed: Readonly<Record<string, number>>;
  };
  readonly cards: {
    readonly shown: number;
    readonly perThousandOrders: number;
    readonly perThousandInScope: number;
  };
  readonly clinicians: {
    readonly known: number;
    /** Calendar weeks, from Monday, in which a clinician ordered anything that was replayed: one for each clinician and week. */
    readonly weeks: number;
    readonly cards: number;
    readonly cardsPerWeek: number;
    /** Clinician-weeks by how many cards they had. */
    readonly weeksByCards: Readonly<Record<'0' | '1' | '2' | '3 or more', number>>;
    readonly mostInAWeek: number;
    /** Orders and cards of which no clinician is named; they are not in the numbers above. */
    readonly unnamed: { readonly orders: number; readonly cards: number };
  };
  readonly classes: readonly (Ends & { readonly orderClass: string; readonly orders: number })[];
  readonly outcomes: readonly {
    readonly card: string;
    readonly outcome: string;
    readonly indicator: string;
    readonly shown: number;
    readonly quiet: number;
    readonly draft: number;
  }[];
  readonly months: readonly (Ends & {
    readonly month: string;
    readonly orders: number;
    readonly inScope: number;
    readonly perThousandOrders: number;
  })[];
  readonly silences: readonly { readonly end: End; readonly why: string; readonly orders: number }[];
  readonly data: {
    /** Patients with orders in scope who have anything of a kind, by the names that `identity.titles.data` explains. */
    readonly patientsWith: Readonly<Record<string, number>>;
    /** Orders in scope by what was there of a thing that cards ask for. */
    readonly facts: readonly {
      readonly fact: string;
      /** What cards say by it, or only when they are silent. */
      readonly for: 'saying' | 'silence';
      readonly known: number;
      readonly absent: number;
      readonly unavailable: number;
      /** Patients with an order for which it was there. */
      readonly patients: number;
    }[];
    readonly undated: Readonly<Record<string, number>>;
    readonly ofNobody: Readonly<Record<string, number>>;
    readonly repeated: number;
    readonly problems: Readonly<Record<string, number>>;
    readonly firstProblems: readonly Problem[];
  };
  readonly changes: readonly {
    readonly change: string;
    readonly before: string;
    readonly after: string;
    readonly orders: number;
  }[];
}

/** What the pack calls something that it names. */
export const titleOf = ({ titles }: Identity, kind: keyof Identity['titles'], name: string): string =>
  titles[kind][name] ?? name;

const NAMED_PROBLEMS = 20;

/** The report of a result: nothing but its counts, so that equal results are equal reports. */
export function reportOf({ identity, share, counts, problems }: Result): SimulationReport {
  const orders = pick(counts, 'order');
  const inScope = orders.filter(([[, , orderClass]]) => orderClass !== '');
  const [total, scoped] = [sum(orders), sum(inScope)];
  const shown = sum(inScope.filter(([key]) => key[3] === 'shown'));
  return {
    identity,
    share,
    patients: {
      read: sum(pick(counts, 'patient', 'read')),
      setAside: by(pick(counts, 'patient', 'set aside'), 0),
      inScope: sum(pick(counts, 'patient', 'in scope')),
    },
    orders: { total, byType: by(orders, 0), inScope: scoped, notReplayed: by(pick(counts, 'left'), 0) },
    cards: { shown, perThousandOrders: perThousand(shown, total), perThousandInScope: perThousand(shown, scoped) },
    clinicians: cliniciansOf(counts),
    classes: groups(inScope, 2).map(([orderClass, rows]) => ({ orderClass, orders: sum(rows), ...endsOf(rows) })),
    outcomes: outcomesOf(inScope),
    months: groups(orders, 1).map(([month, rows]) => {
      const own = rows.filter(([[, , orderClass]]) => orderClass !== '');
      const [all, ends] = [sum(rows), endsOf(own)];
      return { month, orders: all, inScope: sum(own), perThousandOrders: perThousand(ends.shown, all), ...ends };
    }),
    silences: silencesOf(inScope),
    data: {
      patientsWith: inOrderOf(identity.titles.data, by(pick(counts, 'has'), 0)),
      facts: factsOf(pick(counts, 'fact'), by(pick(counts, 'patients with fact'), 0)),
      undated: by(pick(counts, 'undated'), 0),
      ofNobody: by(pick(counts, 'nobody'), 0),
      repeated: sum(pick(counts, 'repeated')),
      problems: by(pick(counts, 'problem'), 0),
      firstProblems: problems.slice(0, NAMED_PROBLEMS),
    },
    changes: pick(counts, 'change').map(([[change = '', before = '', after = ''], number]) => ({
      change,
      before,
      after,
      orders: number,
    })),
  };
}

/** Counts whose names begin so, without that beginning. */
const pick = (counts: Counts, ...start: Key): Counts =>
  counts
    .filter(([key]) => start.every((word, index) => key[index] === word))
    .map(([key, number]) => [key.slice(start.length), number]);

const sum = (counts: Counts): number => counts.reduce((total, [, number]) => total + number, 0);

const by = (counts: Counts, index: number): Record<string, number> =>
  Object.fromEntries(groups(counts, index).map(([word, rows]) => [word, sum(rows)]));

function groups(counts: Counts, index: number): [string, Counts][] {
  const words = [...new Set(counts.map(([key]) => key[index] ?? ''))].sort();
  return words.map((word) => [word, counts.filter(([key]) => (key[index] ?? '') === word)]);
}

const inOrderOf = (names: object, of: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.keys(names).flatMap((name) => (of[name] === undefined ? [] : [[name, of[name]]])));

const endsOf = (rows: Counts): Ends =>
  Object.fromEntries(ENDS.map((end) => [end, sum(rows.filter(([key]) => key[3] === end))])) as Ends;

function outcomesOf(inScope: Counts): SimulationReport['outcomes'] {
  const fired = inScope.filter(([key]) => key[6] !== '');
  const name = (key: Key) => JSON.stringify(key.slice(4));
  return [...new Set(fired.map(([key]) => name(key)))].sort().map((one) => {
    const [card = '', outcome = '', indicator = ''] = JSON.parse(one) as string[];
    const { shown, quiet, draft } = endsOf(fired.filter(([key]) => name(key) === one));
    return { card, outcome, indicator, shown, quiet, draft };
  });
}

function silencesOf(inScope: Counts): SimulationReport['silences'] {
  const silent = inScope.filter(([key]) => key[3] !== 'shown' && key[3] !== 'quiet' && key[6] === '');
  return ENDS.flatMap((end) =>
    groups(
      silent.filter(([key]) => key[3] === end),
      5,
    )
      .map(([why, rows]) => ({ end, why, orders: sum(rows) }))
      .sort((a, b) => b.orders - a.orders || (a.why < b.why ? -1 : 1)),
  );
}

const factsOf = (counts: Counts, patients: Readonly<Record<string, number>>): SimulationReport['data']['facts'] =>
  groups(counts, 0).map(([fact, rows]) => {
    const of = (state: string) => sum(rows.filter(([key]) => key[1] === state));
    const states = { known: of('known'), absent: of('absent'), unavailable: of('unavailable') };
    const isSaid = rows.some(([key]) => key[2] === 'saying');
    return { fact, for: isSaid ? 'saying' : 'silence', ...states, patients: patients[fact] ?? 0 };
  });

function cliniciansOf(counts: Counts): SimulationReport['clinicians'] {
  const own = pick(counts, 'clinician');
  const weeks = own.filter(([key]) => key[2] === 'orders').length;
  const cards = own.flatMap(([key, number]) => (key[2] === 'cards' ? [number] : []));
  const having = (fits: (number: number) => boolean) => cards.filter(fits).length;
  const unnamed = by(pick(counts, 'no clinician'), 0);
  return {
    known: new Set(own.map(([key]) => key[0])).size,
    weeks,
    cards: cards.reduce((total, number) => total + number, 0),
    cardsPerWeek:
      weeks === 0 ? 0 : Math.round((cards.reduce((total, number) => total + number, 0) / weeks) * 100) / 100,
    weeksByCards: {
      0: weeks - cards.length,
      1: having((number) => number === 1),
      2: having((number) => number === 2),
      '3 or more': having((number) => number > 2),
    },
    mostInAWeek: cards.reduce((most, number) => Math.max(most, number), 0),
    unnamed: { orders: unnamed.orders ?? 0, cards: unnamed.cards ?? 0 },
  };
}

/** What a report calls that which kept cards back. */
export function reasonOf(identity: Identity, { end, why }: SimulationReport['silences'][number]): string {
  const kinds = { silent: 'criteria', beside: 'cards', draft: 'criteria' } as const;
  return Object.hasOwn(kinds, end) ? titleOf(identity, kinds[end as keyof typeof kinds], why) : why;
}

/** A share of a whole, of which "0 %" says that there is none. */
export function percentOf(part: number, whole: number): string {
  if (whole === 0) return '';
  const percent = Math.round((part / whole) * 100);
  return percent === 0 && part > 0 ? 'below 1 %' : `${percent} %`;
}

const perThousand = (part: number, whole: number): number =>
  whole === 0 ? 0 : Math.round((part / whole) * 10_000) / 10;
