import type { Hook } from '../cds-hooks/types.ts';
import type { SliceDefinition } from '../chart/slice.ts';
import type { Duration } from '../clinical/dates.ts';
import type { Arguments, Reader } from '../facts/reader.ts';
import type { OrderClass } from '../orders/scope.ts';
import type { Terminology } from '../terminology/terminology.ts';

/** A number that a site may change, with where it comes from. */
export interface Parameter {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly says: string;
  /**
   * `sourced`: a source gives it. `project-choice`: ours. `unverified`: quoted, but not confirmed in a
   * source. `site-choice`: SITE_PARAMETERS.
   */
  readonly standing: 'sourced' | 'project-choice' | 'unverified' | 'site-choice';
  readonly cites: readonly string[];
  readonly bounds: Bounds;
  /** What the pack itself says, where a site has set another value. */
  readonly replaces?: Pick<Parameter, 'value' | 'standing' | 'cites'>;
}

/** What values a number may have. A value beyond them is a slip, such as another unit, and not a choice. */
export interface Bounds {
  readonly least: number;
  readonly most?: number;
  /** Whether only whole numbers make sense. */
  readonly isWhole: boolean;
}

/** A citation. `figures` are its numbers by name, as cards may print them. */
export interface CitedSource {
  readonly id: string;
  readonly label: string;
  readonly url?: string;
  readonly says: string;
  readonly grade?: string;
  /** How much of it was read for this pack. */
  readonly read?: 'abstract' | 'full text' | 'summary' | 'project';
  readonly figures: Readonly<Record<string, string | number>>;
}

/** One fact with its arguments settled; facts with equal arguments are one instance. */
export interface FactInstance {
  readonly key: string;
  readonly name: string;
  readonly label: string;
  readonly reader: Reader;
  readonly args: Arguments;
  readonly slices: readonly string[];
  /** Facts that its reader asks for by key. */
  readonly needs: readonly FactInstance[];
  /** Parameters among its arguments, by argument. */
  readonly parameters: Readonly<Record<string, Parameter>>;
}

export type Comparison = 'at-least' | 'at-most' | 'above' | 'below';

export interface Test {
  readonly kind: 'test';
  readonly fact: FactInstance;
  readonly of: string;
  readonly is: 'present' | 'missing' | 'readable' | 'one-of' | Comparison;
  readonly limit?: Parameter;
  readonly values?: readonly string[];
  /** What the test counts as when it cannot be judged; always printed on the card when it was used. */
  readonly unknownAs?: 'holds' | 'fails';
}

export interface Group {
  readonly kind: 'group';
  readonly op: 'all' | 'any' | 'none';
  readonly parts: readonly Condition[];
}

/** A named condition, its arguments settled. */
export interface Criterion {
  readonly kind: 'criterion';
  readonly name: string;
  readonly title: string;
  readonly says?: Template;
  readonly body: Condition;
}

export type Condition = Test | Group | Criterion;

/** Wording, ready to fill in. */
export type Template = readonly Piece[];

export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'fact';
      readonly fact: FactInstance;
      readonly of: string;
      readonly plural?: readonly [string, string];
    }
  | { readonly kind: 'mark'; readonly standing: Parameter['standing'] }
  | { readonly kind: 'number'; readonly value: number; readonly plural?: readonly [string, string] }
  /** A source's number, in the source's form. */
  | { readonly kind: 'figure'; readonly value: string | number }
  | { readonly kind: 'cite'; readonly source: CitedSource }
  /** The day of the call, or that long after it, as FHIR writes it. */
  | { readonly kind: 'day'; readonly ahead?: Duration }
  /** What was ordered, in the client's own words, escaped. */
  | { readonly kind: 'order' };

/** One line of a card. A fact line has a form for each state; a form that is not given prints nothing. */
export type Line =
  | { readonly kind: 'say'; readonly say: Template; readonly when?: Condition }
  | {
      readonly kind: 'fact';
      readonly fact: FactInstance;
      readonly known?: Template;
      readonly absent?: Template;
      readonly unavailable?: Template;
      readonly when?: Condition;
    };

