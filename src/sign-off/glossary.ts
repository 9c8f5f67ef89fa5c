import type { Condition, Criterion, FactInstance, Knowledge, Parameter, Test } from '../knowledge/types.ts';
import { bullets, cell, code, section } from './markdown.ts';
import { type Words, wordsFor } from './words.ts';

/** What is needed to speak of a pack. */
type Spoken = Pick<Knowledge, 'locale' | 'terminology' | 'words'>;

/** Criteria by name, each spelled out once; the same name with other arguments is another entry. */
export class Glossary {
  readonly words: Words;
  readonly #knowledge: Spoken;
  readonly #anchors = new Map<string, string>();
  readonly #parts: string[] = [];

  /** @param knowledge whose language decides the words between its own */
  constructor(knowledge: Spoken) {
    this.words = wordsFor(knowledge.locale);
    this.#knowledge = knowledge;
  }

  /** A criterion by its title, linked to where it is spelled out. */
  mention(criterion: Criterion): string {
    return `[${cell(criterion.title)}](#${this.#anchorOf(criterion)})`;
  }

  /** A condition in words. */
  condition(condition: Condition): string {
    switch (condition.kind) {
      case 'test':
        return this.#testText(condition);
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

  #nameOf = (name: string): string =>
    this.#knowledge.terminology.concepts.has(name) ? `${cell(this.called(name))} ${code(name)}` : this.called(name);

  #testText(test: Test): string {
    const text = bare({ ...test, ...(test.values && { values: test.values.map(this.#nameOf) }) }, this.words);
    return test.unknownAs === undefined ? text : `${text} ${this.words.unjudged(test.unknownAs)}`;
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

function bare({ fact, of, is, limit, values = [] }: Test, words: Words): string {
  const name = factText(fact, words);
  switch (is) {
    case 'present':
      return name;
    case 'missing':
      return words.missing(name);
    case 'readable':
      return words.readable(name);
    case 'one-of':
      return words.oneOf(name, values);
    default:
      return `${name}${of === 'count' ? '' : `, ${words.measures[of] ?? of}`}: ${words.comparisons[is]} ${limit === undefined ? '' : amount(limit, words)} (${code(limit?.name ?? '')})`;
  }
}

/** A fact, with the numbers that choose what it looks at. */
function factText({ label, name, parameters }: FactInstance, words: Words): string {
  const chosen = Object.entries(parameters).map(
    ([argument, parameter]) => `${words.arguments[argument] ?? argument} ${amount(parameter, words)}`,
  );
  return `${cell(label)} ${code(name)}${chosen.length === 0 ? '' : ` (${chosen.join(', ')})`}`;
}

/** A number in its unit; a score has none. */
export const amount = ({ value, unit }: Pick<Parameter, 'value' | 'unit'>, words: Words): string =>
  unit.startsWith('{') ? words.number(value) : `${words.number(value)} ${words.unit(unit, value)}`;
