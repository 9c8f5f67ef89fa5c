import type { Condition, Criterion, FactInstance, Knowledge, Parameter, Test } from '../knowledge/types.ts';
import { bullets, cell, code, section } from './markdown.ts';
import { type Words, wordsFor } from './words.ts';

/** What is needed to speak of a pack. */
type Spoken = Pick<Knowledge, 'locale' | 'terminology' | 'words'>;

/** Measures that a limit's own unit tells: "at least 6 contacts". */
const TOLD_BY_UNIT = new Set(['count', 'contacts', 'years', 'value']);

/** Criteria by name, each spelled out once; the same name with other arguments is another entry. */
export class Glossary {
  readonly words: Words;
  readonly #knowledge: Spoken;
  readonly #hasIds: boolean;
  readonly #anchors = new Map<string, string>();
  readonly #parts: string[] = [];

  /**
   * @param knowledge whose language decides the words between its own
   * @param hasIds whether ids stand beside the words, for whoever edits the files
   */
  constructor(knowledge: Spoken, { hasIds = true } = {}) {
    this.words = wordsFor(knowledge.locale);
    this.#knowledge = knowledge;
    this.#hasIds = hasIds;
  }

  /** A criterion by its title, linked to where it is spelled out. */
  mention(criterion: Criterion): string {
    return `[${cell(criterion.title)}](#${this.#anchorOf(criterion)})`;
  }

  /** A condition in words. */
  condition(condition: Condition): string {
    switch (condition.kind) {
      case 'test': {
        const { unknownAs } = condition;
        return this.sentence(condition) + (unknownAs === undefined ? '' : ` ${this.words.unjudged(unknownAs)}`);
      }
      case 'criterion':
        return this.mention(condition);
      case 'group':
        return `${this.words.groups[condition.op]} (${condition.parts.map((part) => this.condition(part)).join('; ')})`;
    }
  }

  /** What was mentioned, spelled out. */
  parts(): readonly string[] {
    return this.#parts;
  }

  /** What a reading's name is called: a concept by its title, anything else by its word. */
  called(name: string): string {
    const { terminology, words } = this.#knowledge;
    const title = terminology.concepts.get(name)?.title;
    return title === undefined ? (this.words.values[name] ?? name) : (words.get(title) ?? title);
  }

  /** A test in words, without what it counts as when it cannot be judged. */
  sentence({ fact, of, is, limit, values = [] }: Test): string {
    const { words } = this;
    const name = this.#factText(fact);
    switch (is) {
      case 'present':
        return name;
      case 'missing':
        return words.missing(name);
      case 'readable':
        return words.readable(name);
      case 'one-of':
        return words.oneOf(
          name,
          values.map((value) => this.#valueText(value)),
        );
      default: {
        const measure = TOLD_BY_UNIT.has(of) ? '' : `, ${words.measures[of] ?? of}`;
        const bound = limit === undefined ? '' : amount(limit, words) + this.#aside(`(${code(limit.name)})`);
        return `${name}${measure}: ${words.comparisons[is]} ${bound}`;
      }
    }
  }

  /** What only those read who edit the files. */
  #aside = (id: string): string => (this.#hasIds ? ` ${id}` : '');

  /** A value as it is called; with its id, where that is another. */
  #valueText(value: string): string {
    const called = cell(this.called(value));
    return called === value ? value : called + this.#aside(code(value));
  }

  /** A fact, with the numbers that choose what it looks at. */
  #factText({ label, name, parameters }: FactInstance): string {
    const { words } = this;
    const chosen = Object.entries(parameters).map(([argument, parameter]) => {
      const number = amount(parameter, words);
      return words.arguments[argument]?.(number) ?? `${argument} ${number}`;
    });
    return `${cell(label)}${this.#aside(code(name))}${chosen.length === 0 ? '' : ` (${chosen.join(', ')})`}`;
  }

  #anchorOf({ name, title, body }: Criterion): string {
    const text = this.condition(body);
    const key = `${name} ${text}`;
    const known = this.#anchors.get(key);
    if (known !== undefined) return known;
    const others = [...this.#anchors.keys()].filter((other) => other.startsWith(`${name} `)).length;
    const anchor = others === 0 ? name : `${name}-${others + 1}`;
    this.#anchors.set(key, anchor);
    this.#parts.push(section(anchor, `**${cell(title)}**`, bullets([text])));
    return anchor;
  }
}

/** A number in its unit; a score has none. */
export const amount = ({ value, unit }: Pick<Parameter, 'value' | 'unit'>, words: Words): string =>
  [words.number(value), unitIn(unit, value, words)].filter(Boolean).join(' ');

/** The unit of so many. */
export const unitIn = (unit: string, value: number | undefined, words: Words): string =>
  unit.startsWith('{') ? '' : words.unit(unit, value);