export interface SuggestionDefinition {
  readonly name: string;
  readonly label: Template;
  readonly when?: Condition;
  /** Recommended on a warning, when this holds. */
  readonly recommended?: Condition;
  readonly actions: readonly ActionDefinition[];
}

export type ActionDefinition =
  | { readonly kind: 'create'; readonly description: Template; readonly resource: ResourceTemplate }
  | { readonly kind: 'delete-orders'; readonly description: Template }
  /** The order itself, with a rating by criteria of appropriate use. Only clients that ask for ratings get it. */
  | { readonly kind: 'rate-order'; readonly description: Template; readonly rating: string };

/** JSON whose strings are templates; a string that is nothing but a number becomes one. */
export type ResourceTemplate =
  | { readonly kind: 'value'; readonly value: string | number | boolean | null }
  | { readonly kind: 'template'; readonly template: Template }
  | { readonly kind: 'list'; readonly items: readonly ResourceTemplate[] }
  | { readonly kind: 'object'; readonly members: readonly (readonly [string, ResourceTemplate])[] };

export interface Outcome {
  readonly id: string;
  readonly when?: Condition;
  readonly indicator: 'info' | 'warning';
  readonly source: CitedSource;
  readonly summary: Template;
  readonly chart: readonly Line[];
  readonly evidence: readonly Line[];
  readonly why: readonly Line[];
  readonly suggestions: readonly SuggestionDefinition[];
  readonly overrideReasons: readonly string[];
  readonly links: readonly CitedSource[];
}

export interface CardDefinition {
  readonly id: string;
  readonly version: string;
  readonly status: 'active' | 'draft' | 'retired';
  readonly title: string;
  readonly file: string;
  readonly folder: string;
  readonly orderClass: OrderClass;
  /** Within one order, lower goes first. */
  readonly precedence: number;
  /** Whose answers begin a quiet period for it: those to any card about its order class, or those to itself. */
  readonly quiet: 'class' | 'own';
  readonly when: Condition;
  readonly silence: readonly Criterion[];
  readonly caps: readonly Criterion[];
  readonly outcomes: readonly Outcome[];
  /** Slices this card may ask for. */
  readonly slices: ReadonlySet<string>;
}

/** The criteria of a service hold for every one of its cards. */
export interface ServiceDefinition {
  readonly id: string;
  readonly hook: Hook;
  readonly title: string;
  readonly description: string;
  readonly usageRequirements?: string;
  readonly published: readonly string[];
  readonly cards: readonly CardDefinition[];
  /** One that holds for any order in scope silences the whole call. */
  readonly silence: readonly Criterion[];
  /** One that holds lowers every card to `info`. */
  readonly caps: readonly Criterion[];
  readonly slices: ReadonlySet<string>;
  readonly orderClasses: readonly OrderClass[];
  /** In days: so long after an answer no further card about the same order class is shown for the patient. */
  readonly quietPeriod?: Parameter;
}

/** A rung of the ladder of treatments, which the workbench draws. No judgement depends on it. */
export interface Rung {
  readonly name: string;
  readonly title: string;
  /** Order classes that stand on it. */
  readonly orders: readonly string[];
  /** Names of facts that tell whether it was begun, the first that found something; without any, its entries in the chart do. */
  readonly facts: readonly string[];
  /** Those of them that hang on no card. */
  readonly free: readonly FactInstance[];
  /** Where nothing stands in one of these, having found nothing tells nothing. */
  readonly sources: readonly FactInstance[];
  /** Criteria that say that it has been climbed; a rung without them cannot be. */
  readonly done?: readonly string[];
  /** Suggestions of a card that make it the next step. */
  readonly suggestions: readonly string[];
  /** Silences of cards about its orders that say that the order is in its place. */
  readonly next: readonly string[];
  /** Concepts that its entries in a chart bear, beside the procedures of its orders. */
  readonly shows: readonly string[];
}

