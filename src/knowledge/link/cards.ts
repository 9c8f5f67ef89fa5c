import type { OrderClass } from '../../orders/scope.ts';
import { factsOfCard } from '../facts-of.ts';
import type { KnowledgeFile } from '../files.ts';
import { didYouMean } from '../problem.ts';
import type { CardDefinition, CitedSource, Criterion, Line, Outcome, SuggestionDefinition } from '../types.ts';
import type { ConditionLinker } from './conditions.ts';
import type { Environment } from './facts.ts';
import { inside, type Place, type Tables } from './tables.ts';
import type { WordingLinker } from './wording.ts';

interface Written {
  readonly id: string;
  readonly version: string;
  readonly status: CardDefinition['status'];
  readonly title: string;
  readonly class: string;
  readonly precedence?: number;
  readonly quiet?: CardDefinition['quiet'];
  readonly with?: Readonly<Record<string, string>>;
  readonly texts?: Readonly<Record<string, string>>;
  readonly when: unknown;
  readonly silence?: readonly unknown[];
  readonly caps?: readonly unknown[];
  readonly outcomes: readonly WrittenOutcome[];
}

interface WrittenWording {
  readonly chart?: readonly unknown[];
  readonly evidence?: readonly unknown[];
  readonly why?: readonly unknown[];
  readonly source?: string;
  readonly suggestions?: readonly string[];
  readonly overrideReasons?: readonly string[];
  readonly links?: readonly string[];
}

interface WrittenOutcome extends WrittenWording {
  readonly id: string;
  readonly summary: string;
  readonly when?: unknown;
  readonly indicator: 'info' | 'warning';
}

/** Puts card definitions together. What an outcome does not say itself, the card says for all of them. */
export class CardLinker {
  readonly #conditions: ConditionLinker;
  readonly #wording: WordingLinker;
  readonly #orderClasses: ReadonlyMap<string, OrderClass>;
  readonly #sources: ReadonlyMap<string, CitedSource>;
  readonly #overrideReasons: ReadonlyMap<string, string>;
  /** Lines that a card gives for all its outcomes, as written, to what they are linked to. */
  readonly #lines = new Map<readonly unknown[], readonly Line[]>();
  /** Suggestions that several outcomes of a card make, to what they are linked to. */
  #suggestions = new Map<string, SuggestionDefinition>();
  /** Whatever `with` may name. */
  #names: ReadonlyMap<string, unknown> | undefined;

  constructor(
    conditions: ConditionLinker,
    wording: WordingLinker,
    orderClasses: ReadonlyMap<string, OrderClass>,
    sources: ReadonlyMap<string, CitedSource>,
    overrideReasons: ReadonlyMap<string, string>,
  ) {
    this.#conditions = conditions;
    this.#wording = wording;
    this.#orderClasses = orderClasses;
    this.#sources = sources;
    this.#overrideReasons = overrideReasons;
  }

