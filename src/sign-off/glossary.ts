import type { Condition, Criterion, FactInstance, Test } from '../knowledge/types.ts';
import { bullets, cell, code, section } from './markdown.ts';
import { type Words, wordsFor } from './words.ts';

/** Criteria by name, each spelled out once; the same name with other arguments is another entry. */
export class Glossary {
  readonly words: Words;
  readonly #anchors = new Map<string, string>();
  readonly #parts: string[] = [];

  /** @param locale of the pack, which decides the words between its own */
  constructor(locale = 'en') {
    this.words = wordsFor(locale);
  }

  /** A criterion by its title, linked to where it is spelled out. */
  mention(criterion: Criterion): string {
    return `[${cell(criterion.title)}](#${this.#anchorOf(criterion)})`;
  }

  /** A condition in words. */
  condition(condition: Condition): string {
    switch (condition.kind) {
      case 'test':
        return testText(condition, this.words);
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

function testText(test: Test, words: Words): string {
  const text = bare(test, words);
  return test.unknownAs === undefined ? text : `${text} ${words.unjudged(test.unknownAs)}`;
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
      return `${name}${of === 'count' ? '' : `, ${of}`}: ${words.comparisons[is]} ${limit?.value} ${unitText(limit?.unit, words)} (${code(limit?.name ?? '')})`;
  }
}

/** A fact, with the numbers that choose what it looks at. */
function factText({ label, name, parameters }: FactInstance, words: Words): string {
  const chosen = Object.entries(parameters).map(
    ([argument, { value, unit }]) => `${words.arguments[argument] ?? argument} ${value} ${unitText(unit, words)}`,
  );
  return `${cell(label)} ${code(name)}${chosen.length === 0 ? '' : ` (${chosen.join(', ')})`}`;
}

const unitText = (unit = '', { units }: Words): string => units[unit] ?? unit;
