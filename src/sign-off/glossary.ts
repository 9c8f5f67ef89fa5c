import { unitText } from '../clinical/quantity.ts';
import type { Condition, Criterion, FactInstance, Knowledge, Test } from '../knowledge/types.ts';
import { bullets, cell, code, section } from './markdown.ts';
import { type Words, wordsFor } from './words.ts';

/** What is needed to speak of a pack. */
type Spoken = Pick<Knowledge, 'locale' | 'terminology' | 'words'>;

/** Criteria by name, each spelled out once; the same name with other arguments is another entry. */
export class Glossary {
  readonly words: Words;
  readonly #knowledge: Spoken | undefined;
  readonly #anchors = new Map<string, string>();
  readonly #parts: string[] = [];

  /** @param knowledge whose language decides the words between its own; without it, English and bare names */
  constructor(knowledge?: Spoken) {
    this.words = wordsFor(knowledge?.locale ?? 'en');
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

  /** What a reading may be called: a concept by its title and name, anything else by its word. */
  #nameOf = (name: string): string => {
    const title = this.#knowledge?.terminology.concepts.get(name)?.title;
    if (title === undefined) return this.words.values[name] ?? name;
    return `${cell(this.#knowledge?.words.get(title) ?? title)} ${code(name)}`;
  };

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
      return `${name}${of === 'count' ? '' : `, ${of}`}: ${words.comparisons[is]} ${limit?.value} ${unitIn(limit?.unit, words)} (${code(limit?.name ?? '')})`;
  }
}

/** A fact, with the numbers that choose what it looks at. */
function factText({ label, name, parameters }: FactInstance, words: Words): string {
  const chosen = Object.entries(parameters).map(
    ([argument, { value, unit }]) => `${words.arguments[argument] ?? argument} ${value} ${unitIn(unit, words)}`,
  );
  return `${cell(label)} ${code(name)}${chosen.length === 0 ? '' : ` (${chosen.join(', ')})`}`;
}

const unitIn = (unit = '', { units }: Words): string => units[unit] ?? unitText(unit);