  get #tables(): Tables {
    return this.#conditions.tables;
  }

  card(file: KnowledgeFile): CardDefinition | undefined {
    const written = file.value as Written;
    const top: Place = { file, path: [] };
    const orderClass = this.#tables.find(this.#orderClasses, written.class, 'order class', inside(top, 'class'));
    const env = this.#given(written.with, inside(top, 'with'));
    this.#suggestions = new Map();
    const when = this.#conditions.condition(written.when, env, inside(top, 'when'));
    const silence = this.criteria(written.silence, env, inside(top, 'silence'));
    const caps = this.criteria(written.caps, env, inside(top, 'caps'));
    const outcomes = written.outcomes.map((outcome, index) => this.#outcome(outcome, written, env, top, index));
    for (const [index, { when: condition }] of written.outcomes.entries()) {
      const isLast = index === written.outcomes.length - 1;
      if (isLast && condition !== undefined)
        this.#tables.report(
          inside(top, 'outcomes', index, 'when'),
          'the last outcome must have no condition: it is what is left',
        );
      if (!isLast && condition === undefined)
        this.#tables.report(
          inside(top, 'outcomes', index),
          'only the last outcome has no condition: later ones are never reached',
        );
    }
    if (orderClass === undefined || when === undefined) return undefined;
    const card = {
      id: written.id,
      version: written.version,
      status: written.status,
      title: this.#tables.language.say(written.title, inside(top, 'title')),
      file: file.path,
      folder: file.folder,
      orderClass,
      precedence: written.precedence ?? 100,
      quiet: written.quiet ?? 'class',
      when,
      silence,
      caps,
      outcomes: outcomes.filter((outcome) => outcome !== undefined),
    };
    return { ...card, slices: new Set(factsOfCard(card).flatMap(({ slices }) => slices)) };
  }

  /** What `with` gives. A name that nothing has is told here, once, and not again wherever it is used. */
  #given(values: Written['with'], place: Place): Readonly<Record<string, string>> {
    const { parameters, concepts, facts, slices } = this.#tables;
    this.#names ??= new Map<string, unknown>([...parameters, ...concepts, ...facts, ...slices]);
    const known = this.#names;
    const settled = Object.entries(values ?? {}).map(
      ([name, value]) =>
        [name, this.#tables.find(known, value, 'name', inside(place, name)) === undefined ? '' : value] as const,
    );
    return this.#conditions.shared(Object.fromEntries(settled));
  }

  criteria(values: readonly unknown[] = [], env: Environment, place: Place): Criterion[] {
    return values.flatMap((value, index) => {
      const criterion = this.#conditions.criterion(value as Record<string, unknown>, env, inside(place, index));
      const named = criterion && this.#tables.criteria.get(criterion.name);
      if (criterion === undefined || named?.value.says === undefined) return criterion ?? [];
      const added = (value as Record<string, unknown>).with;
      const own = this.#conditions.extend(env, added, inside(place, index));
      return { ...criterion, says: this.#wording.template(String(named.value.says), own, inside(named, 'says')) };
    });
  }

  #outcome(
    outcome: WrittenOutcome,
    card: Written & WrittenWording,
    env: Environment,
    top: Place,
    index: number,
  ): Outcome | undefined {
    const own = inside(top, 'outcomes', index);
    const texts = card.texts ?? {};
    const either = <K extends keyof WrittenWording>(key: K): { value: WrittenWording[K]; place: Place } =>
      outcome[key] !== undefined
        ? { value: outcome[key], place: inside(own, key) }
        : { value: card[key], place: inside(top, key) };
    const lines = (key: 'chart' | 'evidence' | 'why'): readonly Line[] => {
      const { value = [], place } = either(key);
      const linked =
        this.#lines.get(value) ??
        value.flatMap((line, at) => this.#wording.line(line, env, inside(place, at), texts) ?? []);
      this.#lines.set(value, linked);
      return linked;
    };
    const named = <T>(
      key: 'suggestions' | 'overrideReasons' | 'links',
      table: ReadonlyMap<string, T>,
      what: string,
    ): T[] => {
      const { value = [], place } = either(key);
      return value.flatMap((name, at) => this.#tables.find(table, name, what, inside(place, at)) ?? []);
    };
    const source = either('source');
    if (source.value === undefined) this.#tables.report(own, 'neither the outcome nor the card gives "source"');
    const cited =
      source.value === undefined ? undefined : this.#tables.find(this.#sources, source.value, 'source', source.place);
    const suggestions: SuggestionDefinition[] = named('suggestions', this.#tables.suggestions, 'suggestion').map(
      (one) => {
        const linked = this.#suggestions.get(one.name) ?? this.#wording.suggestion(one, env, texts);
        this.#suggestions.set(one.name, linked);
        return linked;
      },
    );
    named('overrideReasons', this.#overrideReasons, 'override reason');
    const when =
      outcome.when === undefined ? undefined : this.#conditions.condition(outcome.when, env, inside(own, 'when'));
    const parts = {
      chart: lines('chart'),
      evidence: lines('evidence'),
      why: lines('why'),
      links: named('links', this.#sources, 'source'),
    };
    const text = this.#wording.template(outcome.summary, env, inside(own, 'summary'), texts);
    if (cited === undefined || (outcome.when !== undefined && when === undefined)) return undefined;
    return {
      id: outcome.id,
      ...(when !== undefined && { when }),
      indicator: outcome.indicator,
      source: cited,
      summary: text,
      ...parts,
      suggestions,
      overrideReasons: either('overrideReasons').value ?? [],
    };
  }

  /** A problem for each card id that stands twice, and for vignettes of a card that is not there. */
  checkIds(cards: readonly KnowledgeFile[], vignettes: readonly KnowledgeFile[]): void {
    const ids = new Map<string, KnowledgeFile>();
    for (const file of cards) {
      const { id } = file.value as Written;
      const other = ids.get(id);
      if (other !== undefined)
        this.#tables.report({ file, path: ['id'] }, `the id "${id}" is already used in ${other.path}`);
      ids.set(id, file);
    }
    for (const file of vignettes) {
      const { card } = file.value as { card: string };
      if (!ids.has(card))
        this.#tables.report({ file, path: ['card'] }, `unknown card "${card}"${didYouMean(card, ids.keys())}`);
    }
  }
}