/** Fixed words of a card. */
export interface Headings {
  readonly chart: string;
  readonly evidence: string;
  readonly unchecked: string;
  readonly unread: string;
  readonly unrecorded: string;
  readonly unclear: string;
  readonly why: string;
  readonly atLeast: string;
  readonly atMost: string;
  /** Marks of numbers that no source gives, by the parameter's standing. */
  readonly projectChoice: string;
  readonly unverified: string;
  readonly siteChoice: string;
}

/** Reasons a doctor may give for not following a card. `standard` maps some of them to codes that others understand. */
export interface OverrideReasons {
  readonly system: string;
  /** By code. */
  readonly displays: ReadonlyMap<string, string>;
  /** Codes that say the chart lacks something. */
  readonly chartLacks: readonly string[];
  readonly standard: { readonly system: string; readonly codes: ReadonlyMap<string, string> };
}

/** Data about people whose use must be declared: 45 CFR 170.315(b)(11)(iv)(A)(5) to (13). */
export const DECLARED_DATA = [
  'race',
  'ethnicity',
  'language',
  'sexual-orientation',
  'gender-identity',
  'sex',
  'date-of-birth',
  'social-determinants',
  'health-status-assessments',
] as const;

/** Who stands behind a card, since when, and which data about people it uses: `false`, or what for. */
export interface SourceAttributes {
  readonly developer: string;
  readonly funding: string;
  /** `YYYY-MM-DD`. */
  readonly released: string;
  readonly revised?: string;
  readonly uses: Readonly<Record<(typeof DECLARED_DATA)[number], string | false>>;
}

/** A knowledge folder, linked and frozen. */
export interface Knowledge {
  /** `sha256:` over every file that has a part in it. */
  readonly revision: string;
  readonly terminology: Terminology;
  readonly services: readonly ServiceDefinition[];
  readonly cards: readonly CardDefinition[];
  readonly slices: ReadonlyMap<string, SliceDefinition & { readonly label: string }>;
  readonly parameters: ReadonlyMap<string, Parameter>;
  readonly sources: ReadonlyMap<string, CitedSource>;
  readonly overrideReasons: OverrideReasons;
  /** Least invasive first; empty where the folder has none. */
  readonly ladder: readonly Rung[];
  /** By card; empty where the folder declares none. */
  readonly attributes: ReadonlyMap<string, SourceAttributes>;
  readonly headings: Headings;
  /** BCP 47; the language of everything that people read. */
  readonly locale: string;
  /** Words that readers give, titles of concepts and value sets, and displays of codes, in that language. */
  readonly words: ReadonlyMap<string, string>;
  /** The same knowledge in the other languages, by locale. */
  readonly translations: ReadonlyMap<string, Knowledge>;
  readonly vignettes: readonly VignetteFile[];
}

/** Vignettes of one card, schema-checked, as written. */
export interface VignetteFile {
  readonly file: string;
  readonly card: string;
  readonly content: VignetteContent;
  /** A message about the n-th vignette, with its place. */
  readonly place: (index: number, message: string) => string;
}

export interface VignetteContent {
  readonly card: string;
  readonly today: string;
  readonly order: Readonly<Record<string, unknown>>;
  readonly chart: readonly Readonly<Record<string, unknown>>[];
  readonly vignettes: readonly Vignette[];
}

export interface Vignette {
  readonly name: string;
  readonly chart?: readonly Readonly<Record<string, unknown>>[];
  readonly add?: readonly Readonly<Record<string, unknown>>[];
  readonly order?: Readonly<Record<string, unknown>>;
  readonly drafts?: readonly Readonly<Record<string, unknown>>[];
  readonly encounter?: string | { readonly class: string; readonly priority?: string };
  readonly unavailable?: readonly string[];
  readonly partial?: readonly string[];
  readonly expect: string;
  /** Suggestions that the card must make. */
  readonly offers?: readonly string[];
  /** Suggestions that it must not make. */
  readonly withholds?: readonly string[];
}
