import type { OrderContext } from '../cds-hooks/types.ts';
import type { Chart } from '../chart/chart.ts';
import type { Duration } from '../clinical/dates.ts';
import type { Order } from '../orders/order.ts';
import type { ScopedOrder } from '../orders/scope.ts';
import type { Terminology } from '../terminology/terminology.ts';
import type { Reading } from './reading.ts';
import type { SliceIndex } from './slice-index.ts';

/** Everything a reader may look at. Pure: no clock but `today`. */
export interface Setting {
  readonly chart: Chart;
  /** Of this chart. */
  readonly index: SliceIndex;
  readonly scoped: ScopedOrder;
  /** All drafts of the call, selected or not. */
  readonly drafts: readonly Order[];
  readonly context: OrderContext;
  /** Day number, in the configured time zone. */
  readonly today: number;
  readonly terminology: Terminology;
  /** Another fact, for readers that name one. */
  readonly read: (fact: string) => Reading;
}

/** Kinds of argument a fact may give to its reader; `fact` names a fact of the pack, `choice` one of the listed words. */
export type ArgumentKind =
  | { readonly kind: 'slices' | 'concepts' | 'duration' | 'fact' | 'unit' | 'scale' | 'flag' }
  | { readonly kind: 'choice' | 'choices'; readonly of: readonly string[] };

/** Arguments after linking: parameters and `$names` replaced, everything checked. */
export interface Arguments {
  readonly slices?: readonly string[];
  readonly concept?: readonly string[];
  readonly also?: readonly string[];
  readonly except?: readonly string[];
  readonly mentions?: readonly string[];
  readonly in?: readonly ('what' | 'reason' | 'site' | 'notes')[];
  readonly standing?: readonly string[];
  readonly within?: Duration;
  readonly past?: Duration;
  readonly dated?: string;
  readonly region?: string;
  readonly side?: string;
  readonly ahead?: boolean;
  readonly after?: string;
  readonly 'after-unknown'?: string;
  readonly gap?: Duration;
  readonly latest?: boolean;
  readonly unit?: string;
  readonly property?: string;
  readonly prefer?: readonly string[];
  readonly explains?: string;
  readonly scale?: number;
}

/** A way to read a chart. The closed set of readers is what facts are made of. */
export interface Reader {
  readonly name: string;
  /** One sentence for `cards/README.md`. */
  readonly does: string;
  readonly arguments: Readonly<Record<string, ArgumentKind & { readonly required?: boolean }>>;
  /** Numbers it gives beside `count`, and their unit; `unit` stands for the unit that the fact names. */
  readonly measures: Readonly<Record<string, string>>;
  /** Names it gives, for `is: one-of`. */
  readonly givesNames: boolean;
  /** All names it can give with these arguments; `regions` for those of the pack; absent when it may be any. */
  readonly names?: (args: Arguments) => readonly string[] | 'regions' | undefined;
  /** Days it gives, for wording. */
  readonly days: readonly string[];
  /** Slices it reads with these arguments. */
  readonly slices: (args: Arguments) => readonly string[];
  readonly read: (args: Arguments, setting: Setting) => Reading;
}
