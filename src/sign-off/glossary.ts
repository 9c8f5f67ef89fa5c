import type { Condition, Criterion, FactInstance, Test } from '../knowledge/types.ts';
import { bullets, cell, code, section } from './markdown.ts';

const COMPARISONS: Readonly<Partial<Record<Test['is'], string>>> = {
  'at-least': 'at least',
  'at-most': 'at most',
  above: 'more than',
  below: 'less than',
};
const GROUPS = { all: 'all of', any: 'any of', none: 'none of' } as const;

/** Criteria by name, each spelled out once; the same name with other arguments is another entry. */
export class Glossary {
  readonly #anchors = new Map<string, string>();
  readonly #parts: string[] = [];

  /** A criterion by its title, linked to where it is spelled out. */
  mention(criterion: Criterion): string {
    return `[${cell(criterion.title)}](#${this.#anchorOf(criterion)})`;
  }

  /** A condition in words. */
  condition(condition: Condition): string {
    switch (condition.kind) {
      case 'test':
        return testText(condition);
      case 'criterion':
        return this.mention(condition);
      case 'group':
        return `${GROUPS[condition.op]} (${condition.parts.map((part) => this.condition(part)).join('; ')})`;
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

function testText(test: Test): string {
  const text = bare(test);
  return test.unknownAs === undefined ? text : `${text} [when it cannot be judged: ${test.unknownAs}]`;
}

function bare({ fact, of, is, limit, values = [] }: Test): string {
  const name = factText(fact);
  switch (is) {
    case 'present':
      return name;
    case 'missing':
      return `no ${name}`;
    case 'readable':
      return `${name} could be looked up`;
    case 'one-of':
      return `${name} is ${values.join(' or ')}`;
    default:
      return `${name}${of === 'count' ? '' : `, ${of}`}: ${COMPARISONS[is]} ${limit?.value} ${limit?.unit} (${code(limit?.name ?? '')})`;
  }
}

/** A fact, with the numbers that choose what it looks at. */
function factText({ label, name, parameters }: FactInstance): string {
  const chosen = Object.entries(parameters).map(([argument, one]) => `${argument} ${one.value} ${one.unit}`);
  return `${cell(label)} ${code(name)}${chosen.length === 0 ? '' : ` (${chosen.join(', ')})`}`;
}
